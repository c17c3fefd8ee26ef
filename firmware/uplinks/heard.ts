/**
 * The body of an answer as it comes in, piece by piece. What a device heeds of it is kept, a few hundred bytes. The rest may
 * be of any length and depth: the ids of sixty series, parsed, filled the memory of an ESP8266.
 */
import { textOf } from '../protocol/letters.js';

/** Text to UTF-8 and back. */
export interface Codec {
  encode(text: string): Uint8Array;
  /** @throws where the bytes aren't UTF-8 */
  decode(bytes: ArrayBuffer): string;
}

/** Members of an answer, as they are named in its JSON: protocol/reply.ts, protocol/offer.ts. */
const HEEDED: readonly string[] = Object.freeze([
  '"log"',
  '"next"',
  '"now"',
  '"status"',
  '"retry_after"',
  '"firmware"',
]);
const LONGEST = '"retry_after"'.length;
/** An answer of the collector's has three quarters of it at most, bytes. */
const ROOM = 512;
/** The answer's members, and the offer's: what is deeper could fill the stack of who parses it. */
const DEPTH = 2;

/** As much room is made at a time, bytes: most answers need no more. */
const PIECE = 128;

const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
/** `[` and `]`; with the bit 0x20 as well `{` and `}` */
const OPEN = 0x5b;
const SHUT = 0x5d;

export class Heard {
  private kept = new Uint8Array(0);
  private length = 0;
  /** where in `kept` the bracket or comma is that the member begins with which is coming in */
  private member = 0;
  private keeping = true;
  /** brackets that are open */
  private depth = 0;
  /** within a string, and there behind a backslash */
  private quoted = false;
  private escaped = false;
  /** no object, or more than there is room for */
  private broken = false;

  add(piece: ArrayBuffer | undefined): void {
    if (piece === undefined) return;
    const bytes = new Uint8Array(piece);
    for (let i = 0; i < bytes.length && !this.broken; i++) this.take(bytes[i]!);
  }

  /** What is heeded of its JSON; null where it is no object, or more than any of the collector's. */
  json(codec: Codec): unknown {
    const { kept, length, depth, broken } = this;
    if (broken || depth > 0) return null;
    // The comma of a member before which none was kept.
    if (kept[1] === COMMA) kept[1] = SPACE;
    try {
      return JSON.parse(codec.decode(kept.slice(0, length).buffer)) as unknown;
    } catch {
      return null;
    }
  }

  private take(byte: number): void {
    if (this.quoted) {
      this.keep(byte);
      this.quoted = this.escaped || byte !== QUOTE;
      this.escaped = !this.escaped && byte === BACKSLASH;
      return;
    }
    if (byte <= SPACE) return;
    const kind = byte & ~0x20;
    if (this.depth === 0 && (this.length > 0 || kind !== OPEN)) this.broken = true;
    if (kind === SHUT) this.depth--;
    if (this.depth === 1 && byte === COLON) this.choose();
    else if (this.depth === 1 && byte === COMMA) {
      this.member = this.length;
      this.keeping = true;
    } else if (this.depth === 0) this.keeping = true;
    this.keep(byte);
    this.quoted = byte === QUOTE;
    if (kind === OPEN) this.depth++;
    this.broken ||= this.keeping && this.depth > DEPTH;
  }

  /** By the member's name, which is there. */
  private choose(): void {
    const name = this.kept.subarray(this.member + 1, this.length);
    this.keeping = name.length <= LONGEST && HEEDED.includes(textOf(name));
    if (!this.keeping) this.length = Math.max(1, this.member);
  }

  private keep(byte: number): void {
    if (!this.keeping) return;
    const { kept, length } = this;
    if (length === kept.length) {
      this.broken ||= length >= ROOM;
      this.kept = new Uint8Array(length + PIECE);
      this.kept.set(kept);
    }
    this.kept[this.length++] = byte;
  }
}

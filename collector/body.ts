/** What uploads are written in, whatever brought them: JSON in UTF-8, packed by gzip or not; memory stays bounded. */
import { isUtf8 } from 'node:buffer';
import { promisify } from 'node:util';
import { gunzip, gunzipSync } from 'node:zlib';
import { isObject, type JsonObject } from '../firmware/protocol/json.js';
import { parseDocument } from './document.js';
import { Refusal } from './error.js';
import { hollow, type Hollow } from './hollow.js';

const unzip = promisify(gunzip);

/** Packed bytes that are unpacked here and now, a device's batch above all: to have it done costs more than to do it. */
const AT_ONCE = 4 * 1024;

/** A JSON object from outside, unpacked; parsed when somebody asks, and no further than that. */
export class Body {
  readonly #bytes: Buffer;
  #hollow: Hollow | null | undefined;
  #text: string | undefined;
  #document: JsonObject | undefined;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Its lists of numbers apart; null where it is read as a whole only. */
  get hollow(): Hollow | null {
    if (this.#hollow === undefined) this.#hollow = hollow(this.#bytes);
    return this.#hollow;
  }

  /** What it says but for lists of numbers, of which something else may stand there. @throws Refusal `malformed` */
  get outline(): JsonObject {
    return this.hollow?.outline ?? this.document;
  }

  /** @throws Refusal `malformed` */
  get text(): string {
    return (this.#text ??= textOf(this.#bytes));
  }

  /** @throws Refusal `malformed` */
  get document(): JsonObject {
    return (this.#document ??= objectIn(this.text));
  }
}

/** Whether bytes begin as gzip does (RFC 1952 §2.3.1), which no JSON text does. */
export function isPacked(bytes: Uint8Array): boolean {
  return bytes.length >= 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** What is in gzip. @throws Refusal `malformed`, `too-large` for more than `limit` bytes */
export async function unpacked(body: Uint8Array, limit: number): Promise<Buffer> {
  try {
    const options = { maxOutputLength: limit };
    return body.length <= AT_ONCE ? gunzipSync(body, options) : await unzip(body, options);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(limit);
    throw new Refusal('malformed', `The body is not valid gzip: ${(error as Error).message}`);
  }
}

/** The text of bytes, without a byte order mark. @throws Refusal `malformed` */
export function textOf(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new Refusal('malformed', 'The body is not valid UTF-8');
  const marked = bytes.length >= 3 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return bytes.toString('utf8', marked ? 3 : 0);
}

function objectIn(text: string): JsonObject {
  const document = parseDocument(text);
  if (!isObject(document)) throw new Refusal('malformed', 'The body must be a JSON object');
  return document;
}

export function tooLarge(limit: number): Refusal {
  return new Refusal('too-large', `A body may have ${limit} bytes, unpacked`);
}

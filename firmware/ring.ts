/**
 * The log's sectors as a ring: each begins with a head (head.ts), and records (record.ts) follow it up to the first one
 * that doesn't fit.
 *
 * A sector is begun so: its old magic is cleared, it is erased, the head is written and read back. Cut anywhere in
 * between, it is no sector of the ring, and is begun again. Whatever doesn't read back as written condemns its sector:
 * the ring goes on in the next one. Bytes that are no record, a write that was torn, are passed over.
 */
import type { Boot } from './boot.js';
import type { Flash } from './flash.js';
import { decodeHead, encodeHead, HEAD_BYTES, type Head } from './head.js';
import {
  checksumOf,
  decodeRecord,
  DOUBT_BYTES,
  lengthOf,
  type Context,
  type LogRecord,
  type ReadingRecord,
} from './record.js';

/** Between two records; `step` moves it on. */
export interface Place extends Context {
  readonly sequence: number;
  offset: number;
  /** offset of the newest boot record; 0: the sector's head holds the boot */
  bootAt: number;
  /** offset of the newest run; 0 while there is none */
  runAt: number;
  bootChecksum: number;
  boot: Boot;
  run: Context['run'];
  number: number;
  /** the sector after this one; null while there is none */
  next: Head | null;
}

/** Where the newest sector's writing goes on, for the next wake: finding it again would take reading the whole ring. */
export interface RingMark {
  sequence: number;
  /** checksum of the sector's head: another sector's can't be taken for it */
  head: number;
  /** offset within the sector where nothing is written yet */
  free: number;
}

/** Bytes read first where a record may begin: a reading of ten probes. */
const GLANCE = 32;

export class Ring {
  private readonly flash: Flash;
  readonly sectors: number;
  private newestHead: Head | null = null;
  /** offset within the newest sector where nothing is written yet */
  private free = 0;
  private bad = 0;

  constructor(flash: Flash) {
    this.flash = flash;
    this.sectors = Math.floor(flash.byteLength / flash.blockSize);
  }

  /** The sector that is being written. @throws Error before `open` found one or `begin` began one */
  get newest(): Head {
    if (!this.newestHead) throw new Error('the ring has no sector yet');
    return this.newestHead;
  }

  /** Sectors given up since `open` because they don't read back as written. */
  get badSectors(): number {
    return this.bad;
  }

  /** What a sector holds of a reading, beside its head and a doubt. */
  get capacity(): number {
    return this.flash.blockSize - HEAD_BYTES - DOUBT_BYTES;
  }

  /** Finds the newest sector; false where there is none. @throws RangeError where the flash is no ring */
  open(): boolean {
    if (this.sectors < 3) throw new RangeError(`a log needs 3 sectors of flash, not ${this.sectors}`);
    this.newestHead = null;
    for (let sector = 0; sector < this.sectors; sector++) {
      const head = this.headIn(sector);
      if (head && (!this.newestHead || head.sequence > this.newestHead.sequence)) this.newestHead = head;
    }
    if (!this.newestHead) return false;
    this.free = this.writtenIn(this.newestHead.sequence);
    const place = this.enter(this.newestHead);
    let end = place.offset;
    while (this.step(place)) end = place.offset;
    // What a power cut tore, were it only of its last byte, must not become whole by what is written behind it.
    for (let at = Math.max(end, this.free - GLANCE); at < this.free; at++) this.strike(place.sequence, at);
    // A record's last bytes may be as blank as what follows it.
    this.free = Math.max(this.free, end);
    return true;
  }

  /** Goes on where the mark says; false where the flash isn't as it was, and nothing is open. */
  resume({ sequence, head: checksum, free }: RingMark): boolean {
    this.newestHead = null;
    if (this.sectors < 3 || free < HEAD_BYTES || free > this.flash.blockSize) return false;
    const head = this.headIn(sequence % this.sectors);
    if (head?.sequence !== sequence || head.checksum !== checksum) return false;
    if (this.headIn((sequence + 1) % this.sectors)?.sequence === sequence + 1) return false;
    const start = (sequence % this.sectors) * this.flash.blockSize;
    const ahead = this.flash.read(start + free, Math.min(GLANCE, this.flash.blockSize - free));
    if (!isBlank(ahead)) return false;
    this.newestHead = head;
    this.free = free;
    return true;
  }

  get mark(): RingMark {
    const { sequence, checksum } = this.newest;
    return { sequence, head: checksum, free: this.free };
  }

  /** The sector of that number, if it is still in the ring. */
  head(sequence: number): Head | null {
    if (sequence < 0 || sequence > this.newest.sequence || !this.holds(sequence)) return null;
    const head = this.headIn(sequence % this.sectors);
    return head?.sequence === sequence ? head : null;
  }

  /** False once the sector was erased for a newer one. */
  holds(sequence: number): boolean {
    return sequence > this.newest.sequence - this.sectors;
  }

  following(sequence: number): Head | null {
    for (let s = sequence + 1; s <= this.newest.sequence; s++) {
      const head = this.head(s);
      if (head) return head;
    }
    return null;
  }

  preceding(sequence: number): Head | null {
    for (let s = sequence - 1; s >= 0 && this.holds(s); s--) {
      const head = this.head(s);
      if (head) return head;
    }
    return null;
  }

  /** Begins the next sector, over the oldest one. @throws Error where none of them can be written */
  begin(fields: Omit<Head, 'sequence' | 'checksum'>): void {
    const start = this.newestHead ? this.newestHead.sequence + 1 : 0;
    const tries = this.newestHead ? this.sectors - 1 : this.sectors;
    for (let sequence = start; sequence < start + tries; sequence++) {
      const sector = sequence % this.sectors;
      const offset = sector * this.flash.blockSize;
      const bytes = encodeHead(fields, sequence);
      if (this.headIn(sector)) this.flash.write(offset, new Uint8Array(4));
      this.flash.erase(sector);
      this.flash.write(offset, bytes);
      if (this.readsBack(offset, bytes)) {
        this.newestHead = { ...fields, sequence, checksum: checksumOf(bytes) };
        this.free = HEAD_BYTES;
        return;
      }
      this.bad++;
    }
    throw new Error(`none of ${tries} sectors of the flash can be written`);
  }

  fits(byteLength: number): boolean {
    return this.free + byteLength <= this.flash.blockSize;
  }

  /** Writes after what the newest sector holds; false where it doesn't fit or doesn't read back. */
  append(bytes: Uint8Array): boolean {
    if (!this.fits(bytes.length)) return false;
    const { blockSize } = this.flash;
    const at = this.free;
    const offset = (this.newest.sequence % this.sectors) * blockSize + at;
    // Until the write has proved itself nothing more goes into this sector.
    this.free = blockSize;
    this.flash.write(offset, bytes);
    if (!this.readsBack(offset, bytes)) {
      this.bad++;
      return false;
    }
    this.free = at + bytes.length;
    return true;
  }

  /** Clears a byte of what is written in a sector: with its first one a record is none any more. */
  strike(sequence: number, offset: number): void {
    this.flash.write((sequence % this.sectors) * this.flash.blockSize + offset, new Uint8Array(1));
  }

  /** Before a sector's first record. */
  enter({ sequence, checksum, boot, first }: Head): Place {
    return {
      sequence,
      offset: HEAD_BYTES,
      bootAt: 0,
      runAt: 0,
      head: checksum,
      bootChecksum: checksum,
      boot,
      run: null,
      number: first,
      next: null,
    };
  }

  /** The next record of the place's sector, or null at its end; the place is then behind it. */
  step(place: Place): LogRecord | null {
    const end = place.sequence === this.newest.sequence ? this.free : this.flash.blockSize;
    for (; place.offset < end; place.offset++) {
      const record = this.recordAt(place);
      if (!record) continue;
      const at = place.offset;
      place.offset += record.length;
      if (record.kind === 'boot') {
        place.bootAt = at;
        place.boot = record.boot;
        place.bootChecksum = record.checksum;
        place.run = null;
        place.runAt = 0;
      } else if (record.kind === 'run') {
        place.runAt = at;
        place.run = record.run;
        place.number = Math.max(place.number, record.number);
      } else if (record.kind === 'reading') {
        place.number = record.number + 1;
      }
      return record;
    }
    return null;
  }

  /** The next reading from the place on, in this sector or a later one; the place is then behind it. */
  nextReading(place: Place): ReadingRecord | null {
    for (;;) {
      if (place.sequence !== this.newest.sequence) place.next ??= this.following(place.sequence);
      const { next } = place;
      // What the next sector begins with was written there once more, because it didn't read back here.
      const until = next ? next.first : Infinity;
      for (let record = this.step(place); record; record = this.step(place))
        if (record.kind === 'reading' && record.number < until) return record;
      if (!next) return null;
      Object.assign(place, this.enter(next));
    }
  }

  private recordAt(place: Place): LogRecord | null {
    const { blockSize } = this.flash;
    const start = (place.sequence % this.sectors) * blockSize;
    const glance = this.flash.read(start + place.offset, Math.min(GLANCE, blockSize - place.offset));
    const length = lengthOf(glance, place);
    if (length === 0 || place.offset + length > blockSize) return null;
    const bytes = length <= glance.length ? glance.subarray(0, length) : this.flash.read(start + place.offset, length);
    return decodeRecord(bytes, place);
  }

  private headIn(sector: number): Head | null {
    const head = decodeHead(this.flash.read(sector * this.flash.blockSize, HEAD_BYTES));
    return head && head.sequence % this.sectors === sector ? head : null;
  }

  /** Offset behind the last byte of a sector that isn't blank. */
  private writtenIn(sequence: number): number {
    const { blockSize } = this.flash;
    const start = (sequence % this.sectors) * blockSize;
    let end = HEAD_BYTES;
    for (let at = HEAD_BYTES; at < blockSize; at += GLANCE) {
      const bytes = this.flash.read(start + at, Math.min(GLANCE, blockSize - at));
      for (let i = 0; i < bytes.length; i++) if (bytes[i] !== 0xff) end = at + i + 1;
    }
    return end;
  }

  private readsBack(offset: number, bytes: Uint8Array): boolean {
    return areAlike(this.flash.read(offset, bytes.length), bytes);
  }
}

// Four bytes at a time: on a chip each step of a loop is interpreted, at some hundred instructions.

/** Nothing is written there. */
function isBlank(bytes: Uint8Array): boolean {
  const view = viewOf(bytes);
  const { length } = bytes;
  let at = 0;
  for (; at + 4 <= length; at += 4) if (view.getInt32(at) !== -1) return false;
  for (; at < length; at++) if (view.getUint8(at) !== 0xff) return false;
  return true;
}

/** Both are as long. */
function areAlike(a: Uint8Array, b: Uint8Array): boolean {
  const own = viewOf(a);
  const other = viewOf(b);
  const { length } = a;
  let at = 0;
  for (; at + 4 <= length; at += 4) if (own.getInt32(at) !== other.getInt32(at)) return false;
  for (; at < length; at++) if (own.getUint8(at) !== other.getUint8(at)) return false;
  return true;
}

function viewOf({ buffer, byteOffset, length }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, length);
}

/** Puts a place that is just behind a reading before it. */
export function stepBack(place: Place, reading: ReadingRecord): void {
  place.offset -= reading.length;
  place.number = reading.number;
}

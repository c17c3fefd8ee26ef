/**
 * gzip for a batch's body (RFC 1952 around RFC 1951), since XS has none: one block in the fixed codes, with matches found
 * greedily in a short window. A batch is digits that come again and again: little more than a third of it is left, a
 * quarter more than of zlib's, after one pass and with 1 kB of memory beside the output: for 2 kB an ESP8266 that has
 * a full batch and a connection has no room.
 *
 *   1f 8b 08 00 00000000 00 ff · codes, end of block · CRC-32 · length
 */
import { crc32 } from './crc.js';

/** How far back a match may begin, bytes. */
const WINDOW = 256;
/** Of so many places with the same hash, the newest, the one that gives the longest match is taken. */
const PLACES = 4;
/** Three bytes, each shifted by 3 bits against the next. */
const HASHES = 256;
const MIN_MATCH = 3;
/** One less than the format's, whose code is an exception. */
const MAX_MATCH = 257;
/** Places are kept in 16 bits. */
const LONGEST = 65_534;

const HEAD: readonly number[] = Object.freeze([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
/** The last block, in the fixed codes: RFC 1951 §3.2.3. */
const BLOCK = 0b011;
const END = 256;

/** The bytes packed; null where that would not make them shorter, or they are 64 kB or more. */
export function gzip(bytes: Uint8Array): Uint8Array | null {
  const { length } = bytes;
  if (length > LONGEST) return null;
  const bits = new Bits(length);
  HEAD.forEach((byte) => bits.put(byte, 8));
  bits.put(BLOCK, 3);
  deflate(bytes, bits);
  putSymbol(bits, END);
  bits.align();
  const sum = crc32(bytes);
  [sum, sum >>> 16, length, 0].forEach((half) => bits.put(half & 0xffff, 16));
  return bits.written;
}

function deflate(bytes: Uint8Array, bits: Bits): void {
  const { length } = bytes;
  // Where a hash was met last, and for each place in the window where its hash was met before; 1 is the first place.
  const last = new Uint16Array(HASHES);
  const before = new Uint16Array(WINDOW);
  let hash = (bytes[0]! << 3) ^ bytes[1]!;
  let known = 0;
  let at = 0;
  while (at < length && !bits.full) {
    for (; known <= at && known + MIN_MATCH <= length; known++) {
      hash = ((hash << 3) ^ bytes[known + 2]!) % HASHES;
      before[known % WINDOW] = last[hash]!;
      last[hash] = known + 1;
    }
    const most = Math.min(MAX_MATCH, length - at);
    let size = 0;
    let from = 0;
    let place = at < known ? before[at % WINDOW]! - 1 : -1;
    for (let n = 0; n < PLACES && size < most && place >= 0 && at - place < WINDOW; n++) {
      // A longer match has to agree where the longest so far ended.
      if (bytes[place + size] === bytes[at + size]) {
        let same = 0;
        while (same < most && bytes[place + same] === bytes[at + same]) same++;
        if (same > size) {
          size = same;
          from = place;
        }
      }
      place = before[place % WINDOW]! - 1;
    }
    if (size >= MIN_MATCH) {
      putMatch(bits, size, at - from);
      at += size;
    } else {
      putSymbol(bits, bytes[at]!);
      at++;
    }
  }
}

/** A literal, a length or the end: RFC 1951 §3.2.6. */
function putSymbol(bits: Bits, symbol: number): void {
  if (symbol < 144) bits.putCode(0x30 + symbol, 8);
  else if (symbol < 256) bits.putCode(0x190 + symbol - 144, 9);
  else if (symbol < 280) bits.putCode(symbol - 256, 7);
  else bits.putCode(0xc0 + symbol - 280, 8);
}

/** Both tables of RFC 1951 §3.2.5 count in powers of 2: four lengths, or two distances, to each number of extra bits. */
function putMatch(bits: Bits, size: number, distance: number): void {
  const l = size - MIN_MATCH;
  const lengthBits = l < 8 ? 0 : 29 - Math.clz32(l);
  putSymbol(bits, 257 + lengthBits * 4 + (l >>> lengthBits));
  bits.put(l & ((1 << lengthBits) - 1), lengthBits);
  const d = distance - 1;
  const distanceBits = d < 4 ? 0 : 30 - Math.clz32(d);
  bits.putCode(distanceBits * 2 + (d >>> distanceBits), 5);
  bits.put(d & ((1 << distanceBits) - 1), distanceBits);
}

/** Bits into bytes, the lowest first: RFC 1951 §3.1.1. What finds no room is dropped. */
class Bits {
  private readonly bytes: Uint8Array;
  private length = 0;
  /** fewer than 8 */
  private waiting = 0;
  private count = 0;

  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity);
  }

  get full(): boolean {
    return this.length >= this.bytes.length;
  }

  /** What was written; null where it isn't shorter than there was room. */
  get written(): Uint8Array | null {
    return this.full ? null : this.bytes.subarray(0, this.length);
  }

  /** At most 16 bits. */
  put(value: number, count: number): void {
    this.waiting |= value << this.count;
    this.count += count;
    for (; this.count >= 8; this.count -= 8) {
      if (!this.full) this.bytes[this.length++] = this.waiting & 0xff;
      this.waiting >>>= 8;
    }
  }

  /** Codes come the highest bit first. */
  putCode(code: number, count: number): void {
    let value = 0;
    for (let rest = code, n = 0; n < count; n++, rest >>>= 1) value = (value << 1) | (rest & 1);
    this.put(value, count);
  }

  align(): void {
    if (this.count > 0) this.put(0, 8 - this.count);
  }
}

/**
 * Columns of numbers as JSON text, in bytes: a plot's hundred thousand numbers are written without a string for each.
 * Digits are written four at a time; a probe has few values, so the text of each is made once.
 * What is written comes out in pieces, as they get full, and the rest at the end.
 */

/** Bytes of a piece at most: a month of minutes is in one, and nobody waits for longer than that takes. */
const PIECE = 1024 * 1024;

/** Bytes of a short text, and of a number with its comma: half of them are times. What is likely to be needed is taken. */
const SHORT = 1024;
const USUAL = 12;

/** The longest a number gets, -1.7976931348623157e+308, and a comma. As much room is left for each. */
const LONGEST = 25;

const COMMA = 0x2c;
const ZERO = 0x30;

/** Texts kept at most, a power of 2; the longest, with its comma, in words of four bytes. */
const KEPT = 4096;
const WORDS = 3;

/** 0000 to 9999, four characters in a word, the first in its lowest byte. */
const QUADS = Uint32Array.from({ length: 10_000 }, (_, n) => word(String(n).padStart(4, '0')));

/** Times from here on have thirteen digits, up to the first that has fourteen: 2001 to 2286. */
const THIRTEEN = 1e12;
const FOURTEEN = 1e13;

/** Kept for all answers, since the next one has much the same values: the text of `KEYS[i]` is in `TEXTS` at i × WORDS. */
const KEYS = new Float64Array(KEPT).fill(Number.NaN);
const TEXTS = new Uint32Array(KEPT * WORDS);
const LENGTHS = new Uint8Array(KEPT);

/** What is written: any text, or numbers by comma. */
export type Part = string | { columns: Float64Array[]; write: Write };

/** Integers, ms. */
export function times(columns: Float64Array[]): Part {
  return { columns, write: writeTimes };
}

/** Packed values; those that are absent or null, `null`. */
export function values(columns: Float64Array[]): Part {
  return { columns, write: writeValues };
}

/** `numbers`: how many there are, about. */
export function* inBytes(parts: Iterable<Part>, numbers: number): Generator<Uint8Array> {
  let left = numbers;
  const next = (): Buffer => Buffer.allocUnsafe(Math.min(PIECE, SHORT + USUAL * Math.max(0, left)));
  let piece = next();
  let end = 0;
  const full = (): Uint8Array => {
    const written = piece.subarray(0, end);
    piece = next();
    end = 0;
    return written;
  };
  for (const part of parts) {
    if (typeof part === 'string') {
      const bytes = Buffer.from(part);
      if (end + bytes.length > piece.length) yield full();
      if (bytes.length > piece.length) yield bytes;
      else end += bytes.copy(piece, end);
      continue;
    }
    let written = 0;
    for (const column of part.columns) {
      for (let row = 0; row < column.length;) {
        const room = Math.floor((piece.length - end) / LONGEST);
        if (room === 0) {
          yield full();
          continue;
        }
        const stop = Math.min(column.length, row + room);
        end = part.write(piece, end, column, row, stop);
        left -= stop - row;
        row = stop;
      }
      written += column.length;
    }
    // each has a comma behind it
    if (written > 0) end--;
  }
  yield piece.subarray(0, end);
}

/**
 * Writes rows `row` up to `stop` from `end` on, where there is room for them; the answer is where they end. There is
 * nothing behind its loop that the engine has not yet seen when it compiles it in the middle of the first one.
 */
type Write = (piece: Buffer, end: number, column: Float64Array, row: number, stop: number) => number;

const writeTimes: Write = (piece, begin, times, row, stop) => {
  const words = viewOf(piece);
  let end = begin;
  for (let i = row; i < stop; i++) {
    const time = times[i]!;
    if (!(time >= THIRTEEN && time < FOURTEEN) || !Number.isInteger(time)) {
      end += piece.write(`${time},`, end, 'latin1');
      continue;
    }
    const high = Math.floor(time / 1e8);
    const low = time - high * 1e8;
    const first = (high / 10_000) | 0;
    const middle = (low / 10_000) | 0;
    piece[end] = ZERO + first;
    words.setUint32(end + 1, QUADS[high - first * 10_000]!, true);
    words.setUint32(end + 5, QUADS[middle]!, true);
    words.setUint32(end + 9, QUADS[low - middle * 10_000]!, true);
    piece[end + 13] = COMMA;
    end += 14;
  }
  return end;
};

const writeValues: Write = (piece, begin, values, row, stop) => {
  const words = viewOf(piece);
  let end = begin;
  for (let i = row; i < stop; i++) {
    const value = values[i]!;
    const slot = Math.floor(value * 100) & (KEPT - 1);
    if (KEYS[slot] !== value) {
      end += writeValue(piece, end, value, slot);
      continue;
    }
    // All of it, however short the text: what comes next is written over the rest.
    const text = slot * WORDS;
    words.setUint32(end, TEXTS[text]!, true);
    words.setUint32(end + 4, TEXTS[text + 1]!, true);
    words.setUint32(end + 8, TEXTS[text + 2]!, true);
    end += LENGTHS[slot]!;
  }
  return end;
};

/** Writes a value and keeps its text, where it is short; the answer is its length. */
function writeValue(piece: Buffer, end: number, value: number, slot: number): number {
  const text = Number.isFinite(value) ? `${value},` : 'null,';
  if (text.length <= 4 * WORDS) {
    KEYS[slot] = value;
    LENGTHS[slot] = text.length;
    for (let i = 0; i < WORDS; i++) TEXTS[slot * WORDS + i] = word(text.slice(4 * i, 4 * i + 4));
  }
  return piece.write(text, end, 'latin1');
}

/** Four characters as one number. */
function word(text: string): number {
  let value = 0;
  for (let i = text.length - 1; i >= 0; i--) value = value * 256 + text.charCodeAt(i);
  return value;
}

function viewOf({ buffer, byteOffset, length }: Buffer): DataView {
  return new DataView(buffer, byteOffset, length);
}

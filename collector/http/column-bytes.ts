/**
 * Columns of numbers as JSON text, in bytes: a plot's hundred thousand numbers are written without a string for each.
 * Digits are written four at a time; a probe has few values, so the text of each is made once.
 * What is written comes out in pieces, as they get full, and the rest at the end.
 */

/** Bytes of a piece. */
const PIECE = 64 * 1024;

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

export class ColumnBytes {
  #piece = Buffer.allocUnsafe(PIECE);
  #end = 0;

  /** Any text. */
  *text(text: string): Generator<Uint8Array> {
    const bytes = Buffer.from(text);
    if (this.#end + bytes.length > PIECE) yield this.rest();
    if (bytes.length > PIECE) yield bytes;
    else this.#end += bytes.copy(this.#piece, this.#end);
  }

  /** Integers, ms, by comma. */
  *times(columns: Float64Array[]): Generator<Uint8Array> {
    yield* this.#numbers(columns, (times, row, stop) => this.#writeTimes(times, row, stop));
  }

  /** Packed values by comma; those that are absent or null, `null`. */
  *values(columns: Float64Array[]): Generator<Uint8Array> {
    yield* this.#numbers(columns, (values, row, stop) => this.#writeValues(values, row, stop));
  }

  /** What is written but not yet given out. */
  rest(): Uint8Array {
    const written = this.#piece.subarray(0, this.#end);
    this.#piece = Buffer.allocUnsafe(PIECE);
    this.#end = 0;
    return written;
  }

  /** `write` writes rows, each with a comma behind it; that of the very last is taken back. */
  *#numbers(
    columns: Float64Array[],
    write: (column: Float64Array, row: number, stop: number) => void,
  ): Generator<Uint8Array> {
    let written = 0;
    for (const column of columns) {
      for (let row = 0; row < column.length;) {
        const room = Math.floor((PIECE - this.#end) / LONGEST);
        if (room === 0) {
          yield this.rest();
          continue;
        }
        const stop = Math.min(column.length, row + room);
        write(column, row, stop);
        row = stop;
      }
      written += column.length;
    }
    if (written > 0) this.#end--;
  }

  #writeTimes(times: Float64Array, row: number, stop: number): void {
    const piece = this.#piece;
    const words = viewOf(piece);
    let end = this.#end;
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
    this.#end = end;
  }

  #writeValues(values: Float64Array, row: number, stop: number): void {
    const words = viewOf(this.#piece);
    let end = this.#end;
    for (let i = row; i < stop; i++) {
      const value = values[i]!;
      const slot = Math.floor(value * 100) & (KEPT - 1);
      if (KEYS[slot] !== value) {
        end += this.#writeValue(value, slot, end);
        continue;
      }
      // All of it, however short the text: what comes next is written over the rest.
      const text = slot * WORDS;
      words.setUint32(end, TEXTS[text]!, true);
      words.setUint32(end + 4, TEXTS[text + 1]!, true);
      words.setUint32(end + 8, TEXTS[text + 2]!, true);
      end += LENGTHS[slot]!;
    }
    this.#end = end;
  }

  /** Writes a value and keeps its text, where it is short; the answer is its length. */
  #writeValue(value: number, slot: number, end: number): number {
    const text = Number.isFinite(value) ? `${value},` : 'null,';
    if (text.length <= 4 * WORDS) {
      KEYS[slot] = value;
      LENGTHS[slot] = text.length;
      for (let i = 0; i < WORDS; i++) TEXTS[slot * WORDS + i] = word(text.slice(4 * i, 4 * i + 4));
    }
    return this.#piece.write(text, end, 'latin1');
  }
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

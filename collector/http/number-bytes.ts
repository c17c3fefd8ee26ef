/**
 * Columns of numbers as JSON text, by comma, in bytes: a plot's hundred thousand numbers are written without a string for
 * each. Times share all but their last digits with the one before; a probe has few values, so each text is made once.
 */

/** A piece of an answer; room that is left is little. */
const PIECE = 64 * 1024;

/** The longest a number gets, -1.7976931348623157e+308, and a comma. */
const LONGEST = 25;

const COMMA = 0x2c;
const ZERO = 0x30;

/** Texts kept, at the most and at the longest; a power of 2. */
const KEPT = 4096;
const KEPT_LENGTH = 16;

/** So many digits of a time are written anew each time. */
const LOW_DIGITS = 1_000_000;

/** Numbers of one answer, written one column after the other. */
export class NumberBytes {
  #bytes = Buffer.allocUnsafe(0);
  #end = 0;
  /** nothing is written of this column yet */
  #first = true;
  /** `#texts` has the text of `#keys[i]` at i × KEPT_LENGTH */
  readonly #keys = new Float64Array(KEPT).fill(Number.NaN);
  readonly #texts = new Uint8Array(KEPT * KEPT_LENGTH);
  readonly #lengths = new Uint8Array(KEPT);

  /** The next number has no comma before it. */
  begin(): void {
    this.#first = true;
  }

  /** Integers, ms. */
  *times(times: Float64Array): Generator<Uint8Array> {
    let high = Number.NaN;
    let highText = '';
    for (let row = 0; row < times.length;) {
      const bytes = this.#open();
      let end = this.#end;
      const stop = Math.min(times.length, row + Math.floor((PIECE - end) / LONGEST));
      for (; row < stop; row++) {
        const time = times[row]!;
        end = this.#comma(bytes, end);
        const above = Math.floor(time / LOW_DIGITS);
        if (above !== high) highText = String((high = above));
        if (above <= 0 || !Number.isInteger(time)) {
          end += bytes.write(String(time), end, 'latin1');
          continue;
        }
        for (let i = 0; i < highText.length; i++) bytes[end++] = highText.charCodeAt(i);
        end = writeLow(bytes, end, time - above * LOW_DIGITS);
      }
      this.#end = end;
      if (row < times.length) yield this.#close();
    }
  }

  /** Packed values; those that are absent or null, `null`. */
  *values(column: Float64Array): Generator<Uint8Array> {
    for (let row = 0; row < column.length;) {
      const bytes = this.#open();
      let end = this.#end;
      const stop = Math.min(column.length, row + Math.floor((PIECE - end) / LONGEST));
      for (; row < stop; row++) {
        const value = column[row]!;
        end = this.#comma(bytes, end);
        const slot = Math.round(value * 100) & (KEPT - 1);
        if (this.#keys[slot] !== value) {
          end += this.#write(bytes, end, value, slot);
          continue;
        }
        const text = slot * KEPT_LENGTH;
        const length = this.#lengths[slot]!;
        for (let i = 0; i < length; i++) bytes[end + i] = this.#texts[text + i]!;
        end += length;
      }
      this.#end = end;
      if (row < column.length) yield this.#close();
    }
  }

  /** What is written but not yet given out. */
  rest(): Uint8Array {
    return this.#close();
  }

  #comma(bytes: Buffer, end: number): number {
    if (this.#first) {
      this.#first = false;
      return end;
    }
    bytes[end] = COMMA;
    return end + 1;
  }

  /** Writes a value and keeps its text, where it is short. */
  #write(bytes: Buffer, end: number, value: number, slot: number): number {
    const length = bytes.write(Number.isFinite(value) ? String(value) : 'null', end, 'latin1');
    if (length <= KEPT_LENGTH) {
      this.#keys[slot] = value;
      this.#texts.set(bytes.subarray(end, end + length), slot * KEPT_LENGTH);
      this.#lengths[slot] = length;
    }
    return length;
  }

  #open(): Buffer {
    if (this.#end === 0) this.#bytes = Buffer.allocUnsafe(PIECE);
    return this.#bytes;
  }

  #close(): Uint8Array {
    const written = this.#bytes.subarray(0, this.#end);
    this.#end = 0;
    return written;
  }
}

/** Six digits. */
function writeLow(bytes: Uint8Array, end: number, low: number): number {
  let rest = low | 0;
  for (let i = end + 5; i >= end; i--) {
    const tens = (rest / 10) | 0;
    bytes[i] = ZERO + rest - tens * 10;
    rest = tens;
  }
  return end + 6;
}

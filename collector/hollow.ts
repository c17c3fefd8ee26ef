/**
 * A JSON text with its lists of numbers taken out, in one pass over the bytes:
 *
 *   {"first":7,"time":[1763794880000,60000],"sensors":{"probe":{"temp_C":[21.5,null]}}}
 *   {"first":7,"time":[0],"sensors":{"probe":{"temp_C":[1]}}}          what is left, and two lists
 *
 * What is left is short and goes through JSON.parse, so strings, escapes and names are as they always are; the lists, which
 * are nearly all of a batch, become columns in little more than half the time, without a value of its own for each number.
 *
 * Only what is ordinary is read so: decimals of at most 15 digits and null, parted by commas and blanks. Such a decimal is an
 * integer below 2^53 by a power of ten that is exact, so one division rounds it as JSON.parse does. Anything else in
 * brackets (nothing at all, an exponent, a text, another list) and the whole text is left to JSON.parse.
 */
import { isUtf8 } from 'node:buffer';
import { isObject, type JsonObject } from '../firmware/protocol/json.js';
import { NULL } from './store/rows.js';

export interface Hollow {
  /** the document; each list in it has one entry, which of the `lists` stood there */
  outline: JsonObject;
  /** the text of the outline */
  text: string;
  /** packed: null is Infinity (store/rows.ts) */
  lists: Float64Array[];
}

/** Bytes from which on it is quicker than to parse the whole. */
const WORTH = 1024;

/** Numbers of a list at most. */
const LONGEST = 16 * 1024;

/** Lists of a document at most, more than the usual limits let a batch have: of many short ones each costs more than it saves. */
const MOST = 5000;

/** Digits that make an integer below 2^53, whatever they are. */
const DIGITS = 15;
const TENS = Float64Array.from({ length: DIGITS + 1 }, (_, digits) => 10 ** digits);

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const COMMA = 0x2c;
const BLANK = 0x20;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const N = 0x6e;

/** The document in these bytes; null where it has to be parsed as a whole, or isn't one. */
export function hollow(bytes: Buffer): Hollow | null {
  if (bytes.length < WORTH || !isUtf8(bytes)) return null;
  const lists: Float64Array[] = [];
  let text = '';
  let from = 0;
  for (let at = 0; at < bytes.length; at++) {
    const sign = bytes[at];
    if (sign === QUOTE) at = endOfString(bytes, at);
    if (sign !== OPEN) continue;
    text += bytes.toString('utf8', from, at + 1) + lists.length;
    from = NUMBERS.read(bytes, at + 1);
    if (from === -1 || lists.length === MOST) return null;
    lists.push(NUMBERS.list());
    at = from;
  }
  return lists.length === 0 ? null : parsed(text + bytes.toString('utf8', from), lists);
}

function parsed(text: string, lists: Float64Array[]): Hollow | null {
  try {
    const outline: unknown = JSON.parse(text);
    return isObject(outline) ? { outline, text, lists } : null;
  } catch {
    return null;
  }
}

/** Where the string ends that begins at `at`; the end of all bytes where it doesn't. */
function endOfString(bytes: Buffer, at: number): number {
  let end = at + 1;
  while (end < bytes.length && bytes[end] !== QUOTE) end += bytes[end] === BACKSLASH ? 2 : 1;
  return end;
}

/** Reads lists, one after the other, into the same memory. */
class NumberReader {
  readonly #numbers = new Float64Array(LONGEST);
  #count = 0;

  /** A copy of the list read last. */
  list(): Float64Array {
    return this.#numbers.slice(0, this.#count);
  }

  /** Reads the list whose first entry is at `from`; where its bracket closes, or -1 where something in it is unusual. */
  read(bytes: Buffer, from: number): number {
    let at = from;
    for (let count = 0; count < LONGEST;) {
      at = afterBlanks(bytes, at);
      at = bytes[at] === N ? this.#nothing(bytes, at, count++) : this.#number(bytes, at, count++);
      if (at === -1) return -1;
      at = afterBlanks(bytes, at);
      this.#count = count;
      if (bytes[at] === CLOSE) return at;
      if (bytes[at++] !== COMMA) return -1;
    }
    return -1;
  }

  /** Reads the number at `from`; where it ends, or -1 where it is none, or unusual. */
  #number(bytes: Buffer, from: number, place: number): number {
    const negative = bytes[from] === MINUS;
    const begin = negative ? from + 1 : from;
    let value = 0;
    let point = -1;
    let end = begin;
    for (; ; end++) {
      const digit = bytes[end]! - ZERO;
      if (digit >= 0 && digit <= 9) value = value * 10 + digit;
      else if (digit === POINT - ZERO && point === -1) point = end;
      else break;
    }
    const whole = (point === -1 ? end : point) - begin;
    const decimals = point === -1 ? 0 : end - point - 1;
    if (whole === 0 || (whole > 1 && bytes[begin] === ZERO)) return -1;
    if ((point !== -1 && decimals === 0) || whole + decimals > DIGITS) return -1;
    if (decimals > 0) value /= TENS[decimals]!;
    // not -value: what is stored has no -0
    this.#numbers[place] = negative ? 0 - value : value;
    return end;
  }

  /** The same for `null`. */
  #nothing(bytes: Buffer, from: number, place: number): number {
    this.#numbers[place] = NULL;
    const end = from + 4;
    return bytes.toString('latin1', from, end) === 'null' ? end : -1;
  }
}

function afterBlanks(bytes: Buffer, from: number): number {
  let at = from;
  while (bytes[at] === BLANK) at++;
  return at;
}

const NUMBERS = new NumberReader();

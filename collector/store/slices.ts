/**
 * Where long rows of integers in a chunk can be entered, and what lies in between. They are cut into slices of so many
 * rows, the last one shorter. For each slice, in integers.ts' code:
 *
 *   "slices":{"rows":120,"signs":"+32…","far":…,"last":"+341aA…",                        where one begins
 *             "count":…,"first":"aA.…","low":"cb.…","high":"a.d…","sum":{"base":…}}      what is in it
 *
 * `signs`: how many of the text are its (left out where that follows from the rows: in digits). `far`: how many of its
 * differences are far (digits.ts; left out when none are). `last`: its last integer that is not null, or the one before it
 * where all are. What follows is left out for times. `count`: how many are not null; left out when all are. The others
 * are small, since they say how much something differs from what the slice's ends would have one think: the first integer
 * from the one before the slice; the least and the greatest from these ends, the one before it and its last, outwards;
 * the sum from that of so many of their mean. With a count of 0 they are 0.
 *
 * A bucket needs the rows of those slices only in which it begins or ends, of all others what they come to: a year of
 * minutes in 300 buckets is 36,000 rows of 525,600 at most. Rows and not hours, so that it is the same for a probe that is read
 * each second and for one that is read each day.
 */
import { decodeDigits, type Digits } from './digits.js';
import { readIntegers, writeIntegers, type Integers } from './integers.js';
import { NULL } from './rows.js';
import { decodeSteps, packSteps, writeSteps } from './steps.js';
import { addSummary, type Summary } from './summary.js';

/** Rows of a slice: two hours of minutes, and a fifth of what such a chunk takes on disk. */
const ROWS = 120;

/** Rows from which on slices are worth it. */
const MANY = 512;

export interface Slices {
  rows: number;
  signs?: Integers;
  far?: Integers;
  last: Integers;
  count?: Integers;
  first?: Integers;
  low?: Integers;
  high?: Integers;
  sum?: Integers;
}

/** Integers with where to enter them; null is Infinity, as in rows.ts. */
export type SlicedCode = ({ steps: string } | Digits) & { slices: Slices };

/** How many points were decoded to answer. */
export interface Work {
  decoded: number;
}

/**
 * The code of values, in slices; the same one where it is too short, or a sum is too large. All rows must have an integer /
 * `per`, or null. `sums`: whether they may be added up.
 */
export function withSlices<C extends { steps: string } | Digits>(
  code: C,
  values: Float64Array,
  per: number,
  sums: boolean,
): C {
  if (values.length < MANY) return code;
  const slices = describe(values, per, sums);
  if (slices === null) return code;
  if (!('steps' in code)) return { ...code, slices: { rows: ROWS, ...farIn(code, values.length), ...slices } };
  const { steps, signs } = packSteps(code.steps, values.length, ROWS);
  return { ...code, steps, slices: { rows: ROWS, signs: writeIntegers(signs)!, ...slices } };
}

function describe(values: Float64Array, per: number, sums: boolean): Omit<Slices, 'rows' | 'signs' | 'far'> | null {
  const length = Math.ceil(values.length / ROWS);
  const list = () => new Float64Array(length);
  const [lasts, counts, firsts, lows, highs, rests] = [list(), list(), list(), list(), list(), list()];
  let whole = true;
  let last = 0;
  for (let slice = 0; slice < length; slice++) {
    const before = last;
    const end = Math.min(values.length, (slice + 1) * ROWS);
    let [count, sum, first, min, max] = [0, 0, 0, 0, 0];
    for (let row = slice * ROWS; row < end; row++) {
      const value = values[row]!;
      if (value === NULL) continue;
      last = Math.round(value * per);
      sum += last;
      if (count++ === 0) first = min = max = last;
      else if (last < min) min = last;
      else if (last > max) max = last;
    }
    lasts[slice] = last;
    counts[slice] = count;
    if (count < end - slice * ROWS) whole = false;
    if (count === 0) continue;
    firsts[slice] = first - before;
    lows[slice] = Math.min(before, last) - min;
    highs[slice] = max - Math.max(before, last);
    rests[slice] = sum - likelySum(count, before, last);
  }
  const ends = { last: writeIntegers(lasts)! };
  if (!sums) return ends;
  const sum = writeIntegers(rests);
  if (sum === null) return null;
  const count = whole ? {} : { count: writeIntegers(counts)! };
  return { ...ends, ...count, first: writeEach(firsts), low: writeEach(lows), high: writeEach(highs), sum };
}

/** Of so many integers between two. */
function likelySum(count: number, before: number, last: number): number {
  return Math.round((count * (before + last)) / 2);
}

/** In steps, so that each sign is an integer by itself. */
function writeEach(integers: Float64Array): string {
  let sum = 0;
  const steps = writeSteps(
    integers.map((integer) => (sum += integer)),
    1,
  )!;
  return packSteps(steps, integers.length, integers.length).steps;
}

/** How many far ones each slice has: they stand at digits `00`. */
function farIn({ digits, far }: Digits, length: number): Pick<Slices, 'far'> {
  if (far === undefined) return {};
  const counts = new Float64Array(Math.ceil(length / ROWS));
  for (let row = 0; row < length; row++) if (digits.startsWith('00', 2 * row)) counts[Math.floor(row / ROWS)]!++;
  return { far: writeIntegers(counts)! };
}

/** Integers that are decoded slice by slice, when they are asked for: those asked for and the rest of their slices. */
export class SlicedIntegers {
  readonly rows: number;
  /** of each slice */
  readonly last: Float64Array;
  /** null: in steps */
  readonly #digits: Digits | null;
  readonly #text: Uint8Array;
  readonly #length: number;
  readonly #work: Work;
  /** where each slice's signs, and its far ones, begin */
  readonly #signs: Float64Array | null;
  readonly #far: Float64Array | null;
  readonly #integers: Float64Array;
  #loaded = -1;
  #view: Float64Array;

  constructor(code: SlicedCode, length: number, work: Work) {
    const { rows, signs, far, last } = code.slices;
    const count = Math.ceil(length / rows);
    this.rows = rows;
    this.last = readIntegers(last, count);
    this.#digits = 'steps' in code ? null : code;
    this.#text = Buffer.from('steps' in code ? code.steps : code.digits, 'latin1');
    this.#length = length;
    this.#work = work;
    this.#signs = signs === undefined ? null : starts(readIntegers(signs, count));
    this.#far = far === undefined ? null : starts(readIntegers(far, count));
    this.#integers = this.#view = new Float64Array(rows);
  }

  /** The integers of a slice, until another is asked for. */
  slice(slice: number): Float64Array {
    if (slice === this.#loaded) return this.#view;
    const view = this.#integers.subarray(0, Math.min(this.rows, this.#length - slice * this.rows));
    this.#decode(slice, 1, view);
    this.#loaded = slice;
    this.#view = view;
    return view;
  }

  /** Rows `begin` up to `end`, divided by `per`. */
  between(begin: number, end: number, per: number): Float64Array {
    const slice = Math.floor(begin / this.rows);
    const from = slice * this.rows;
    const to = Math.min(Math.ceil(end / this.rows) * this.rows, this.#length);
    const values = new Float64Array(to - from);
    this.#decode(slice, per, values);
    return values.subarray(begin - from, end - from);
  }

  /** Fills `values`, which ends where a slice does, from a slice's beginning on. */
  #decode(slice: number, per: number, values: Float64Array): void {
    const before = slice === 0 ? 0 : this.last[slice - 1]!;
    if (this.#digits === null) {
      decodeSteps(this.#text, { at: this.#signs![slice]!, before }, per, values);
    } else {
      const entrance = { at: 2 * slice * this.rows, far: this.#far?.[slice] ?? 0, before };
      decodeDigits(this.#digits, this.#text, entrance, per, values);
    }
    this.#work.decoded += values.length;
  }
}

/** Adds up integers / `per`, of whole slices by what is known of them. */
export class SliceSums {
  readonly #integers: SlicedIntegers;
  readonly #length: number;
  readonly #per: number;
  /** null: as many as rows */
  readonly #count: Float64Array | null;
  /** running sums: each is how much one is more than the one before */
  readonly #first: Float64Array;
  readonly #low: Float64Array;
  readonly #high: Float64Array;
  readonly #sum: Float64Array;

  constructor(code: SlicedCode & { per: number }, length: number, work: Work) {
    const { rows, count, first, low, high, sum } = code.slices;
    const read = (list: Integers | undefined) => readIntegers(list ?? '', Math.ceil(length / rows));
    this.#integers = new SlicedIntegers(code, length, work);
    this.#length = length;
    this.#per = code.per;
    this.#count = count === undefined ? null : read(count);
    this.#first = read(first);
    this.#low = read(low);
    this.#high = read(high);
    this.#sum = read(sum);
  }

  /**
   * Adds rows `from` up to `to`. The sum is that of the integers, which is exact, divided once. All of it in one function:
   * a few hundred calls are not enough for the engine to make many of them fast.
   */
  add(summary: Summary, from: number, to: number): void {
    const { rows, last: lasts } = this.#integers;
    let count = 0;
    let sum = 0;
    let min = 0;
    let max = 0;
    let first = 0;
    let last = 0;
    for (let row = from; row < to;) {
      const slice = Math.floor(row / rows);
      const begin = slice * rows;
      const end = Math.min(begin + rows, this.#length);
      const stop = Math.min(end, to);
      if (row === begin && stop === end) {
        const found = this.#count === null ? end - begin : this.#count[slice]!;
        row = end;
        if (found === 0) continue;
        const before = slice === 0 ? 0 : lasts[slice - 1]!;
        last = lasts[slice]!;
        const least = Math.min(before, last) - stepAt(this.#low, slice);
        const greatest = Math.max(before, last) + stepAt(this.#high, slice);
        if (count === 0) {
          first = before + stepAt(this.#first, slice);
          min = least;
          max = greatest;
        } else {
          if (least < min) min = least;
          if (greatest > max) max = greatest;
        }
        count += found;
        sum += likelySum(found, before, last) + this.#sum[slice]!;
        continue;
      }
      const integers = this.#integers.slice(slice);
      for (; row < stop; row++) {
        const integer = integers[row - begin]!;
        if (integer === NULL) continue;
        sum += integer;
        last = integer;
        if (count++ === 0) first = min = max = integer;
        else if (integer < min) min = integer;
        else if (integer > max) max = integer;
      }
    }
    const per = this.#per;
    const run = { count, sum: sum / per, min: min / per, max: max / per, first: first / per, last: last / per };
    addSummary(summary, run);
  }
}

function stepAt(sums: Float64Array, at: number): number {
  return at === 0 ? sums[0]! : sums[at]! - sums[at - 1]!;
}

/** Where each begins that is so long, one after the other. */
function starts(lengths: Float64Array): Float64Array {
  let at = 0;
  for (let i = 0; i < lengths.length; i++) {
    const length = lengths[i]!;
    lengths[i] = at;
    at += length;
  }
  return lengths;
}

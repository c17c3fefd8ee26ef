/**
 * The times of consecutive points, ms:
 *
 *   {"first":1763794880000,"step":60000}      first + row × step
 *   {…,"off":"....+3.C"}                      and how far from that, as steps.ts has it
 *   {…,"off":{"base":45,…}}                   or, where it jumps about, as digits.ts has it
 *   {…,"slices":{…}}                          in long chunks: where `off` can be entered       slices.ts
 */
import type { Digits } from './digits.js';
import { readIntegers, writeIntegers, type Integers } from './integers.js';
import { SlicedIntegers, withSlices, type Slices, type Work } from './slices.js';
import { listed, type Times } from './summary.js';

export interface TimeCode {
  first: number;
  step: number;
  off?: Integers;
  slices?: Slices;
}

/** There is at least one. */
export function encodeTime(time: ArrayLike<number>): TimeCode {
  const first = time[0]!;
  if (isRegular(time)) return { first, step: time.length === 1 ? 0 : time[1]! - first };
  const step = usualStep(time);
  return { first, step, off: writeIntegers(offsets(time, first, step))! };
}

/** For a chunk: where it is long, in slices. */
export function encodeSlicedTime(time: Float64Array): TimeCode {
  const code = encodeTime(time);
  const { first, step, off } = code;
  if (off === undefined) return code;
  const integers = offsets(time, first, step);
  if (typeof off !== 'string') {
    const { slices, ...digits } = withSlices<Digits & { slices?: Slices }>(off, integers, 1, false);
    return slices === undefined ? code : { ...code, off: digits, slices };
  }
  const { steps, slices } = withSlices<{ steps: string; slices?: Slices }>({ steps: off }, integers, 1, false);
  return slices === undefined ? code : { ...code, off: steps, slices };
}

/** @throws Error when there are not as many as rows */
export function decodeTime({ first, step, off }: TimeCode, length: number): Float64Array {
  return offFrom(first, step, off === undefined ? new Float64Array(length) : readIntegers(off, length));
}

/** For those who want only some. */
export function timesOf(code: TimeCode, length: number, work: Work): Times {
  const { first, step, off, slices } = code;
  if (off === undefined) return new RegularTimes(first, step);
  if (slices !== undefined) return new SlicedTimes(code, { off, slices }, length, work);
  work.decoded += length;
  return listed(decodeTime(code, length));
}

class RegularTimes implements Times {
  readonly #first: number;
  readonly #step: number;

  constructor(first: number, step: number) {
    this.#first = first;
    this.#step = step;
  }

  timeAt(row: number): number {
    return this.#first + row * this.#step;
  }

  firstFrom(time: number): number {
    if (time <= this.#first) return 0;
    return this.#step === 0 ? Number.POSITIVE_INFINITY : Math.ceil((time - this.#first) / this.#step);
  }

  between(begin: number, end: number): Float64Array {
    return offFrom(this.#first + begin * this.#step, this.#step, new Float64Array(end - begin));
  }
}

class SlicedTimes implements Times {
  readonly #first: number;
  readonly #step: number;
  readonly #off: SlicedIntegers;
  readonly #length: number;

  constructor(
    { first, step }: TimeCode,
    { off, slices }: Required<Pick<TimeCode, 'off' | 'slices'>>,
    length: number,
    work: Work,
  ) {
    this.#first = first;
    this.#step = step;
    this.#off = new SlicedIntegers(typeof off === 'string' ? { steps: off, slices } : { ...off, slices }, length, work);
    this.#length = length;
  }

  timeAt(row: number): number {
    const { rows, last } = this.#off;
    const slice = Math.floor(row / rows);
    const inside = row - slice * rows;
    const off = row === this.#lastOf(slice) ? last[slice]! : this.#off.slice(slice)[inside]!;
    return this.#first + row * this.#step + off;
  }

  firstFrom(time: number): number {
    const { rows, last } = this.#off;
    const slice = firstThat(0, last.length, (at) => this.timeAt(this.#lastOf(at)) >= time);
    return slice === last.length
      ? this.#length
      : firstThat(slice * rows, this.#lastOf(slice), (row) => this.timeAt(row) >= time);
  }

  between(begin: number, end: number): Float64Array {
    return offFrom(this.#first + begin * this.#step, this.#step, this.#off.between(begin, end, 1));
  }

  #lastOf(slice: number): number {
    return Math.min(this.#length, (slice + 1) * this.#off.rows) - 1;
  }
}

/** The first integer from `low` on that fulfils what all after it do, too; `high` when none before it does. */
function firstThat(low: number, high: number, holds: (integer: number) => boolean): number {
  let [begin, end] = [low, high];
  while (begin < end) {
    const middle = (begin + end) >>> 1;
    if (holds(middle)) end = middle;
    else begin = middle + 1;
  }
  return begin;
}

/** Makes times of how far they are from regular ones. */
function offFrom(first: number, step: number, off: Float64Array): Float64Array {
  for (let row = 0; row < off.length; row++) off[row]! += first + row * step;
  return off;
}

function offsets(time: ArrayLike<number>, first: number, step: number): Float64Array {
  const off = new Float64Array(time.length);
  for (let row = 0; row < time.length; row++) off[row] = time[row]! - first - row * step;
  return off;
}

function isRegular(time: ArrayLike<number>): boolean {
  const step = time[1]! - time[0]!;
  for (let row = 2; row < time.length; row++) if (time[row]! - time[row - 1]! !== step) return false;
  return true;
}

/** Differences between two times that are looked at. */
const SAMPLE = 512;

/** From one time to the next: the difference that most of them have; where they jitter, whole seconds where they do so about. */
function usualStep(time: ArrayLike<number>): number {
  const differences: number[] = [];
  const stride = Math.max(1, (time.length - 1) / SAMPLE);
  for (let at = 1; at < time.length; at += stride) {
    const row = Math.floor(at);
    differences.push(time[row]! - time[row - 1]!);
  }
  if (differences.length === 0) return 0;
  differences.sort((a, b) => a - b);
  // what more than half have is in the middle
  const middle = differences[(differences.length - 1) >>> 1]!;
  const same = differences.lastIndexOf(middle) - differences.indexOf(middle) + 1;
  return 2 * same >= differences.length ? middle : Math.round(middle / 1000) * 1000 || middle;
}

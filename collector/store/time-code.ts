/**
 * The times of consecutive points, ms:
 *
 *   {"first":1763794880000,"step":60000}      first + row × step
 *   {…,"off":"....+3.C"}                      and how far from that, as steps.ts has it
 *   {…,"off":{"base":45,…}}                   or, where it jumps about, as digits.ts has it
 */
import { readDigits, writeDigits, type Digits } from './digits.js';
import { readSteps, writeSteps } from './steps.js';

export interface TimeCode {
  first: number;
  step: number;
  off?: string | Digits;
}

/** There is at least one. */
export function encodeTime(time: ArrayLike<number>): TimeCode {
  const first = time[0]!;
  if (isRegular(time)) return { first, step: time.length === 1 ? 0 : time[1]! - first };
  const step = usualStep(time);
  const off = new Float64Array(time.length);
  for (let row = 0; row < time.length; row++) off[row] = time[row]! - first - row * step;
  const steps = writeSteps(off, 1)!;
  return { first, step, off: writeDigits(off, 1, steps.length) ?? steps };
}

/** @throws Error when there are not as many as rows */
export function decodeTime({ first, step, off }: TimeCode, length: number): Float64Array {
  const time = offsets(off, length);
  for (let row = 0; row < length; row++) time[row]! += first + row * step;
  return time;
}

/** The time of each row, for those who want only some. */
export function timesOf(code: TimeCode, length: number): (row: number) => number {
  if (code.off !== undefined) {
    const time = decodeTime(code, length);
    return (row) => time[row]!;
  }
  const { first, step } = code;
  return (row) => first + row * step;
}

function offsets(off: TimeCode['off'], length: number): Float64Array {
  if (off === undefined) return new Float64Array(length);
  return typeof off === 'string' ? readSteps(off, 1, length, null) : readDigits(off, 1, length, null);
}

function isRegular(time: ArrayLike<number>): boolean {
  const step = time[1]! - time[0]!;
  for (let row = 2; row < time.length; row++) if (time[row]! - time[row - 1]! !== step) return false;
  return true;
}

/** The most common difference between a time and the next. */
function usualStep(time: ArrayLike<number>): number {
  const counts = new Map<number, number>();
  let best = 0;
  let most = 0;
  const stepTo = (row: number) => time[row]! - time[row - 1]!;
  for (let row = 1; row < time.length;) {
    const step = stepTo(row);
    const begin = row;
    while (row < time.length && stepTo(row) === step) row++;
    const count = (counts.get(step) ?? 0) + row - begin;
    counts.set(step, count);
    if (count <= most) continue;
    best = step;
    most = count;
  }
  return best;
}

/** A list of integers as text: in steps (steps.ts), or where they jump about in digits (digits.ts). */
import { readDigits, writeDigits, type Digits } from './digits.js';
import { readSteps, writeSteps } from './steps.js';

export type Integers = string | Digits;

/** Null where one is too large. */
export function writeIntegers(integers: Float64Array): Integers | null {
  const steps = writeSteps(integers, 1);
  return steps === null ? null : (writeDigits(integers, 1, steps.length) ?? steps);
}

/** @throws Error when there are not so many */
export function readIntegers(code: Integers, length: number): Float64Array {
  return typeof code === 'string' ? readSteps(code, 1, length, null) : readDigits(code, 1, length, null);
}

/**
 * Integers that jump about, as text: how each differs from the one before (the first, from 0), two digits each:
 *
 *   {"base":45,"least":-1003,"digits":"0k3f00…","far":[1763794880000,null]}
 *   {"base":36,"least":-130,"alone":true,"digits":…}      or, where that takes less, from 0 each
 *
 * A difference is `least` and what its digits say (0 … 9, a … z, A … Z; the first counts `base` times). `00` is one that
 * is too far for that, or null: these are in `far`, in order. Where steps.ts would have a sign and digits for nearly
 * every difference, this packs to two thirds of it.
 */
import { NULL } from './rows.js';
import { countZeros, spread } from './steps.js';

export interface Digits {
  base: number;
  least: number;
  alone?: true;
  digits: string;
  far?: (number | null)[];
}

const SIGNS = Buffer.from('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ', 'latin1');

/** What a sign stands for, by its code. */
const VALUES = new Uint8Array(256).fill(255);
for (const [value, sign] of SIGNS.entries()) VALUES[sign] = value;

/** Signs a row that steps must take before this may be better. */
const WORTH = 3;

/** Rows of which one may be far. */
const FAR_SHARE = 50;

/** Differences looked at to find the usual range. */
const SAMPLE = 512;

/** `values` as for `writeSteps`, which would take `steps` signs; null where that is better. */
export function writeDigits(values: Float64Array, per: number, steps: number): Digits | null {
  if (steps < WORTH * values.length) return null;
  const [together, each] = [rangeOf(values, per, false), rangeOf(values, per, true)];
  const alone = each.base < together.base;
  const { least, base } = alone ? each : together;
  const signs = Buffer.allocUnsafe(2 * values.length);
  const far: (number | null)[] = [];
  let end = 0;
  let before = 0;
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!;
    if (!Number.isFinite(value) && value !== NULL) continue;
    const integer = value === NULL ? before : Math.round(value * per);
    const digits = value === NULL ? 0 : integer - before - least;
    const known = digits > 0 && digits < base * base;
    if (!known) far.push(value === NULL ? null : integer - before);
    if (!alone) before = integer;
    signs[end++] = SIGNS[known ? Math.floor(digits / base) : 0]!;
    signs[end++] = SIGNS[known ? digits % base : 0]!;
  }
  if (far.length * FAR_SHARE > values.length) return null;
  const digits = signs.toString('latin1', 0, end);
  return { base, least, ...(alone && { alone }), digits, ...(far.length === 0 ? {} : { far }) };
}

/** The values again, ABSENT where `absent` is 1. @throws Error when the text is of another length than the rows */
export function readDigits(code: Digits, per: number, length: number, absent: Uint8Array | null): Float64Array {
  const signs = Buffer.from(code.digits, 'latin1');
  const values = new Float64Array(absent === null ? length : countZeros(absent));
  const { at, far } = decodeDigits(code, signs, { at: 0, far: 0, before: 0 }, per, values);
  if (at !== signs.length || far !== (code.far ?? []).length)
    throw new Error(`the digits are not as many as the ${length} rows`);
  return absent === null ? values : spread(values, absent);
}

/** Where digits can be entered: the next sign, the next of the far ones, and the integer before. */
export interface DigitsEntrance {
  at: number;
  far: number;
  before: number;
}

/** Fills `values` from an entrance on; `signs`: those of the code. The answer is where it ended. @throws Error */
export function decodeDigits(
  { base, least, alone, far = [] }: Digits,
  signs: Uint8Array,
  from: DigitsEntrance,
  per: number,
  values: Float64Array,
): DigitsEntrance {
  let { at, far: known, before } = from;
  if (alone === true) before = 0;
  for (let row = 0; row < values.length; row++) {
    const high = VALUES[signs[at++]!]!;
    const low = VALUES[signs[at++]!]!;
    if (!(high < base && low < base)) throw new Error(`two digits were expected at ${at - 2} of ${signs.length}`);
    const digits = high * base + low;
    const step = digits === 0 ? far[known++] : least + digits;
    if (step === undefined) throw new Error(`there are ${far.length} far steps, and more are used`);
    if (step === null) {
      values[row] = NULL;
      continue;
    }
    const integer = before + step;
    if (alone !== true) before = integer;
    values[row] = integer / per;
  }
  return { at, far: known, before };
}

/** The range that two digits of the smallest base have to hold: that of a sample, without what is rare in it. */
function rangeOf(values: Float64Array, per: number, alone: boolean): { least: number; base: number } {
  const sample: number[] = [];
  for (let i = 1; i <= SAMPLE; i++) {
    const row = Math.max(1, Math.floor((i * (values.length - 1)) / SAMPLE));
    const step = Math.round(values[row]! * per) - (alone ? 0 : Math.round(values[row - 1]! * per));
    if (Number.isFinite(step)) sample.push(step);
  }
  sample.sort((a, b) => a - b);
  const rare = Math.floor(sample.length / 100);
  const low = sample[rare] ?? 0;
  const high = sample[sample.length - 1 - rare] ?? 0;
  const margin = Math.ceil((high - low) / 8);
  const least = low - margin - 1;
  return { least, base: Math.min(SIGNS.length, Math.ceil(Math.sqrt(high + margin - least + 1))) };
}

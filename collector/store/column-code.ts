/**
 * One field in a chunk, one entry for each point that has it:
 *
 *   {"per":16,"diff":[345,1,0,null,-1]}     numbers: the sum so far divided by `per` is 21.5625, 21.625, 21.625, null, 21.5625
 *   {"raw":["wet",null,{"x":1}]}            anything else, as it is
 *   {…,"absent":[[0,3]]}                    runs of rows that don't have the field, left out when all have it
 *
 * `per` is chosen so that the division gives back every value bit for bit: 16 for a DS18B20's 1/16 °C, 10 for 0.1.
 */
import type { Json } from '../../firmware/protocol/json.js';
import { ABSENT, NULL, valueAt } from './rows.js';
import { flagRuns, runFlags, type Run } from './runs.js';
import type { Column } from './store.js';

export type ColumnCode = ({ per: number; diff: (number | null)[] } | { raw: Json[] }) & { absent?: Run[] };

/** Tried in this order. */
const UNITS = [1, 16, 10, 100, 1000, 10_000, 100_000, 1_000_000];

/** Integers up to here have differences that are exact too. */
const LARGEST = 2 ** 52;

export function encodeColumn(column: Column): ColumnCode {
  const absent = new Uint8Array(column.length);
  const present: Json[] = [];
  for (let row = 0; row < column.length; row++) {
    const value = valueAt(column, row);
    if (value === undefined) absent[row] = 1;
    else present.push(value);
  }
  const code = encodeNumbers(present) ?? { raw: present };
  return present.length === column.length ? code : { ...code, absent: flagRuns(absent) };
}

export function decodeColumn(code: ColumnCode, length: number): Column {
  const absent = runFlags(code.absent, length);
  return 'raw' in code ? decodeRaw(code.raw, absent, length) : decodeNumbers(code.diff, code.per, absent, length);
}

/** null when a value is neither null nor an exact multiple of any unit. */
function encodeNumbers(values: Json[]): { per: number; diff: (number | null)[] } | null {
  const per = UNITS.find((unit) => values.every((value) => value === null || isMultiple(value, unit)));
  if (per === undefined) return null;
  let sum = 0;
  const diff = values.map((value) => {
    if (value === null) return null;
    const before = sum;
    sum = Math.round((value as number) * per);
    return sum - before;
  });
  return { per, diff };
}

function isMultiple(value: Json, per: number): boolean {
  if (typeof value !== 'number') return false;
  const count = Math.round(value * per);
  return Math.abs(count) <= LARGEST && count / per === value;
}

function decodeNumbers(diff: (number | null)[], per: number, absent: Uint8Array | null, length: number): Float64Array {
  const column = new Float64Array(length);
  let sum = 0;
  let entry = 0;
  for (let row = 0; row < length; row++) {
    if (absent?.[row] === 1) {
      column[row] = ABSENT;
      continue;
    }
    const step = diff[entry++]!;
    if (step === null) column[row] = NULL;
    else column[row] = (sum += step) / per;
  }
  return column;
}

function decodeRaw(raw: Json[], absent: Uint8Array | null, length: number): Column {
  const packed = raw.every((value) => value === null || typeof value === 'number');
  let entry = 0;
  const values = Array.from({ length }, (_, row) => (absent?.[row] === 1 ? undefined : raw[entry++]));
  if (!packed) return values;
  return Float64Array.from(values, (value) => (value === undefined ? ABSENT : ((value as number | null) ?? NULL)));
}

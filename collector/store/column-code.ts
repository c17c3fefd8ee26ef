/**
 * One field in a chunk:
 *
 *   {"per":16,"steps":"+345a.~A"}           numbers: 21.5625, 21.625, 21.625, null, 21.5625 in sixteenths      steps.ts
 *   {"raw":["wet",null,{"x":1}]}            anything else, as it is
 *   {…,"absent":[[0,3]]}                    runs of rows that don't have the field, and no entry; left out when all do
 *
 * `per` is chosen so that dividing by it gives back every value bit for bit: 16 for a DS18B20's 1/16 °C, 10 for 0.1.
 */
import type { Json } from '../../firmware/protocol/json.js';
import { ABSENT, NULL, valueAt } from './rows.js';
import { flagRuns, runFlags, type Run } from './runs.js';
import { readSteps, StepSums, writeSteps } from './steps.js';
import type { Column } from './store.js';
import { adderOf, type AddRows } from './summary.js';

export type ColumnCode = ({ per: number; steps: string } | { raw: Json[] }) & { absent?: Run[] };

/** Tried in this order. */
const UNITS = [1, 16, 10, 100, 1000, 10_000, 100_000, 1_000_000];

/** Integers up to here have differences that are exact too. */
const LARGEST = 2 ** 52;

export function encodeColumn(column: Column): ColumnCode {
  const absent = new Uint8Array(column.length);
  let missing = 0;
  for (let row = 0; row < column.length; row++) {
    const value = column[row];
    if (value !== undefined && !Number.isNaN(value)) continue;
    absent[row] = 1;
    missing++;
  }
  const numbers = packed(column);
  const per = numbers === null ? undefined : UNITS.find((unit) => areMultiples(numbers, unit));
  const code = per === undefined ? { raw: present(column) } : { per, steps: writeSteps(numbers!, per) };
  return missing === 0 ? code : { ...code, absent: flagRuns(absent) };
}

/** Whether none of the rows has the field. */
export function isEmpty(code: ColumnCode): boolean {
  return ('raw' in code ? code.raw : code.steps).length === 0;
}

/** @throws Error when there are not as many entries as rows */
export function decodeColumn(code: ColumnCode, length: number): Column {
  const absent = runFlags(code.absent, length);
  return 'raw' in code ? decodeRaw(code.raw, absent, length) : readSteps(code.steps, code.per, length, absent);
}

/** As decoding it and adding up the column would, by ascending row. */
export function adderOfCode(code: ColumnCode, length: number): AddRows {
  if ('raw' in code || code.absent !== undefined) return adderOf(decodeColumn(code, length));
  const sums = new StepSums(code.steps, code.per);
  return (summary, from, to) => sums.add(summary, to - from);
}

/** The column with its numbers packed; null when it holds anything else. */
function packed(column: Column): Float64Array | null {
  if (column instanceof Float64Array) return column;
  const numeric = column.every((value) => value === undefined || value === null || typeof value === 'number');
  return numeric ? Float64Array.from(column, pack) : null;
}

function pack(value: number | null | undefined): number {
  return value === undefined ? ABSENT : (value ?? NULL);
}

/** Whether each number is an integer / `per` to the last bit. */
function areMultiples(numbers: Float64Array, per: number): boolean {
  for (let row = 0; row < numbers.length; row++) {
    const value = numbers[row]!;
    if (!Number.isFinite(value)) continue;
    const count = Math.round(value * per);
    if (count / per !== value || Math.abs(count) > LARGEST) return false;
  }
  return true;
}

function present(column: Column): Json[] {
  const values: Json[] = [];
  for (let row = 0; row < column.length; row++) {
    const value = valueAt(column, row);
    if (value !== undefined) values.push(value);
  }
  return values;
}

function decodeRaw(raw: Json[], absent: Uint8Array | null, length: number): Column {
  let entry = 0;
  const values = Array.from({ length }, (_, row) => (absent?.[row] === 1 ? undefined : raw[entry++]));
  if (entry !== raw.length) throw new Error(`there are ${raw.length} values for ${entry} rows`);
  return packed(values) ?? values;
}

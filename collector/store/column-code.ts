/**
 * One field in a chunk:
 *
 *   {"per":16,"steps":"+345a.~A"}           numbers: 21.5625, 21.625, 21.625, null, 21.5625 in sixteenths      steps.ts
 *   {"per":100,"base":45,"least":-9,"digits":"0k3f…"}  the same, where they jump about                               digits.ts
 *   {"raw":["wet",null,{"x":1}]}            anything else, as it is
 *   {…,"absent":[[0,3]]}                    runs of rows that don't have the field, and no entry; left out when all do
 *   {…,"slices":{…}}                        in long chunks, but for the last two: where it can be entered, and sums  slices.ts
 *
 * `per` is chosen so that dividing by it gives back every value bit for bit: 16 for a DS18B20's 1/16 °C, 10 for 0.1.
 */
import type { Json } from '../../firmware/protocol/json.js';
import { readDigits, writeDigits, type Digits } from './digits.js';
import { ABSENT, NULL, valueAt } from './rows.js';
import { flagRuns, runFlags, type Run } from './runs.js';
import { SlicedIntegers, SliceSums, withSlices, type Slices, type Work } from './slices.js';
import { readSteps, writeSteps } from './steps.js';
import type { Column } from './store.js';
import { adderOf, type AddRows, type Span } from './summary.js';

export type NumberCode = ({ per: number; steps: string } | ({ per: number } & Digits)) & { slices?: Slices };
export type ColumnCode = (NumberCode | { raw: Json[] }) & { absent?: Run[] };

/** Tried in this order. */
const UNITS = [1, 16, 10, 100, 1000, 10_000, 100_000, 1_000_000];

export function encodeColumn(column: Column): ColumnCode {
  const absent = absentRows(column);
  const numbers = packed(column);
  const code = (numbers === null ? null : encodeNumbers(numbers)) ?? { raw: present(column) };
  return absent === null ? code : { ...code, absent: flagRuns(absent) };
}

/** For a chunk: where it is long, in slices. */
export function encodeSliced(column: Column): ColumnCode {
  const code = encodeColumn(column);
  if ('raw' in code || code.absent !== undefined) return code;
  return withSlices(code, packed(column)!, code.per, true);
}

/** Packed numbers, none of them ABSENT; null where no unit fits. */
export function encodeNumbers(numbers: Float64Array): NumberCode | null {
  for (const per of UNITS) {
    const steps = writeSteps(numbers, per);
    if (steps === null) continue;
    const digits = writeDigits(numbers, per, steps.length);
    return digits === null ? { per, steps } : { per, ...digits };
  }
  return null;
}

/** What a code's length is that of: about its bytes on disk, and 0 when no row has the field. */
export function textOrList(code: ColumnCode): string | Json[] {
  if ('raw' in code) return code.raw;
  return 'steps' in code ? code.steps : code.digits;
}

/** Whether none of the rows has the field. */
export function isEmpty(code: ColumnCode): boolean {
  return textOrList(code).length === 0;
}

/** @throws Error when there are not as many entries as rows */
export function decodeColumn(code: ColumnCode, length: number): Column {
  const absent = runFlags(code.absent, length);
  if ('raw' in code) return decodeRaw(code.raw, absent, length);
  return 'steps' in code ? readSteps(code.steps, code.per, length, absent) : readDigits(code, code.per, length, absent);
}

/** Rows `begin` up to `end` of as many as `length`: of a column in slices hardly more than these is decoded. */
export function decodeRows(code: ColumnCode, length: number, { begin, end }: Span, work: Work): Column {
  if (!('raw' in code) && code.slices !== undefined)
    return new SlicedIntegers({ ...code, slices: code.slices }, length, work).between(begin, end, code.per);
  work.decoded += length;
  const column = decodeColumn(code, length);
  return column instanceof Float64Array ? column.subarray(begin, end) : column.slice(begin, end);
}

/** As decoding it and adding up the column would, by ascending row. */
export function adderOfCode(code: ColumnCode, length: number, work: Work): AddRows {
  if (!('raw' in code) && code.slices !== undefined) {
    const sums = new SliceSums({ ...code, slices: code.slices }, length, work);
    return (summary, from, to) => sums.add(summary, from, to);
  }
  work.decoded += length;
  return adderOf(decodeColumn(code, length));
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

/** 1 where a row doesn't have the field; null when all do. */
function absentRows(column: Column): Uint8Array | null {
  let absent: Uint8Array | null = null;
  for (let row = 0; row < column.length; row++) {
    const value = column[row];
    if (value !== undefined && !Number.isNaN(value)) continue;
    absent ??= new Uint8Array(column.length);
    absent[row] = 1;
  }
  return absent;
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

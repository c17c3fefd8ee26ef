/**
 * Points that came one by one and go to disk together, in columns and in code: a tenth of what a line for each would take.
 *
 *   "singles",{"points":9,"series":"+5a.A…","received":"+1763795000000j…","time":"+1763794880000.l…",     steps.ts
 *              "fields":{"temp_C":{"per":16,"steps":"+344a.…"}}}                                      column-code.ts
 *
 * All of them have the same fields. In segments of version 1 each column is a list, times as differences.
 */
import type { Json } from '../../firmware/protocol/json.js';
import { decodeColumn, encodeColumn } from './column-code.js';
import { fromSteps, type ListedSingles, type PointsRecord, type SinglesRecord } from './record.js';
import { valueAt } from './rows.js';
import { readSteps, writeSteps } from './steps.js';

/** @param points records of one point each, with the same fields in the same order */
export function join(points: PointsRecord[]): SinglesRecord {
  const names = Object.keys(points[0]!.fields[0]!);
  return {
    points: points.length,
    series: steps(points.map(({ series }) => series)),
    received: steps(points.map(({ received }) => received)),
    time: steps(points.map(({ time }) => time[0]!)),
    fields: Object.fromEntries(
      names.map((name) => [name, encodeColumn(points.map(({ fields }) => fields[0]![name]!))]),
    ),
  };
}

function steps(numbers: number[]): string {
  return writeSteps(Float64Array.from(numbers), 1)!;
}

/** @throws Error when a column is not as long as it says */
export function split(record: SinglesRecord | ListedSingles): PointsRecord[] {
  const { series, received, time, columns } = Array.isArray(record.series)
    ? listed(record as ListedSingles)
    : coded(record as SinglesRecord);
  return Array.from(series, (id, i) => ({
    series: id,
    received: received[i]!,
    time: [time[i]!],
    fields: [Object.fromEntries(columns.map(([name, valueOf]) => [name, valueOf(i)]))],
  }));
}

interface Columns {
  series: ArrayLike<number>;
  received: ArrayLike<number>;
  time: ArrayLike<number>;
  columns: [name: string, valueOf: (row: number) => Json][];
}

function coded({ points, series, received, time, fields }: SinglesRecord): Columns {
  const numbers = (text: string): Float64Array => readSteps(text, 1, points, null);
  return {
    series: numbers(series),
    received: numbers(received),
    time: numbers(time),
    columns: Object.entries(fields).map(([name, code]) => {
      const column = decodeColumn(code, points);
      return [name, (row) => valueAt(column, row)!];
    }),
  };
}

function listed({ series, received, time, fields }: ListedSingles): Columns {
  return {
    series,
    received: fromSteps(received),
    time: fromSteps(time),
    columns: Object.entries(fields).map(([name, values]) => [name, (row) => values[row]!]),
  };
}

/** Whether two points can stand in one record. */
export function joinable(a: PointsRecord, b: PointsRecord): boolean {
  if (a.time.length !== 1 || b.time.length !== 1) return false;
  const names = Object.keys(a.fields[0]!);
  const others = Object.keys(b.fields[0]!);
  return names.length === others.length && names.every((name, i) => name === others[i]);
}

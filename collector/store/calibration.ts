/**
 * What a series' calibration makes of its points on their way out. Stored numbers stay as they came, so a calibration
 * that was wrong costs nothing.
 */
import type { Sums } from './buckets.js';
import { fieldsAt } from './rows.js';
import type { Block, Calibration, Column, Point } from './store.js';
import { addSummary, emptySummary, type AddRows, type Stretch, type Summary, type Times } from './summary.js';

/** What is added to a number of `field` at `time`, ms. The list ascends in `from`. */
function offsetAt(calibration: readonly Calibration[], field: string, time: number): number {
  return calibration.findLast((step) => step.field === field && step.from <= time)?.offset ?? 0;
}

/** The block with its offsets added; the same one when there are none. */
export function calibrateBlock<B extends Block>(block: B, calibration: readonly Calibration[] | undefined): B {
  if (calibration === undefined) return block;
  const fields = new Map<string, Column>();
  for (const [name, column] of block.fields) fields.set(name, shiftedColumn(column, block.time, name, calibration));
  return { ...block, fields };
}

export function calibratePoint(point: Point, calibration: readonly Calibration[] | undefined): Point {
  if (calibration === undefined) return point;
  const fields = new Map(Object.entries(point.fields).map(([name, value]): [string, Column] => [name, [value]]));
  const one = { length: 1, time: Float64Array.of(point.time), id: Float64Array.of(point.id), fields, estimated: null };
  return { ...point, fields: fieldsAt(calibrateBlock(one, calibration), 0) };
}

/** Rows to be added up, with their offsets. */
export function calibrateStretch(stretch: Stretch, calibration: readonly Calibration[] | undefined): Stretch {
  if (calibration === undefined) return stretch;
  const adders = Array.from(stretch.fields, ([name, add]): [string, AddRows] => [
    name,
    calibration.some(({ field }) => field === name) ? shiftedAdder(add, stretch.times, name, calibration) : add,
  ]);
  return { ...stretch, fields: new Map(adders) };
}

/** What is known of points from `from` to `to`, with their offset; null when it changes among them. */
export function calibrateSums(
  { from, sums }: Sums,
  to: number,
  calibration: readonly Calibration[] | undefined,
): Sums | null {
  if (calibration === undefined) return { from, sums };
  if (calibration.some((step) => step.from > from && step.from <= to && Object.hasOwn(sums, step.field))) return null;
  const shifted = Object.entries(sums).map(([name, sum]) => [name, shift(sum, offsetAt(calibration, name, from))]);
  return { from, sums: Object.fromEntries(shifted) as Record<string, Summary> };
}

function shiftedColumn(column: Column, time: Float64Array, field: string, calibration: readonly Calibration[]): Column {
  if (!calibration.some((step) => step.field === field)) return column;
  const plus = (value: number, row: number) => round(value + offsetAt(calibration, field, time[row]!));
  if (!(column instanceof Float64Array))
    return column.map((value, row) => (typeof value === 'number' ? plus(value, row) : value));
  return column.map((value, row) => (Number.isFinite(value) ? plus(value, row) : value));
}

function shiftedAdder(add: AddRows, times: Times, field: string, calibration: readonly Calibration[]): AddRows {
  return (summary, from, to) => {
    for (let row = from; row < to;) {
      const time = times.timeAt(row);
      const offset = offsetAt(calibration, field, time);
      const next = calibration.find((step) => step.field === field && step.from > time);
      const end = next === undefined ? to : Math.min(to, times.firstFrom(next.from));
      const run = emptySummary();
      add(run, row, end);
      addSummary(summary, shift(run, offset));
      row = end;
    }
  };
}

function shift({ count, sum, min, max, first, last }: Summary, offset: number): Summary {
  return {
    count,
    sum: sum + count * offset,
    min: round(min + offset),
    max: round(max + offset),
    first: round(first + offset),
    last: round(last + offset),
  };
}

/** 21.3 + 0.1 is 21.4, not 21.400000000000002. */
function round(value: number): number {
  return Number.isFinite(value) ? Number(value.toPrecision(12)) : value;
}

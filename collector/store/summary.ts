/**
 * What a run of one field's values comes to. Two runs that follow one another add up, so that a window of many chunks
 * needs those only at whose ends a bucket changes; of the others the catalog knows enough.
 */
import { firstFrom } from './rows.js';
import type { Block, Column } from './store.js';

/** Of the numbers only: neither null nor anything else. With a count of 0 the others say nothing. */
export interface Summary {
  count: number;
  sum: number;
  min: number;
  max: number;
  first: number;
  last: number;
}

export function emptySummary(): Summary {
  return { count: 0, sum: 0, min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY, first: 0, last: 0 };
}

/** Adds rows `from` up to `to` of one field; called for one run after the other, by ascending row. */
export type AddRows = (summary: Summary, from: number, to: number) => void;

/** The times of consecutive points, ms, ascending. */
export interface Times {
  timeAt(row: number): number;
  /** the first row that is not before `time`; as many as there are, or more, where none is */
  firstFrom(time: number): number;
  /** those of rows `begin` up to `end` */
  between(begin: number, end: number): Float64Array;
}

/** Consecutive points, by time, whose numbers can be added up: rows `begin` up to `end`. */
export interface Stretch {
  begin: number;
  end: number;
  times: Times;
  fields: ReadonlyMap<string, AddRows>;
}

/** A block, to be added up. */
export function stretchOf({ length, time, fields }: Block): Stretch {
  const adders = Array.from(fields, ([name, column]): [string, AddRows] => [name, adderOf(column)]);
  return { begin: 0, end: length, times: listed(time), fields: new Map(adders) };
}

/** Times that are all there. */
export function listed(time: Float64Array): Times {
  return {
    timeAt: (row) => time[row]!,
    firstFrom: (from) => firstFrom(time, from),
    between: (begin, end) => time.subarray(begin, end),
  };
}

/** What of a stretch is from `from` to `to`, ms. */
export function stretchWithin(stretch: Stretch, { from, to }: { from: number; to: number }): Stretch {
  const { times, begin, end } = stretch;
  return { ...stretch, ...rowsWithin(times, { begin, end }, from, to) };
}

/** Consecutive rows: `begin` up to `end`. */
export type Span = Pick<Stretch, 'begin' | 'end'>;

/** Which of some rows are from `from` to `to`, ms. */
export function rowsWithin(times: Times, { begin, end }: Span, from: number, to: number): Span {
  const last = Math.min(end, times.firstFrom(Math.floor(to) + 1));
  return { begin: Math.min(last, Math.max(begin, times.firstFrom(from))), end: last };
}

export function adderOf(column: Column): AddRows {
  return (summary, from, to) => addRows(summary, column, from, to);
}

/** Adds the numbers of a column in rows `from` up to `to`. */
export function addRows(summary: Summary, column: Column, from: number, to: number): void {
  let { count, sum, min, max, first, last } = summary;
  for (let row = from; row < to; row++) {
    const value = column[row];
    if (typeof value !== 'number' || !Number.isFinite(value)) continue;
    if (count++ === 0) first = value;
    sum += value;
    if (value < min) min = value;
    if (value > max) max = value;
    last = value;
  }
  summary.count = count;
  summary.sum = sum;
  summary.min = min;
  summary.max = max;
  summary.first = first;
  summary.last = last;
}

/** Makes it that of no rows again. */
export function clear(summary: Summary): void {
  summary.count = 0;
  summary.sum = 0;
  summary.min = Number.POSITIVE_INFINITY;
  summary.max = Number.NEGATIVE_INFINITY;
  summary.first = 0;
  summary.last = 0;
}

/** Adds the run that follows. */
export function addSummary(summary: Summary, next: Summary): void {
  if (next.count === 0) return;
  if (summary.count === 0) summary.first = next.first;
  summary.count += next.count;
  summary.sum += next.sum;
  summary.min = Math.min(summary.min, next.min);
  summary.max = Math.max(summary.max, next.max);
  summary.last = next.last;
}

/** Of each field that has a number; null when a sum is beyond what a number, and JSON, can hold. */
export function summarize(block: Block): Record<string, Summary> | null {
  const sums: Record<string, Summary> = {};
  for (const [name, column] of block.fields) {
    const summary = emptySummary();
    addRows(summary, column, 0, block.length);
    if (!Number.isFinite(summary.sum)) return null;
    if (summary.count > 0) sums[name] = summary;
  }
  return sums;
}

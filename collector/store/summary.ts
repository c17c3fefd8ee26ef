/**
 * What a run of one field's values comes to. Two runs that follow one another add up, so that a window of many chunks
 * needs those only at whose ends a bucket changes; of the others the catalog knows enough.
 */
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

/** Consecutive points, by time, whose numbers can be added up: rows `begin` up to `end`. */
export interface Stretch {
  begin: number;
  end: number;
  /** ms */
  timeAt: (row: number) => number;
  /** of so many rows only the last one's time is cheap, and that of the last of all; 1 where each is */
  stride: number;
  fields: ReadonlyMap<string, AddRows>;
}

/** A block, to be added up. */
export function stretchOf({ length, time, fields }: Block): Stretch {
  const adders = Array.from(fields, ([name, column]): [string, AddRows] => [name, adderOf(column)]);
  return { begin: 0, end: length, timeAt: (row) => time[row]!, stride: 1, fields: new Map(adders) };
}

/** What of a stretch is from `from` to `to`, ms. */
export function stretchWithin(stretch: Stretch, from: number, to: number): Stretch {
  const { timeAt } = stretch;
  const begin = firstRow(stretch, stretch.begin, (row) => timeAt(row) >= from);
  return { ...stretch, begin, end: firstRow(stretch, begin, (row) => timeAt(row) > to) };
}

/** The first row from `begin` on that fulfils what all after it do, too; looked for near `begin`. The end when none does. */
export function firstRow({ end, stride }: Stretch, begin: number, holds: (row: number) => boolean): number {
  const lastOf = (part: number): number => Math.min(end, (part + 1) * stride) - 1;
  const part = firstThat((at) => holds(lastOf(at)), Math.floor(begin / stride), Math.ceil(end / stride));
  if (part * stride >= end) return end;
  return firstThat(holds, Math.max(begin, part * stride), lastOf(part));
}

function firstThat(holds: (integer: number) => boolean, begin: number, end: number): number {
  let low = begin;
  let step = 1;
  while (low + step <= end && !holds(low + step - 1)) {
    low += step;
    step *= 2;
  }
  let high = Math.min(end, low + step - 1);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
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

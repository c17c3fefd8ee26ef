/**
 * Points that came one by one and go to disk together, in columns: a third of what a line for each would take.
 *
 *   "singles",{"series":[5,6],"received":[1763795000000,0],"time":[1763794880000,12],"fields":{"temp_C":[21.5,21.6]}}
 *
 * All of them have the same fields. Times are differences, as everywhere in the journal (record.ts).
 */
import type { Json } from '../../firmware/protocol/json.js';
import { fromSteps, toSteps, type PointsRecord, type SinglesRecord } from './record.js';

/** @param points records of one point each, with the same fields in the same order */
export function join(points: PointsRecord[]): SinglesRecord {
  const names = Object.keys(points[0]!.fields[0]!);
  return {
    series: points.map(({ series }) => series),
    received: toSteps(points.map(({ received }) => received)),
    time: toSteps(points.map(({ time }) => time[0]!)),
    fields: Object.fromEntries(names.map((name) => [name, points.map(({ fields }) => fields[0]![name]!)])),
  };
}

export function split({ series, received, time, fields }: SinglesRecord): PointsRecord[] {
  const columns: [string, Json[]][] = Object.entries(fields);
  const arrived = fromSteps(received);
  const times = fromSteps(time);
  return series.map((id, i) => ({
    series: id,
    received: arrived[i]!,
    time: [times[i]!],
    fields: [Object.fromEntries(columns.map(([name, values]) => [name, values[i]!]))],
  }));
}

/** Whether two points can stand in one record. */
export function joinable(a: PointsRecord, b: PointsRecord): boolean {
  if (a.time.length !== 1 || b.time.length !== 1) return false;
  const names = Object.keys(a.fields[0]!);
  const others = Object.keys(b.fields[0]!);
  return names.length === others.length && names.every((name, i) => name === others[i]);
}

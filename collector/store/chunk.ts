/**
 * A chunk: older points of one series in a file that is written once, `series/5/00000012-0.json.gz` (12: the checkpoint
 * that made it), by ascending (time, id). What the envelope (durable-file.ts) holds:
 *
 *   {"series":5,"points":8192,
 *    "time":{"first":1763794880000,"step":60000,"off":[0,0,-3,…]},   off: each difference less `step`; absent when all 0
 *    "number":[[1,8192]],                                            runs of the points' numbers (point-id.ts)
 *    "estimated":[[0,12]],"plain":[[0,8192]],                        runs of rows; absent when there are none
 *    "fields":{"temp_C":{"per":16,"diff":[345,1,0,null]}}}           column-code.ts
 *
 * The chunks of a series don't overlap in time; one may end at the time at which the next begins. A point belongs to the
 * last chunk that begins at or before its time.
 */
import { decodeColumn, encodeColumn, type ColumnCode } from './column-code.js';
import { numberOf, pointId } from './point-id.js';
import type { Rows } from './rows.js';
import { flagRuns, fromRuns, runFlags, toRuns, type Run } from './runs.js';

/** Points of a chunk, and of a block, at most: a few KB on disk; what a single late point makes us write again. */
export const CHUNK_POINTS = 8192;

/** What the catalog knows of a chunk, so that only those that matter are opened. */
export interface ChunkRef {
  /** relative to the data folder */
  file: string;
  points: number;
  /** times of the first and last point, ms */
  from: number;
  to: number;
  /** lowest and highest number of a point in it */
  low: number;
  high: number;
}

export interface ChunkData {
  series: number;
  points: number;
  time: { first: number; step: number; off?: number[] };
  number: Run[];
  estimated?: Run[];
  plain?: Run[];
  fields: Record<string, ColumnCode>;
}

export function encodeChunk(series: number, rows: Rows): ChunkData {
  const fields: Record<string, ColumnCode> = {};
  for (const [name, column] of rows.fields) {
    const code = encodeColumn(column);
    // A field that only deleted points had
    if (('raw' in code ? code.raw : code.diff).length > 0) fields[name] = code;
  }
  return {
    series,
    points: rows.length,
    time: encodeTime(rows.time),
    number: toRuns(rows.id.map(numberOf)),
    ...(rows.estimated === null ? {} : { estimated: flagRuns(rows.estimated) }),
    ...(rows.plain === null ? {} : { plain: flagRuns(rows.plain) }),
    fields,
  };
}

export function decodeChunk(data: ChunkData): Rows {
  const { series, points: length } = data;
  const id = new Float64Array(length);
  fromRuns(data.number, (n, row) => (id[row] = pointId(series, n)));
  return {
    length,
    time: decodeTime(data.time, length),
    id,
    fields: new Map(Object.entries(data.fields).map(([name, code]) => [name, decodeColumn(code, length)])),
    estimated: runFlags(data.estimated, length),
    plain: runFlags(data.plain, length),
  };
}

/** The catalog's entry for rows that were written to `file`. */
export function describe(file: string, rows: Rows): ChunkRef {
  let low = Number.POSITIVE_INFINITY;
  let high = 0;
  for (const id of rows.id) {
    low = Math.min(low, numberOf(id));
    high = Math.max(high, numberOf(id));
  }
  return { file, points: rows.length, from: rows.time[0]!, to: rows.time[rows.length - 1]!, low, high };
}

/** Whether a point of its series may be in a chunk, by its number. */
export function mayHold({ low, high }: ChunkRef, point: number): boolean {
  const number = numberOf(point);
  return number >= low && number <= high;
}

function encodeTime(time: Float64Array): ChunkData['time'] {
  const first = time[0]!;
  const steps = time.slice(1).map((t, i) => t - time[i]!);
  const step = mostCommon(steps);
  const off = Array.from(steps, (s) => s - step);
  return off.every((o) => o === 0) ? { first, step } : { first, step, off };
}

function decodeTime({ first, step, off }: ChunkData['time'], length: number): Float64Array {
  const time = new Float64Array(length);
  time[0] = first;
  for (let row = 1; row < length; row++) time[row] = time[row - 1]! + step + (off?.[row - 1] ?? 0);
  return time;
}

function mostCommon(values: Float64Array): number {
  const counts = new Map<number, number>();
  let best = 0;
  for (const value of values) {
    const count = (counts.get(value) ?? 0) + 1;
    counts.set(value, count);
    if (count > (counts.get(best) ?? 0)) best = value;
  }
  return best;
}

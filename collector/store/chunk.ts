/**
 * A chunk: older points of one series in a file that is written once, `series/5/00000012-0.json.gz` (12: the checkpoint
 * that made it), by ascending (time, id). What the envelope (durable-file.ts) holds:
 *
 *   {"series":5,"points":32768,
 *    "time":{"first":1763794880000,"step":60000},                    time-code.ts
 *    "number":[[1,32768]],                                           runs of the points' numbers (point-id.ts)
 *    "estimated":[[0,12]],"plain":[[0,32768]],                       runs of rows, left out when none
 *    "fields":{"temp_C":{"per":16,"steps":"+345a.~A…"}}}             column-code.ts, slices.ts
 *
 * The chunks of a series don't overlap in time; one may end at the time at which the next begins. A point belongs to the
 * last chunk that begins at or before its time.
 */
import {
  adderOfCode,
  decodeColumn,
  decodeRows,
  encodeSliced,
  isEmpty,
  textOrList,
  type ColumnCode,
} from './column-code.js';
import { numberOf, pointId } from './point-id.js';
import { NO_ROWS, type Rows } from './rows.js';
import { flagRuns, runFlags, toRuns, type Run } from './runs.js';
import { rowsWithin, summarize, type AddRows, type Span, type Stretch, type Summary } from './summary.js';
import type { Work } from './slices.js';
import type { Column } from './store.js';
import { decodeTime, encodeSlicedTime, timesOf, type TimeCode } from './time-code.js';

/** Of the envelope that chunks are written in. In 1 there were neither slices nor signs for three steps. */
export const CHUNK_VERSION = 2;

/**
 * Points of a chunk at most: 7.9 KB on disk for a probe's minutes of three weeks, two blocks of a file system; what a
 * single late point makes us write again.
 */
export const CHUNK_POINTS = 32_768;

/** What the catalog knows of a chunk, so that only those that matter are opened. */
export interface ChunkRef {
  /** relative to the data folder */
  file: string;
  /** which of the chunks in a bundle (bundle.ts); left out where the file holds that one only */
  at?: number;
  points: number;
  /** times of the first and last point, ms */
  from: number;
  to: number;
  /** lowest and highest number of a point in it */
  low: number;
  high: number;
  /** of the fields that have numbers; left out where a sum is beyond what a number can hold */
  sums?: Record<string, Summary>;
}

export interface ChunkData {
  series: number;
  points: number;
  time: TimeCode;
  number: Run[];
  estimated?: Run[];
  plain?: Run[];
  fields: Record<string, ColumnCode>;
}

/** A column at a time; yields how many numbers each was. */
export function* encodeChunk(series: number, rows: Rows): Generator<number, ChunkData> {
  const fields: Record<string, ColumnCode> = {};
  for (const [name, column] of rows.fields) {
    const code = encodeSliced(column);
    // A field that only deleted points had
    if (!isEmpty(code)) fields[name] = code;
    yield rows.length;
  }
  const time = encodeSlicedTime(rows.time);
  yield rows.length;
  const number = numberRuns(rows.id);
  yield rows.length;
  return {
    series,
    points: rows.length,
    time,
    number,
    ...(rows.estimated === null ? {} : { estimated: flagRuns(rows.estimated) }),
    ...(rows.plain === null ? {} : { plain: flagRuns(rows.plain) }),
    fields,
  };
}

/** @throws Error when a column doesn't have an entry for each row */
export function decodeChunk(data: ChunkData): Rows {
  const { points } = data;
  const time = decodeTime(data.time, points);
  return rowsOf(data, { begin: 0, end: points }, time, (code) => decodeColumn(code, points));
}

/** What of a chunk is from `from` to `to`, ms: of a long one hardly more than that is decoded, and counted. @throws Error */
export function decodeWithin(data: ChunkData, from: number, to: number, work: Work): Rows {
  const { points } = data;
  const times = timesOf(data.time, points, work);
  const span = rowsWithin(times, { begin: 0, end: points }, from, to);
  if (span.begin === span.end) return NO_ROWS;
  return rowsOf(data, span, times.between(span.begin, span.end), (code) => decodeRows(code, points, span, work));
}

function rowsOf(
  { series, number, points, fields, estimated, plain }: ChunkData,
  { begin, end }: Span,
  time: Float64Array,
  column: (code: ColumnCode) => Column,
): Rows {
  let id: Float64Array | null = null;
  return {
    length: end - begin,
    time,
    // made when somebody asks: a plot doesn't
    get id() {
      return (id ??= decodeIds(number, series, begin, end));
    },
    fields: new Map(Object.entries(fields).map(([name, code]) => [name, column(code)])),
    estimated: runFlags(estimated, points)?.subarray(begin, end) ?? null,
    plain: runFlags(plain, points)?.subarray(begin, end) ?? null,
  };
}

/** A chunk to be added up: nothing is decoded that need not be, and what is, is counted. */
export function chunkStretch({ points, time, fields }: ChunkData, work: Work): Stretch {
  const adders = Object.entries(fields).map(([name, code]): [string, AddRows] => [
    name,
    adderOfCode(code, points, work),
  ]);
  return { begin: 0, end: points, times: timesOf(time, points, work), fields: new Map(adders) };
}

/** Bytes of a chunk's text, roughly. */
export function chunkWeight({ points, time, number, fields }: ChunkData): number {
  const { off = '' } = time;
  // a slice takes some ten bytes
  const slices = points / 8;
  const columns = Object.values(fields).map((code) => textOrList(code).length * ('raw' in code ? 16 : 1) + slices + 32);
  const offsets = typeof off === 'string' ? off.length : off.digits.length;
  return columns.reduce((sum, bytes) => sum + bytes, 128 + 16 * number.length + offsets);
}

/** Points of a chunk from which on it is worth to know what they come to. */
const SUMMED = 1024;

/** The catalog's entry for rows that were written to `place`. */
export function describe(place: Pick<ChunkRef, 'file' | 'at'>, rows: Rows): ChunkRef {
  const runs = numberRuns(rows.id);
  const low = runs.reduce((least, [first]) => Math.min(least, first), Number.POSITIVE_INFINITY);
  const high = runs.reduce((most, [first, count]) => Math.max(most, first + count - 1), 0);
  const sums = place.at !== undefined && rows.length < SUMMED ? null : summarize(rows);
  const ends = { from: rows.time[0]!, to: rows.time[rows.length - 1]! };
  return { ...place, points: rows.length, ...ends, low, high, ...(sums === null ? {} : { sums }) };
}

/** The files of chunks that have one of their own. */
export function ownFiles(chunks: ChunkRef[]): string[] {
  return chunks.filter(({ at }) => at === undefined).map(({ file }) => file);
}

/** Whether there is nothing in a chunk but runs and differences: text in which hardly anything but a run is repeated. */
export function isCoded({ fields }: ChunkData): boolean {
  return Object.values(fields).every((code) => !('raw' in code));
}

/** Whether a point of its series may be in a chunk, by its number. */
export function mayHold({ low, high }: ChunkRef, point: number): boolean {
  const number = numberOf(point);
  return number >= low && number <= high;
}

/** Whether one of the points of its series may be in a chunk. */
export function isHit(chunk: ChunkRef, points: ReadonlySet<number>): boolean {
  for (const point of points) if (mayHold(chunk, point)) return true;
  return false;
}

function numberRuns(ids: Float64Array): Run[] {
  return toRuns(numbersOf(ids));
}

/** A loop with nothing behind it: V8 compiles it in its midst, and throws that away for what it hasn't seen yet. */
function numbersOf(ids: Float64Array): Float64Array {
  const numbers = new Float64Array(ids.length);
  for (let row = 0; row < ids.length; row++) numbers[row] = numberOf(ids[row]!);
  return numbers;
}

/** Of rows `begin` up to `end`. */
function decodeIds(runs: Run[], series: number, begin: number, end: number): Float64Array {
  const id = new Float64Array(end - begin);
  let row = -begin;
  for (const [first, count] of runs) {
    for (let i = Math.max(0, -row); i < count && row + i < id.length; i++) id[row + i] = pointId(series, first + i);
    row += count;
  }
  return id;
}

/** Reads a window of a series: chunks and memory as one, as they were when the read began. */
import { BucketTable, type Sums } from './buckets.js';
import { calibrateBlock, calibrateStretch, calibrateSums } from './calibration.js';
import { CHUNK_POINTS, chunkStretch, isHit, mayHold, type ChunkRef } from './chunk.js';
import type { ChunkFiles } from './chunk-files.js';
import { merge, NO_ROWS, reverse, slice, within, without, workOf, type Rows } from './rows.js';
import { groups, slots } from './slots.js';
import type { BucketQuery, Buckets, Calibration, Window } from './store.js';
import { Pauses, WORK } from './pauses.js';
import type { StoredSeries } from './stored-series.js';
import { stretchOf, stretchWithin, type Stretch } from './summary.js';

/** A chunk to which nothing was added and of which nothing was deleted; what of it is in the window counts. */
interface UntouchedChunk {
  chunk: ChunkRef;
}

/** Chunks that overlap, or to which something was added, or of which something was deleted. */
interface TouchedChunks {
  touched: ChunkRef[];
  /** points in memory that belong among theirs */
  rows: Rows;
  /** ids of deleted points, which may be in them */
  dead: ReadonlySet<number>;
}

type Part = Rows | UntouchedChunk | TouchedChunks;

/** Blocks of at most CHUNK_POINTS points; others have their turn between them. Chunks stay on disk until the last is taken. @throws StoreError `damaged` */
export async function* readWindow(files: ChunkFiles, series: StoredSeries, window: Window): AsyncGenerator<Rows> {
  const calibration = window.raw === true ? undefined : series.info.calibration;
  const release = files.hold();
  const pauses = new Pauses();
  try {
    for (const part of partsOf(series, window))
      for (const rows of await rowsOf(files, part, window))
        for (const block of pieces(rows, window.order)) {
          yield calibrateBlock(block, calibration);
          await pauses.did(workOf(block));
        }
  } finally {
    release();
  }
}

/** The window of a query, summed up. @throws StoreError `damaged` */
export async function readBuckets(files: ChunkFiles, series: StoredSeries, query: BucketQuery): Promise<Buckets> {
  const calibration = query.raw === true ? undefined : series.info.calibration;
  const table = new BucketTable(query);
  const add = (stretch: Stretch) => table.addStretch(calibrateStretch(stretch, calibration));
  const release = files.hold();
  const pauses = new Pauses();
  try {
    for (const part of partsOf(series, query)) {
      const before = files.work.decoded;
      if ('chunk' in part) {
        const sums = sumsOf(part.chunk, query, table, calibration);
        if (sums === null) add(stretchWithin(chunkStretch(await files.loadData(part.chunk), files.work), query));
        else table.addSums(sums);
      } else {
        for (const rows of await rowsOf(files, part, query)) {
          add(stretchOf(rows));
          await pauses.did(workOf(rows));
        }
      }
      const pause = pauses.did(WORK.chunk + files.work.decoded - before);
      if (pause !== undefined) await pause;
    }
  } finally {
    release();
  }
  return table.end();
}

/** Of a chunk that is all in one bucket, what the catalog knows of it; else null. */
function sumsOf(
  { from, to, sums }: ChunkRef,
  query: BucketQuery,
  table: BucketTable,
  calibration: readonly Calibration[] | undefined,
): Sums | null {
  const whole = from >= query.from && to <= query.to;
  return whole && sums !== undefined && table.isOne(from, to) ? calibrateSums({ from, sums }, to, calibration) : null;
}

/**
 * The chunks of a window, and between them what is in memory, as it is now: no await until they are held, since a
 * checkpoint may replace the chunks at any time.
 */
function partsOf(series: StoredSeries, { from, to, order }: Window): Part[] {
  const chunks = series.chunks.filter((chunk) => chunk.to >= from && chunk.from <= to);
  const recent = series.recent(from, to);
  if (chunks.length === 0) return [recent];
  const dead = series.dead.size === 0 ? series.dead : new Set(series.dead);
  const units = groups(chunks);
  const firsts = units.map(([first]) => first!);
  const parts = slots(firsts, recent).flatMap((rows, i): Part[] => {
    const chunk = firsts[i]!;
    const untouched = units[i]!.length === 1 && follows(rows, chunk.to) && !isHit(chunk, dead);
    if (!untouched) return [{ touched: units[i]!, rows, dead }];
    return rows.length === 0 ? [{ chunk }] : [{ chunk }, rows];
  });
  return order === 'desc' ? parts.reverse() : parts;
}

/** The points of a part, each by ascending time. @throws StoreError `damaged` */
async function rowsOf(files: ChunkFiles, part: Part, { from, to, order }: Window): Promise<Rows[]> {
  if ('chunk' in part) return [await files.loadWithin(part.chunk, from, to)];
  if (!('touched' in part)) return [part];
  let stored = NO_ROWS;
  for (const chunk of part.touched) stored = merge(stored, await files.load(chunk));
  stored = without(within(stored, from, to), part.dead);
  return inOrder(stored, part.rows, order);
}

/** One point as a single row. @throws StoreError `damaged` */
export async function readPoint(files: ChunkFiles, series: StoredSeries, id: number): Promise<Rows | null> {
  const recent = series.recentPoint(id);
  if (recent !== null || series.dead.has(id)) return recent;
  const candidates = series.chunks.filter((chunk) => mayHold(chunk, id));
  const release = files.hold();
  try {
    for (const chunk of candidates) {
      const rows = await files.load(chunk);
      const row = rows.id.indexOf(id);
      if (row >= 0) return slice(rows, row, row + 1);
    }
  } finally {
    release();
  }
  return null;
}

/** A chunk's points and those in memory that belong to it; not merged when they only follow. */
function inOrder(stored: Rows, recent: Rows, order: 'asc' | 'desc' = 'asc'): Rows[] {
  if (stored.length === 0 || recent.length === 0 || !follows(recent, stored.time[stored.length - 1]!))
    return [merge(stored, recent)];
  return order === 'asc' ? [stored, recent] : [recent, stored];
}

/** Whether none of the rows is before `time`. */
function follows(rows: Rows, time: number): boolean {
  return rows.length === 0 || rows.time[0]! >= time;
}

function* pieces(rows: Rows, order: 'asc' | 'desc' = 'asc'): Generator<Rows> {
  for (let i = 0; i < rows.length; i += CHUNK_POINTS) {
    if (order === 'asc') yield slice(rows, i, Math.min(rows.length, i + CHUNK_POINTS));
    else yield reverse(slice(rows, Math.max(0, rows.length - i - CHUNK_POINTS), rows.length - i));
  }
}

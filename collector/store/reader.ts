/** Reads a window of a series: chunks and memory as one, as they were when the read began. */
import { Bounds, type Sums } from './buckets.js';
import { CHUNK_POINTS, isHit, mayHold, type ChunkRef } from './chunk.js';
import type { ChunkFiles } from './chunk-files.js';
import { merge, NO_ROWS, pointAt, reverse, slice, valueAt, within, without, type Rows } from './rows.js';
import { groups, slots } from './slots.js';
import type { Block, BucketQuery, Point, Window } from './store.js';
import type { StoredSeries } from './stored-series.js';

/** Blocks of at most CHUNK_POINTS points. @throws StoreError `damaged` */
export async function* readWindow(files: ChunkFiles, series: StoredSeries, window: Window): AsyncGenerator<Block> {
  for await (const part of readParts(files, series, window, () => false)) yield* pieces(part as Rows, window.order);
}

/** The window of a query: of a chunk that is all in one bucket, and that nothing was added to or deleted from, the sums. */
export async function* readSums(
  files: ChunkFiles,
  series: StoredSeries,
  query: BucketQuery,
): AsyncGenerator<Block | Sums> {
  const bounds = new Bounds(query);
  const inOneBucket = ({ from, to }: ChunkRef) => bounds.bucketOf(from) === bounds.bucketOf(to);
  yield* readParts(files, series, { from: query.from, to: query.to }, inOneBucket);
}

/** Whole parts of a window; of a chunk for which `sumsDo`, the sums instead of the points, where that is right. */
async function* readParts(
  files: ChunkFiles,
  series: StoredSeries,
  { from, to, order = 'asc' }: Window,
  sumsDo: (chunk: ChunkRef) => boolean,
): AsyncGenerator<Rows | Sums> {
  // No await until all that is read is held: a checkpoint may replace the chunks at any time.
  const chunks = series.chunks.filter((chunk) => chunk.to >= from && chunk.from <= to);
  const recent = series.recent(from, to);
  const dead = series.dead.size === 0 ? series.dead : new Set(series.dead);
  const release = files.hold();
  try {
    if (chunks.length === 0) yield recent;
    const units = groups(chunks);
    const parts = slots(
      units.map(([first]) => first!),
      recent,
    );
    for (let i = 0; i < units.length; i++) {
      const slot = order === 'asc' ? i : units.length - 1 - i;
      const [chunk, ...others] = units[slot]!;
      const part = parts[slot]!;
      const whole = others.length === 0 && chunk!.from >= from && chunk!.to <= to && !isHit(chunk!, dead);
      if (whole && follows(part, chunk!.to) && chunk!.sums !== undefined && sumsDo(chunk!)) {
        yield { from: chunk!.from, sums: chunk!.sums };
        yield part;
        continue;
      }
      let stored = NO_ROWS;
      for (const one of units[slot]!) stored = merge(stored, await files.load(one));
      stored = without(within(stored, from, to), dead);
      yield* inOrder(stored, part, order);
    }
  } finally {
    release();
  }
}

/** The newest point with a value that isn't null. */
export async function readLatest(files: ChunkFiles, series: StoredSeries): Promise<Point | undefined> {
  const window: Window = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY, order: 'desc' };
  for await (const block of readWindow(files, series, window)) {
    const columns = [...block.fields.values()];
    for (let row = 0; row < block.length; row++) {
      const valued = columns.some((column) => (valueAt(column, row) ?? null) !== null);
      if (valued) return pointAt(block, row, series.info.id);
    }
  }
  return undefined;
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
function inOrder(stored: Rows, recent: Rows, order: 'asc' | 'desc'): Rows[] {
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

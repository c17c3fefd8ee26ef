/** Reads a window of a series: chunks and memory as one, as they were when the read began. */
import { Bounds, type Sums } from './buckets.js';
import { calibrateBlock, calibrateStretch, calibrateSums } from './calibration.js';
import { CHUNK_POINTS, chunkStretch, isHit, mayHold, type ChunkRef } from './chunk.js';
import type { ChunkFiles } from './chunk-files.js';
import { merge, NO_ROWS, reverse, slice, within, without, type Rows } from './rows.js';
import { groups, slots } from './slots.js';
import type { BucketQuery, Window } from './store.js';
import type { StoredSeries } from './stored-series.js';
import { stretchOf, stretchWithin, type Stretch } from './summary.js';

/** A chunk to which nothing was added and of which nothing was deleted; what of it is in the window counts. */
interface UntouchedChunk {
  chunk: ChunkRef;
}

/** Blocks of at most CHUNK_POINTS points. @throws StoreError `damaged` */
export async function* readWindow(files: ChunkFiles, series: StoredSeries, window: Window): AsyncGenerator<Rows> {
  const { from, to, order } = window;
  const calibration = window.raw === true ? undefined : series.info.calibration;
  for await (const part of readParts(files, series, window)) {
    const rows = 'chunk' in part ? await files.loadWithin(part.chunk, from, to) : part;
    for (const block of pieces(rows, order)) yield calibrateBlock(block, calibration);
  }
}

/** The window of a query to be added up: where a chunk is all in one bucket, by what the catalog knows of it. */
export async function* readSums(
  files: ChunkFiles,
  series: StoredSeries,
  query: BucketQuery,
): AsyncGenerator<Stretch | Sums> {
  const bounds = new Bounds(query);
  const calibration = query.raw === true ? undefined : series.info.calibration;
  for await (const part of readParts(files, series, { from: query.from, to: query.to })) {
    if (!('chunk' in part)) {
      yield calibrateStretch(stretchOf(part), calibration);
      continue;
    }
    const { from, to, sums } = part.chunk;
    const whole = from >= query.from && to <= query.to;
    const known = sums !== undefined && whole && bounds.bucketOf(from) === bounds.bucketOf(to);
    const summed = known ? calibrateSums({ from, sums }, to, calibration) : null;
    if (summed !== null) {
      yield summed;
      continue;
    }
    const stretch = chunkStretch(await files.loadData(part.chunk), files.work);
    yield calibrateStretch(whole ? stretch : stretchWithin(stretch, query.from, query.to), calibration);
  }
}

/** A window part by part, each by ascending time. Chunks stay on disk until the last is taken. */
async function* readParts(
  files: ChunkFiles,
  series: StoredSeries,
  { from, to, order = 'asc' }: Window,
): AsyncGenerator<Rows | UntouchedChunk> {
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
      const unit = units[slot]!;
      const part = parts[slot]!;
      const chunk = unit[0]!;
      if (unit.length === 1 && follows(part, chunk.to) && !isHit(chunk, dead)) {
        yield* order === 'asc' ? [{ chunk }, part] : [part, { chunk }];
        continue;
      }
      let stored = NO_ROWS;
      for (const one of unit) stored = merge(stored, await files.load(one));
      stored = without(within(stored, from, to), dead);
      yield* inOrder(stored, part, order);
    }
  } finally {
    release();
  }
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

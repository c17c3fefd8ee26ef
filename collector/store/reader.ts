/** Reads a window of a series: chunks and memory as one, as they were when the read began. */
import { CHUNK_POINTS, mayHold } from './chunk.js';
import type { ChunkFiles } from './chunk-files.js';
import { merge, NO_ROWS, pointAt, reverse, slice, valueAt, within, without, type Rows } from './rows.js';
import { groups, slots } from './slots.js';
import type { Block, Point, Window } from './store.js';
import type { StoredSeries } from './stored-series.js';

/** Blocks of at most CHUNK_POINTS points. @throws StoreError `damaged` */
export async function* readWindow(files: ChunkFiles, series: StoredSeries, window: Window): AsyncGenerator<Block> {
  const { from, to, order = 'asc' } = window;
  // No await until all that is read is held: a checkpoint may replace the chunks at any time.
  const chunks = series.chunks.filter((chunk) => chunk.to >= from && chunk.from <= to);
  const recent = series.recent(from, to);
  const dead = series.dead.size === 0 ? series.dead : new Set(series.dead);
  const release = files.hold();
  try {
    if (chunks.length === 0) yield* pieces(recent, order);
    const units = groups(chunks);
    const parts = slots(
      units.map(([first]) => first!),
      recent,
    );
    for (let i = 0; i < units.length; i++) {
      const slot = order === 'asc' ? i : units.length - 1 - i;
      let stored = NO_ROWS;
      for (const chunk of units[slot]!) stored = merge(stored, await files.load(chunk));
      stored = without(within(stored, from, to), dead);
      for (const rows of inOrder(stored, parts[slot]!, order)) yield* pieces(rows, order);
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
  const follows = stored.length > 0 && recent.length > 0 && recent.time[0]! >= stored.time[stored.length - 1]!;
  if (!follows) return [merge(stored, recent)];
  return order === 'asc' ? [stored, recent] : [recent, stored];
}

function* pieces(rows: Rows, order: 'asc' | 'desc'): Generator<Rows> {
  for (let i = 0; i < rows.length; i += CHUNK_POINTS) {
    if (order === 'asc') yield slice(rows, i, Math.min(rows.length, i + CHUNK_POINTS));
    else yield reverse(slice(rows, Math.max(0, rows.length - i - CHUNK_POINTS), rows.length - i));
  }
}

/**
 * What came to a series after a point, by ascending id, wherever in time it belongs. A chunk's points are a few runs of
 * numbers, of which the catalog knows the lowest and the highest: those below are not opened, the others one by one.
 */
import { calibrateBlock } from './calibration.js';
import type { ChunkRef } from './chunk.js';
import type { ChunkFiles } from './chunk-files.js';
import { numberOf } from './point-id.js';
import { gather, merge, NO_ROWS, without, type Rows } from './rows.js';
import type { StoredSeries } from './stored-series.js';

/**
 * Blocks of about a chunk's points at most. `find`: the series, as long as there is one. Files are held while they are read,
 * and not while somebody takes what was found, which may be for hours: what is replaced meanwhile is looked for anew.
 * @throws StoreError `damaged`, `unknown-series` also when it is deleted meanwhile
 */
export async function* readSince(files: ChunkFiles, find: () => StoredSeries, id: number): AsyncGenerator<Rows> {
  let number = numberOf(id);
  for (;;) {
    const series = find();
    const ahead = series.chunks.filter(({ high }) => high > number);
    if (ahead.length === 0) {
      // all that is in memory has higher numbers than what is in chunks
      for (const rows of series.recentAfter(number)) yield* shown(series, rows);
      return;
    }
    const upTo = ahead.reduce((least, { high }) => Math.min(least, high), Number.POSITIVE_INFINITY);
    const found = await numbered(files, ahead, number, upTo);
    yield* shown(series, byId(found));
    number = upTo;
  }
}

function* shown({ dead, info }: StoredSeries, rows: Rows): Generator<Rows> {
  const there = without(rows, dead);
  if (there.length > 0) yield calibrateBlock(there, info.calibration);
}

/** What chunks have with numbers above `after`, up to `upTo`. */
async function numbered(files: ChunkFiles, chunks: ChunkRef[], after: number, upTo: number): Promise<Rows> {
  const release = files.hold();
  try {
    let found = NO_ROWS;
    for (const chunk of chunks)
      if (chunk.low <= upTo) found = merge(found, between(await files.load(chunk), after, upTo));
    return found;
  } finally {
    release();
  }
}

function between(rows: Rows, after: number, upTo: number): Rows {
  const order = new Uint32Array(rows.length);
  let kept = 0;
  for (let row = 0; row < rows.length; row++) {
    const number = numberOf(rows.id[row]!);
    if (number > after && number <= upTo) order[kept++] = row;
  }
  return kept === rows.length ? rows : gather(rows, NO_ROWS, order.subarray(0, kept));
}

function byId(rows: Rows): Rows {
  const { id, length } = rows;
  const order = Uint32Array.from({ length }, (_, row) => row).sort((a, b) => id[a]! - id[b]!);
  return order.every((row, i) => row === i) ? rows : gather(rows, NO_ROWS, order);
}

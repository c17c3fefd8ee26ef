/**
 * What came to a series after a point, by ascending id, wherever in time it belongs. A chunk's points are a few runs of
 * numbers, of which the catalog knows the lowest and the highest: those below are not opened, the others one by one.
 */
import { calibrateBlock } from './calibration.js';
import type { ChunkFiles } from './chunk-files.js';
import { numberOf } from './point-id.js';
import { gather, merge, NO_ROWS, without, type Rows } from './rows.js';
import type { StoredSeries } from './stored-series.js';

/** Blocks of about a chunk's points at most. @throws StoreError `damaged` */
export async function* readSince(files: ChunkFiles, series: StoredSeries, id: number): AsyncGenerator<Rows> {
  let number = numberOf(id);
  const release = files.hold();
  try {
    for (;;) {
      // a checkpoint may have moved points out of memory since the last look
      const ahead = series.chunks.filter(({ high }) => high > number);
      if (ahead.length === 0) break;
      const upTo = ahead.reduce((least, { high }) => Math.min(least, high), Number.POSITIVE_INFINITY);
      let found = NO_ROWS;
      for (const chunk of ahead)
        if (chunk.low <= upTo) found = merge(found, numbered(await files.load(chunk), number, upTo));
      yield* shown(series, byId(found));
      number = upTo;
    }
  } finally {
    release();
  }
  // all that is in memory has higher numbers than what is in chunks
  for (const rows of series.recentAfter(number)) yield* shown(series, rows);
}

function* shown({ dead, info }: StoredSeries, rows: Rows): Generator<Rows> {
  const there = without(rows, dead);
  if (there.length > 0) yield calibrateBlock(there, info.calibration);
}

/** The rows whose numbers are above `after`, up to `upTo`. */
function numbered(rows: Rows, after: number, upTo: number): Rows {
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

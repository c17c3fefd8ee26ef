/**
 * The newest point of a series that has a value. It is remembered until something of the series changes, so that asking for
 * all series now and then, as Prometheus and the page do, costs as much as came in between.
 */
import type { ChunkFiles } from './chunk-files.js';
import { readWindow } from './reader.js';
import { pointAt, valueAt } from './rows.js';
import type { Point } from './store.js';
import type { StoredSeries } from './stored-series.js';

/** The first look is at the newest time only, the next at the minute before it, and so on, each longer than the last. */
const SPAN_MS = 60_000;
const LONGER = 16;

/** No two points are further apart than this. */
const LONGEST_MS = 1e13;

export async function readLatest(files: ChunkFiles, series: StoredSeries): Promise<Point | undefined> {
  const { next, latest, info } = series;
  const { count, calibration } = info;
  if (latest !== null && latest.next === next && latest.count === count && latest.calibration === calibration)
    return latest.point;
  const point = count === 0 ? undefined : await find(files, series);
  series.latest = { next, count, calibration, point };
  return point;
}

async function find(files: ChunkFiles, series: StoredSeries): Promise<Point | undefined> {
  const to = series.newest;
  for (let span = 0; span < LONGEST_MS; span = span * LONGER || SPAN_MS) {
    for await (const block of readWindow(files, series, { from: to - span, to, order: 'desc' })) {
      const columns = [...block.fields.values()];
      for (let row = 0; row < block.length; row++) {
        const valued = columns.some((column) => (valueAt(column, row) ?? null) !== null);
        if (valued) return pointAt(block, row, series.info.id);
      }
    }
  }
  return undefined;
}

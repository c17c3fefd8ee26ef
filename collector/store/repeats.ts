/** Plain points that are sent again: equal in time and fields to one that is stored (protocol.md §3 "Plain clients"). */
import type { ChunkFiles } from './chunk-files.js';
import { fieldsAt, firstFrom, type Rows } from './rows.js';
import { sameJson } from './same-json.js';
import type { NewPoint } from './store.js';
import type { StoredSeries } from './stored-series.js';

/** For each point the id of the first stored plain point that equals it, or undefined. @throws StoreError `damaged` */
export async function findRepeats(
  files: ChunkFiles,
  series: StoredSeries,
  points: NewPoint[],
): Promise<(number | undefined)[]> {
  // What is looked at is fixed here: a checkpoint only moves points, and whoever adds at these times waits for us.
  const found = points.map((point) => lowest(series.recentAt(point.time).map((rows) => match(rows, 0, point))));
  const dead = new Set(series.dead);
  const from = points.reduce((least, { time }) => Math.min(least, time), Number.POSITIVE_INFINITY);
  const to = points.reduce((most, { time }) => Math.max(most, time), Number.NEGATIVE_INFINITY);
  const chunks = series.chunks.filter((chunk) => chunk.from <= to && chunk.to >= from);
  const release = files.hold();
  try {
    for (const chunk of chunks) {
      const inside = points.flatMap(({ time }, i) => (time >= chunk.from && time <= chunk.to ? [i] : []));
      if (inside.length === 0) continue;
      const rows = await files.load(chunk);
      for (const i of inside) found[i] = lowest([found[i], ...matches(rows, points[i]!, dead)]);
    }
  } finally {
    release();
  }
  return found;
}

function matches(rows: Rows, point: NewPoint, dead: ReadonlySet<number>): (number | undefined)[] {
  const ids: (number | undefined)[] = [];
  for (let row = firstFrom(rows.time, point.time); row < rows.length && rows.time[row] === point.time; row++)
    if (!dead.has(rows.id[row]!)) ids.push(match(rows, row, point));
  return ids;
}

function match(rows: Rows, row: number, { fields }: NewPoint): number | undefined {
  return rows.plain?.[row] === 1 && sameJson(fieldsAt(rows, row), fields) ? rows.id[row] : undefined;
}

function lowest(ids: (number | undefined)[]): number | undefined {
  const found = ids.filter((id) => id !== undefined);
  return found.length === 0 ? undefined : Math.min(...found);
}

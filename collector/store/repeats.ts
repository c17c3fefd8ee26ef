/** Plain points that are sent again: equal in time and fields to one that is stored (protocol.md §3 "Plain clients"). */
import type { ChunkFiles } from './chunk-files.js';
import { fieldsAt, firstFrom, type Rows } from './rows.js';
import { sortedJson } from './sorted-json.js';
import type { NewPoint } from './store.js';
import type { StoredSeries } from './stored-series.js';

/** Stored plain points of some times: time → fields as text → the first one's id. */
type Known = Map<number, Map<string, number>>;

/** For each point the id of the first stored plain point that equals it, or undefined. @throws StoreError `damaged` */
export async function findRepeats(
  files: ChunkFiles,
  series: StoredSeries,
  points: NewPoint[],
): Promise<(number | undefined)[]> {
  const known: Known = new Map(points.map(({ time }) => [time, new Map()]));
  // What is looked at is fixed here: a checkpoint only moves points, and whoever adds at these times waits for us.
  for (const time of known.keys()) for (const rows of series.recentAt(time)) enter(known, rows, 0);
  const dead = new Set(series.dead);
  const times = Float64Array.from(known.keys()).sort();
  const chunks = series.chunks.filter((chunk) => chunk.from <= times.at(-1)! && chunk.to >= times[0]!);
  const release = files.hold();
  try {
    for (const chunk of chunks) {
      const inside = times.filter((time) => time >= chunk.from && time <= chunk.to);
      if (inside.length === 0) continue;
      const rows = await files.load(chunk);
      for (const time of inside)
        for (let row = firstFrom(rows.time, time); row < rows.length && rows.time[row] === time; row++)
          if (!dead.has(rows.id[row]!)) enter(known, rows, row);
    }
  } finally {
    release();
  }
  return points.map(({ time, fields }) => known.get(time)!.get(sortedJson(fields)));
}

function enter(known: Known, rows: Rows, row: number): void {
  if (rows.plain?.[row] !== 1) return;
  const ids = known.get(rows.time[row]!)!;
  const text = sortedJson(fieldsAt(rows, row));
  ids.set(text, Math.min(ids.get(text) ?? Number.POSITIVE_INFINITY, rows.id[row]!));
}

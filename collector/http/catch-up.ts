import type { Block, Store } from '../store/store.js';
import { event, type LiveEvent } from './live-hub.js';
import { namedColumns, rowText } from './point-text.js';

/** Events sought at a time: what one client's catching up may hold in memory. */
const ROUND = 1000;

/**
 * The next events of a series after the point `id`, by ascending id: the smallest ids above it. Points that came late
 * stand anywhere in time, so each round looks at all of the series; empty when there are none.
 */
export async function storedSince(store: Store, series: number, id: number): Promise<LiveEvent[]> {
  let found: { id: number; block: Block; row: number }[] = [];
  let highest = Infinity;
  for await (const block of store.read(series, { from: -Infinity, to: Infinity })) {
    for (let row = 0; row < block.length; row++) {
      const candidate = block.id[row]!;
      if (candidate > id && candidate < highest) found.push({ id: candidate, block, row });
    }
    if (found.length > 2 * ROUND) {
      found = found.sort((a, b) => a.id - b.id).slice(0, ROUND);
      highest = found.at(-1)!.id;
    }
  }
  return found
    .sort((a, b) => a.id - b.id)
    .slice(0, ROUND)
    .map(({ id, block, row }) => event(id, rowText(block, namedColumns(block), row, series)));
}

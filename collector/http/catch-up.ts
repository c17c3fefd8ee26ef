import type { Store } from '../store/store.js';
import { event, type LiveEvent } from './live-hub.js';
import { namedColumns, rowText } from './point-text.js';

/** Events that are in memory at a time. */
const AT_ONCE = 1000;

/** The events of a series after the point `id`, by ascending id. */
export async function* storedSince(store: Store, series: number, id: number): AsyncGenerator<LiveEvent[]> {
  for await (const block of store.since(series, id)) {
    const columns = namedColumns(block);
    for (let row = 0; row < block.length; row += AT_ONCE)
      yield Array.from({ length: Math.min(AT_ONCE, block.length - row) }, (_, i) =>
        event(block.id[row + i]!, rowText(block, columns, row + i, series)),
      );
  }
}

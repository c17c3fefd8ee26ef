/**
 * What a repair enters in the ledgers: readings that were stored, and of which a value was in a chunk that can't be read any
 * more, are lost.
 */
import type { CatalogDevice } from './catalog.js';
import type { ChunkRef } from './chunk.js';
import { remember } from './ledger.js';
import type { Loss } from './store.js';

/** Enters what is gone of a device's series, by id; the answer is how many readings that are. */
export function writeOff(device: CatalogDevice, gone: ReadonlyMap<number, ChunkRef[]>): number {
  const series = Object.values(device.sensors).map((id) => gone.get(id) ?? []);
  let sum = 0;
  for (const loss of losses(series)) {
    let left = loss.count;
    // which log they came from isn't known: most likely the last one
    for (const ledger of device.ledger.toReversed()) {
      const count = Math.min(left, ledger.stored);
      if (count === 0) continue;
      ledger.stored -= count;
      ledger.lost += count;
      remember(ledger, { ...loss, count });
      left -= count;
    }
    sum += loss.count - left;
  }
  return sum;
}

/**
 * A reading has a value in each of its device's series, so chunks of several that overlap in time are of the same readings:
 * as many as the one has of which the most is gone.
 */
function losses(series: ChunkRef[][]): Loss[] {
  const chunks = series.flatMap((list, of) => list.map(({ from, to, points }) => ({ from, to, points, of })));
  chunks.sort((a, b) => a.from - b.from);
  const found: (Loss & { from: number; points: number[] })[] = [];
  for (const { from, to, points, of } of chunks) {
    let last = found.at(-1);
    if (last === undefined || from > last.to)
      found.push((last = { count: 0, from, to, why: 'damage', points: series.map(() => 0) }));
    last.to = Math.max(last.to, to);
    last.points[of]! += points;
  }
  return found.map(({ points, ...loss }) => ({ ...loss, count: Math.max(...points) }));
}

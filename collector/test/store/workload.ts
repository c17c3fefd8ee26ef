/** Changes of every kind, one after the other, and what a store shows after each. */
import { JsonStore } from '../../store/json-store.js';
import type { Disk } from '../../store/disk.js';
import type { Store } from '../../store/store.js';
import { ALWAYS, batchOf, MINUTE, newSeries, ONCE, pointsAt, refusedBatch, replayOf, seen, T0 } from './uploads.js';

type Change = (store: Store) => Promise<unknown>;

/** With the last one made the store is to be closed, which makes a checkpoint. */
export const CHANGES: readonly Change[] = [
  (store) => store.createSeries(newSeries()),
  (store) => store.addPoints(1, pointsAt(T0, T0 + 20), ONCE),
  (store) => store.addBatch(batchOf(0, 10)),
  (store) => store.addPoints(1, pointsAt(T0 + 10), ALWAYS),
  (store) => store.deletePoint(1_000_001),
  (store) => store.addBatch(batchOf(5, 10, { oldest: 0, sensors: { other: { batt_V: Array(10).fill(3.9) } } })),
  (store) => store.patchSeries(1, { desc: 'x'.repeat(5000) }),
  (store) => store.addPoints(1, pointsAt(T0 + 5, T0 + 30, T0 + 40), ONCE),
  (store) => store.quarantine(refusedBatch(15, 2, 'not a batch')),
  (store) => store.deleteSeries(2),
  (store) => store.deletePoint(3_000_001),
  (store) => store.addBatch(batchOf(17, 10)),
  (store) => store.quarantine(refusedBatch(26, 4, 'nor is this')),
  (store) => store.replay(replayOf(SET_ASIDE.name, [T0 + 15 * MINUTE, T0 + 16 * MINUTE], { late: [15, null] })),
  (store) => store.dropQuarantine(SET_ASIDE.other, 1),
  (store) => store.addBatch(batchOf(30, 20)),
];

/** What those that are set aside are called, and the changes in which one comes and goes. */
export const SET_ASIDE = { name: '5063af0312e5a8fe', from: 8, to: 13, other: '5f66851eb5b510a3' };

/** Bytes of journal: so little that the changes fill it several times, and so much that it takes room ahead. */
export const JOURNALS = [600, 20_000] as const;

export async function openStore(folder: string, disk: Disk, journal: number = JOURNALS[0]): Promise<JsonStore> {
  const store = new JsonStore(folder, { disk, budgets: { journal } });
  await store.open();
  return store;
}

/** All that can be asked of a store, as text. */
export async function picture(store: Store): Promise<string> {
  const series = await store.listSeries();
  const points = await Promise.all(series.map(({ id }) => seen(store, id)));
  const { points: count, newest } = store.health();
  const [devices, aside] = [await store.listDevices(), await store.listQuarantine()];
  return JSON.stringify({ series, points, devices, aside, count, newest });
}

/** Makes the changes from one on and closes; how many were acknowledged when the first one failed. */
export async function makeChanges(store: Store, from: number): Promise<number> {
  for (const [i, change] of CHANGES.entries()) {
    if (i < from) continue;
    try {
      await change(store);
    } catch {
      return i;
    }
  }
  await store.close();
  return CHANGES.length;
}

/** What is shown before the first change, and after each. */
export async function pictures(folder: string, disk: Disk): Promise<string[]> {
  const store = await openStore(folder, disk);
  const all = [await picture(store)];
  for (const change of CHANGES) {
    await change(store);
    all.push(await picture(store));
  }
  await store.close();
  return all;
}

/**
 * The store's work on a disk that dies at every step in turn. Whatever is left must be the state before or after the
 * change that was on its way, with all that was acknowledged, and from there the work can be finished.
 */
import { afterAll, expect, test } from 'vitest';
import { JsonStore } from '../../store/json-store.js';
import type { Disk } from '../../store/disk.js';
import type { Store } from '../../store/store.js';
import { newFolder, removeFolders } from './folder.js';
import { MortalDisk } from './mortal-disk.js';
import { quickDisk } from './quick-disk.js';
import { ALWAYS, batchOf, newSeries, ONCE, pointsAt, refusedBatch, seen, T0 } from './uploads.js';

afterAll(removeFolders);

type Step = (store: Store) => Promise<unknown>;

/** Each changes something; one after the other they cause several checkpoints, the last one when the store closes. */
const WORK: Step[] = [
  (store) => store.createSeries(newSeries()),
  (store) => store.addPoints(1, pointsAt(T0, T0 + 20), ONCE),
  (store) => store.addBatch(batchOf(0, 10)),
  (store) => store.addPoints(1, pointsAt(T0 + 10), ALWAYS),
  (store) => store.deletePoint(1_000_001),
  (store) => store.addBatch(batchOf(5, 10, { oldest: 0, sensors: { other: { batt_V: Array(10).fill(3.9) } } })),
  (store) => store.patchSeries(1, { desc: 'x'.repeat(400) }),
  (store) => store.addPoints(1, pointsAt(T0 + 5, T0 + 30, T0 + 40), ONCE),
  (store) => store.quarantine(refusedBatch(15, 2, 'not a batch')),
  (store) => store.deleteSeries(2),
  (store) => store.deletePoint(3_000_001),
  (store) => store.addBatch(batchOf(17, 10)),
];

async function open(folder: string, disk: Disk): Promise<Store> {
  const store = new JsonStore(folder, { disk, budgets: { journal: 600 } });
  await store.open();
  return store;
}

/** All that can be asked of a store. */
async function picture(store: Store): Promise<unknown> {
  const series = await store.listSeries();
  const points = await Promise.all(series.map(({ id }) => seen(store, id)));
  const { points: count, newest } = store.health();
  return { series, points, devices: await store.listDevices(), count, newest };
}

/** Does the work from a step on until the disk dies; the answer is the number of steps that were acknowledged. */
async function work(store: Store, from: number): Promise<number> {
  for (const [i, step] of WORK.entries()) {
    if (i < from) continue;
    try {
      await step(store);
    } catch {
      return i;
    }
  }
  await store.close();
  return WORK.length;
}

async function pictures(): Promise<unknown[]> {
  const store = await open(await newFolder(), quickDisk);
  const all = [await picture(store)];
  for (const step of WORK) {
    await step(store);
    all.push(await picture(store));
  }
  await store.close();
  return all;
}

/** Opens what a death during change `done` has left, looks, and finishes the work. */
async function check(folder: string, expected: unknown[], done: number, where: string): Promise<void> {
  const store = await open(folder, quickDisk);
  const found = JSON.stringify(await picture(store));
  const reached = [done + 1, done].find((i) => JSON.stringify(expected[i]) === found);
  expect(reached, where).toBeDefined();
  expect(await work(store, reached!)).toBe(WORK.length);
  const end = await open(folder, quickDisk);
  expect(await picture(end), where).toEqual(expected.at(-1));
  expect(end.health().notes).toEqual([]);
  await end.close();
}

test('nothing acknowledged is lost or doubled when process or power goes at any step', async () => {
  const expected = await pictures();
  for (let last = 1; ; last++) {
    const folder = await newFolder();
    const disk = new MortalDisk(folder, last);
    const store = new JsonStore(folder, { disk, budgets: { journal: 600 } });
    const done = await store.open().then(
      () => work(store, 0),
      () => 0,
    );
    await store.close();
    if (disk.steps < last) {
      expect(last).toBeGreaterThan(100);
      return;
    }
    const [written, survived] = [await newFolder(), await newFolder()];
    await disk.written(written);
    await disk.survived(survived);
    await check(written, expected, done, `the process died at step ${last}, in change ${done}`);
    await check(survived, expected, done, `the power went at step ${last}, in change ${done}`);
    await removeFolders();
  }
});

/** Low wear: writes that come within the commit delay share a sync, and are acknowledged by it, not before. */
import { setImmediate } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { JsonStore } from '../../store/json-store.js';
import { copyOf, newFolder, removeFolders } from './folder.js';
import { quickDisk } from './quick-disk.js';
import { newSeries, ONCE, pointsAt, T0, temperatures } from './uploads.js';

afterEach(removeFolders);

/** Longer than any test: the end of it is never waited for. */
const LONG = 600_000;

test('what comes within the delay waits for one sync, which closing brings forward', async () => {
  const folder = await newFolder();
  const store = new JsonStore(folder, { disk: quickDisk, commitDelayMs: LONG });
  await store.open();
  await store.createSeries(newSeries());
  const { syncs } = store.health();
  let acknowledged = 0;
  const writes: Promise<unknown>[] = [];
  for (let i = 0; i < 5; i++) {
    writes.push(store.addPoints(1, pointsAt(T0 + i), ONCE).then(() => acknowledged++));
    for (let turn = 0; turn < 20; turn++) await setImmediate();
  }
  expect(acknowledged).toBe(0);
  expect(store.health()).toMatchObject({ syncs, points: 0 });
  const before = new JsonStore(await copyOf(folder), { disk: quickDisk });
  await before.open();
  expect(before.health().points).toBe(0);
  await before.close();

  const closed = store.close();
  await Promise.all(writes);
  expect(store.health()).toMatchObject({ syncs: syncs + 1, points: 5 });
  await closed;
  const after = new JsonStore(folder, { disk: quickDisk });
  await after.open();
  expect(await temperatures(after, 1)).toHaveLength(5);
  await after.close();
});

test('closing waits for none of several syncs that follow one another', async () => {
  const store = new JsonStore(await newFolder(), { disk: quickDisk, commitDelayMs: LONG });
  await store.open();
  await store.createSeries(newSeries());
  // each has to know what became of the one before
  const writes = [0, 1, 2].map((i) => store.addPoints(1, pointsAt(T0, T0 + i), ONCE));
  await setImmediate();
  await store.close();
  expect((await Promise.all(writes)).map(({ stored }) => stored)).toEqual([2, 1, 1]);
});

test('after a pause nothing waits', async () => {
  const store = new JsonStore(await newFolder(), { disk: quickDisk, commitDelayMs: 1 });
  await store.open();
  for (let i = 0; i < 5; i++) await store.createSeries(newSeries());
  expect((await store.listSeries()).length).toBe(5);
  await store.close();
});

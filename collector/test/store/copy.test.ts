/** Copies of a store that is written to, with a checkpoint every few batches: each is the store of one moment. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { JsonStore } from '../../store/json-store.js';
import type { Store } from '../../store/store.js';
import { newFolder, removeFolders } from './folder.js';
import { batchOf, seen } from './uploads.js';

afterEach(removeFolders);

const READINGS = 7;
const BUDGETS = { journal: 4096, chunk: 64 };

/** Writes a copy to a folder of its own; its name. */
async function copied(store: Store): Promise<string> {
  const folder = await newFolder();
  for await (const { name, bytes } of store.copy()) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), bytes!);
  }
  return folder;
}

test('a copy has everything that was acknowledged before it, and nothing half', async () => {
  const store = new JsonStore(await newFolder(), { budgets: BUDGETS });
  await store.open();
  const writer = { stop: false, acknowledged: 0 };
  const writing = (async () => {
    for (; !writer.stop; writer.acknowledged += READINGS) {
      await store.addBatch(batchOf(writer.acknowledged, READINGS, { oldest: 0 }));
      await store.addBatch(batchOf(writer.acknowledged, READINGS, { oldest: 0, device: 'other' }));
    }
  })();
  for (let i = 0; i < 8; i++) {
    const before = writer.acknowledged;
    const folder = await copied(store);
    const after = writer.acknowledged + READINGS;
    const copy = new JsonStore(folder, { budgets: BUDGETS });
    await copy.open();
    for (const device_id of ['esp', 'other']) {
      const device = await copy.device(device_id);
      const next = device?.ledger[0]?.next ?? 0;
      expect(next).toBeGreaterThanOrEqual(before);
      expect(next).toBeLessThanOrEqual(after);
      const points = device === undefined ? [] : await seen(copy, device.sensors['probe']!);
      expect(points.map(([, , fields]) => fields['temp_C'])).toEqual(Array.from({ length: next }, (_, n) => n));
    }
    expect(copy.health().notes).toEqual([]);
    await copy.close();
  }
  writer.stop = true;
  await writing;
  await store.close();
  expect(writer.acknowledged).toBeGreaterThan(0);
});

test('the copy of an empty store is an empty store', async () => {
  const store = new JsonStore(await newFolder());
  await store.open();
  const copy = new JsonStore(await copied(store));
  await copy.open();
  expect(await copy.listSeries()).toEqual([]);
  await copy.close();
  await store.close();
});

test('a copy that nobody reads to its end keeps nothing from being removed', async () => {
  const folder = await newFolder();
  const store = new JsonStore(folder, { budgets: BUDGETS });
  await store.open();
  await store.addBatch(batchOf(0, 200));
  for await (const { name } of store.copy()) if (name.startsWith('journal/')) break;
  for (let first = 200; first < 3000; first += 100) await store.addBatch(batchOf(first, 100, { oldest: 0 }));
  await store.close();
  const again = new JsonStore(folder);
  await again.open();
  expect(again.health().notes).toEqual([]);
  expect(await again.countPoints()).toBe(3000);
  await again.close();
});

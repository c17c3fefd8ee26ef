/** Damage is found by reading the files again, a file now and then, and is said until the file is no longer needed. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { JsonStore } from '../../store/json-store.js';
import { filesOf, newFolder, removeFolders } from './folder.js';
import { quickDisk } from './quick-disk.js';
import { batchOf, seen } from './uploads.js';

afterEach(removeFolders);

/** A closed store of two chunks in files of their own and a bundle. */
async function filled(): Promise<string> {
  const folder = await newFolder();
  const store = await opened(folder, 0);
  await store.addBatch(batchOf(0, 80, { device: 'large' }));
  for (const device of ['a', 'b']) await store.addBatch(batchOf(0, 3, { device }));
  await store.close();
  return folder;
}

async function opened(folder: string, verifyEveryMs: number, log: string[] = []): Promise<JsonStore> {
  const store = new JsonStore(folder, {
    disk: quickDisk,
    budgets: { chunk: 40 },
    verifyEveryMs,
    log: (text) => log.push(text),
  });
  await store.open();
  return store;
}

async function flip(file: string): Promise<void> {
  const bytes = await readFile(file);
  bytes[bytes.length >> 1]! ^= 0x55;
  await writeFile(file, bytes);
}

test.each(['series/1/', 'bundles/'])(
  'damage under %s is found, though nobody asks for what is in it',
  async (where) => {
    const folder = await filled();
    const file = (await filesOf(folder)).find((name) => name.startsWith(where))!;
    await flip(path.join(folder, file));
    const log: string[] = [];
    const store = await opened(folder, 1, log);
    await expect.poll(() => store.health().verified).toBeGreaterThan(8);
    expect(store.health().damaged).toEqual([{ file, offset: expect.any(Number), what: expect.any(String) }]);
    // said once, not each time
    expect(log.filter((text) => text.includes(file))).toHaveLength(1);
    await store.close();
  },
);

test('a missing file is found, too, and a file that is whole again is no longer named', async () => {
  const folder = await filled();
  const file = (await filesOf(folder)).find((name) => name.startsWith('series/1/'))!;
  const bytes = await readFile(path.join(folder, file));
  await rm(path.join(folder, file));
  const store = await opened(folder, 1);
  await expect.poll(() => store.health().damaged).toMatchObject([{ file, what: 'the file is missing' }]);
  await writeFile(path.join(folder, file), bytes);
  await expect.poll(() => store.health().damaged).toEqual([]);
  await store.close();
});

test('a bundle that is whole again is read again, though what could be read of it was in memory', async () => {
  const folder = await newFolder();
  const first = await opened(folder, 0);
  for (let i = 0; i < 100; i++) await first.addBatch(batchOf(0, 3, { device: `esp-${i}` }));
  await first.close();
  const file = path.join(
    folder,
    (await filesOf(folder)).find((name) => name.startsWith('bundles/'))!,
  );
  const bytes = await readFile(file);
  await flip(file);
  const store = await opened(folder, 1);
  const all = () => Promise.allSettled(Array.from({ length: 100 }, (_, i) => seen(store, i + 1)));
  const before = (await all()).map(({ status }) => status);
  expect(new Set(before)).toEqual(new Set(['fulfilled', 'rejected']));
  await writeFile(file, bytes);
  await expect.poll(() => store.health().damaged).toEqual([]);
  expect((await all()).map(({ status }) => status)).toEqual(before.map(() => 'fulfilled'));
  await store.close();
});

test('a file that is whole, but has got into the place of another, is found, and stays named', async () => {
  const folder = await filled();
  const [one, other] = (await filesOf(folder)).filter((name) => name.startsWith('series/1/')) as [string, string];
  const bytes = await readFile(path.join(folder, one));
  await writeFile(path.join(folder, other), bytes);
  const store = await opened(folder, 1);
  await expect.poll(() => store.health().verified).toBeGreaterThan(8);
  const what = 'it holds other points than the catalog says';
  expect(store.health().damaged).toMatchObject([{ file: other, what }]);
  await store.close();
});

test('what is whole, or goes with its series meanwhile, is not called damaged', async () => {
  const folder = await filled();
  const store = await opened(folder, 1);
  await expect.poll(() => store.health().verified).toBeGreaterThan(6);
  await store.deleteSeries(1);
  const { verified } = store.health();
  await expect.poll(() => store.health().verified).toBeGreaterThan(verified + 6);
  expect(store.health()).toMatchObject({ damaged: [], notes: [] });
  await store.close();
});

test('damage that a reader meets is named until the file is gone; where nothing is verified, that is all', async () => {
  const folder = await filled();
  const file = (await filesOf(folder)).find((name) => name.startsWith('series/1/'))!;
  await flip(path.join(folder, file));
  const store = await opened(folder, 0);
  expect(store.health()).toMatchObject({ damaged: [], verified: 0 });
  await expect(seen(store, 1)).rejects.toMatchObject({ code: 'damaged' });
  await expect(seen(store, 1)).rejects.toMatchObject({ code: 'damaged' });
  expect(store.health().damaged).toMatchObject([{ file }]);
  await store.deleteSeries(1);
  await expect.poll(() => store.health().damaged).toEqual([]);
  await store.close();
});

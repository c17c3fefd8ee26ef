/** What a checkpoint does to chunks and journal, and what it must not do to whoever reads or writes meanwhile. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Budgets } from '../../store/budgets.js';
import { openCatalog, type CatalogData } from '../../store/catalog.js';
import type { ChunkRef } from '../../store/chunk.js';
import { JsonStore } from '../../store/json-store.js';
import { chunkFilesOf, filesOf, newFolder, removeFolders } from './folder.js';
import { quickDisk } from './quick-disk.js';
import {
  ALL,
  ALWAYS,
  batchOf,
  MINUTE,
  newSeries,
  ONCE,
  pointsAt,
  refusedBatch,
  seen,
  T0,
  temperatures,
} from './uploads.js';

const opened: JsonStore[] = [];

afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
  await removeFolders();
});

async function open(folder: string, budgets: Partial<Budgets> = {}): Promise<JsonStore> {
  const store = new JsonStore(folder, { disk: quickDisk, budgets: { chunk: 10, ...budgets } });
  opened.push(store);
  await store.open();
  return store;
}

async function chunksOf(folder: string): Promise<ChunkRef[]> {
  const text = await readFile(path.join(folder, 'catalog.json'), 'utf8');
  const { data } = JSON.parse(text) as { data: CatalogData };
  for (const { chunks } of data.series)
    for (const [i, chunk] of chunks.entries()) {
      expect(chunk.from).toBeGreaterThanOrEqual(chunks[i - 1]?.to ?? 0);
      expect(chunk.points).toBeLessThanOrEqual(10);
    }
  return data.series.flatMap(({ chunks }) => chunks);
}

/** Does something with a store on the folder, which ends with a checkpoint; the chunks there are then. */
async function session(folder: string, work: (store: JsonStore) => Promise<unknown>): Promise<ChunkRef[]> {
  const store = await open(folder);
  await work(store);
  await store.close();
  return chunksOf(folder);
}

test('points that follow fill up the last chunk; full ones stay as they are', async () => {
  const folder = await newFolder();
  const sizes = [];
  let before: ChunkRef[] = [];
  for (let first = 0; first < 36; first += 3) {
    const chunks = await session(folder, (store) => store.addBatch(batchOf(first, 3)));
    for (const full of before.filter(({ points }) => points === 10)) expect(chunks).toContainEqual(full);
    sizes.push(chunks.map(({ points }) => points));
    before = chunks;
  }
  expect(sizes.slice(0, 6)).toEqual([[3], [6], [6, 3], [10, 2], [10, 5], [10, 5, 3]]);
  expect(sizes.at(-1)).toEqual([10, 10, 10, 6]);
});

test('a late point and a deletion write only the chunk they fall into', async () => {
  const folder = await newFolder();
  const before = await session(folder, (store) => store.addBatch(batchOf(0, 40)));
  expect(before.map(({ points }) => points)).toEqual([10, 10, 10, 10]);
  const late = await session(folder, (store) => store.addPoints(1, pointsAt(T0 + 12.5 * MINUTE), ONCE));
  expect(late.map(({ points }) => points)).toEqual([10, 3, 3, 3, 2, 10, 10]);
  expect([late[0], ...late.slice(5)]).toEqual([before[0], ...before.slice(2)]);
  const after = await session(folder, (store) => store.deletePoint(35_000_001));
  expect(after.map(({ points }) => points)).toEqual([10, 3, 3, 3, 2, 10, 9]);
  expect(after.slice(0, 6)).toEqual(late.slice(0, 6));
  expect(await chunkFilesOf(folder)).toEqual([...new Set(after.map(({ file }) => file))].sort());
});

test('a chunk whose points are all deleted goes, and so does a series with its folder', async () => {
  const folder = await newFolder();
  await session(folder, (store) => store.addBatch(batchOf(0, 20)));
  const chunks = await session(folder, async (store) => {
    for (let n = 1; n <= 10; n++) await store.deletePoint(n * 1_000_000 + 1);
  });
  expect(chunks.map(({ points }) => points)).toEqual([10]);
  expect(await session(folder, (store) => store.deleteSeries(1))).toEqual([]);
  expect(await filesOf(folder)).toEqual(['catalog.json', 'journal/00000004.ndjson']);
});

test('a clean end leaves nothing to replay, and a start without changes writes nothing', async () => {
  const folder = await newFolder();
  await session(folder, (store) => store.addBatch(batchOf(0, 3)));
  const files = await filesOf(folder);
  expect(files).toEqual(['bundles/00000002-0.json.gz', 'catalog.json', 'journal/00000002.ndjson']);
  expect((await readFile(path.join(folder, 'journal/00000002.ndjson'), 'utf8')).split('\n')).toHaveLength(2);
  const contents = () => Promise.all(files.map((name) => readFile(path.join(folder, name))));
  const before = await contents();
  await session(folder, async (store) => {
    expect(await temperatures(store, 1)).toEqual([0, 1, 2]);
  });
  expect(await filesOf(folder)).toEqual(files);
  expect(await contents()).toEqual(before);
});

test.each(['asc', 'desc'] as const)(
  'who reads (%s) sees what was there when it began, whatever happens',
  async (order) => {
    const folder = await newFolder();
    await session(folder, (store) => store.addBatch(batchOf(0, 40)));
    const store = await open(folder, { journal: 1, cache: 1 });
    await store.addBatch(batchOf(40, 5));
    const expected = await seen(store, 1, { ...ALL, order });
    const read = store.read(1, { ...ALL, order });
    const times: number[] = [];
    for (let i = 0; ; i++) {
      const { done, value } = await read.next();
      if (done === true) break;
      times.push(...value.time);
      // Each is a checkpoint of its own.
      await store.addPoints(1, pointsAt(T0 + i * 7 * MINUTE + 1), ONCE);
      await store.deletePoint((i + 1) * 5_000_001 - i);
      if (i === 2) await store.deleteSeries(1);
      if (i === 2) break;
    }
    for await (const { time } of read) times.push(...time);
    expect(times).toEqual(expected.map(([, time]) => time));
    await store.close();
    expect(await chunkFilesOf(folder)).toEqual([]);
  },
);

test('repeats are found while checkpoints move what they repeat', async () => {
  const store = await open(await newFolder(), { journal: 1 });
  const id = await store.createSeries(newSeries());
  const first = await store.addPoints(id, pointsAt(...Array.from({ length: 50 }, (_, i) => T0 + i)), ONCE);
  const repeats = first.ids.map((_, i) => store.addPoints(id, [{ time: T0 + i, fields: { temp_C: i } }], ONCE));
  const others = first.ids.map((_, i) => store.addPoints(id, [{ time: T0 + i, fields: { temp_C: -1 } }], ALWAYS));
  const answers = await Promise.all(repeats);
  expect(answers).toEqual(first.ids.map((one) => ({ ids: [one], stored: 0, duplicates: 1 })));
  await Promise.all(others);
  expect(await store.countPoints()).toBe(100);
});

test('quarantine keeps to its budget, and what is in it can be read by a person', async () => {
  const folder = await newFolder();
  const store = await open(folder, { quarantine: 2 * 4096 });
  const body = '{"a":"' + 'x'.repeat(100) + '"}';
  const outcome = await store.quarantine(refusedBatch(0, 1, body));
  expect(outcome).toMatchObject({ kind: 'done', next: 1 });
  await store.quarantine(refusedBatch(1, 1, `${body} `));
  await expect(store.quarantine(refusedBatch(2, 1, `${body}  `))).rejects.toMatchObject({ code: 'quarantine-full' });
  expect((await store.device('esp'))!.ledger[0]).toMatchObject({ next: 2, quarantined: 2 });
  const name = outcome.kind === 'done' ? outcome.name : '';
  const { data } = JSON.parse(await readFile(path.join(folder, `quarantine/${name}.json`), 'utf8')) as {
    data: unknown;
  };
  expect(data).toEqual(refusedBatch(0, 1, body));
});

test('when there are no series ids left it says so, and what there is goes on', async () => {
  const folder = await newFolder();
  await session(folder, (store) => store.addBatch(batchOf(0, 3)));
  const catalog = openCatalog(quickDisk, folder);
  await catalog.read();
  catalog.data!.nextSeries = 990_001;
  await catalog.write();
  const store = await open(folder);
  await expect(store.createSeries(newSeries())).rejects.toMatchObject({ code: 'full' });
  const other = { device: 'other', sensors: { a: { x: [1] } } };
  await expect(store.addBatch(batchOf(0, 1, other))).rejects.toMatchObject({ code: 'full' });
  expect(await store.addBatch(batchOf(3, 1))).toMatchObject({ stored: 1, series: { probe: 1 } });
});

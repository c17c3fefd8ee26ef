/** Buckets from what the catalog knows of a chunk, where it can be had from there. */
import * as fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import type { Disk } from '../../store/disk.js';
import { JsonStore } from '../../store/json-store.js';
import { AGGREGATES } from '../../store/store.js';
import { newFolder, removeFolders } from './folder.js';
import { naiveBuckets } from './naive-buckets.js';
import { quickDisk } from './quick-disk.js';
import { ALWAYS, batchOf, MINUTE, newSeries, seen, T0 } from './uploads.js';

afterEach(removeFolders);

/** Writes down which chunks are read. */
function watched(): { disk: Disk; read: string[] } {
  const read: string[] = [];
  const readFile = (path: string) => {
    if (path.endsWith('.gz')) read.push(path);
    return quickDisk.readFile(path);
  };
  return { disk: { ...quickDisk, readFile }, read };
}

async function opened(folder: string): Promise<JsonStore> {
  const store = new JsonStore(folder, { disk: quickDisk });
  await store.open();
  return store;
}

test('only the chunks in which a bucket begins or ends, or that something was done to, are opened', async () => {
  const folder = await newFolder();
  const { disk, read } = watched();
  const open = async () => {
    const store = new JsonStore(folder, { disk, budgets: { chunk: 10, cache: 0 } });
    await store.open();
    read.length = 0;
    return store;
  };
  let store = await open();
  const id = await store.createSeries(newSeries());
  const points = Array.from({ length: 100 }, (_, i) => ({ time: T0 + i, fields: { x: i / 16, s: 'text' } }));
  const { ids } = await store.addPoints(id, points, ALWAYS);
  await store.close();
  store = await open();
  const query = { from: T0, to: T0 + 100, buckets: 5, aggregates: AGGREGATES };
  const answer = await store.buckets(id, query);
  expect(answer.fields['x']).toMatchObject({ count: [20, 20, 20, 20, 20], first: [0, 1.25, 2.5, 3.75, 5] });
  expect(read).toHaveLength(0);
  expect((await store.buckets(id, { ...query, to: T0 + 96, buckets: 2 })).fields['x']!.count).toEqual([48, 49]);
  expect(read).toHaveLength(2);
  read.length = 0;
  await store.deletePoint(ids[55]!);
  read.length = 0;
  await store.addPoints(id, [{ time: T0 + 22, fields: { x: 0 } }], ALWAYS);
  expect((await store.buckets(id, query)).fields['x']!.count).toEqual([20, 21, 19, 20, 20]);
  expect(read).toHaveLength(2);
  await store.close();
});

test('a sum that no number can hold is not kept, and has no mean', async () => {
  const folder = await newFolder();
  let store = await opened(folder);
  const id = await store.createSeries(newSeries());
  const points = [1.7e308, 1.7e308, -1.7e308].map((x, i) => ({ time: T0 + i, fields: { x } }));
  await store.addPoints(id, points, ALWAYS);
  await store.close();
  store = await opened(folder);
  const query = { from: T0, to: T0 + 2, buckets: 1, aggregates: ['mean', 'max', 'min', 'count'] as const };
  const fields = { x: { mean: [null], max: [1.7e308], min: [-1.7e308], count: [3] } };
  expect(await store.buckets(id, query)).toEqual({ time: [T0], fields });
  await store.close();
});

const YEAR = 525_600;
const temperature = (minute: number): number => (320 + ((minute * 31) % 7) - ((minute * 17) % 5)) / 16;

test.each<[string, (minute: number) => number, number]>([
  ['on time', () => 0, 1],
  ['late by up to a second', (minute) => (minute * 7919) % 997, 2],
])('a year of minutes, %s, in 300 buckets decodes what is at their ends, and no more', async (_, late, columns) => {
  const folder = await newFolder();
  let store = await opened(folder);
  for (let first = 0; first < YEAR; first += 10_000) {
    const minutes = Array.from({ length: Math.min(10_000, YEAR - first) }, (_, i) => first + i);
    const sensors = { probe: { temp_C: minutes.map(temperature) } };
    const time = minutes.map((minute) => T0 + minute * MINUTE + late(minute));
    await store.addBatch(batchOf(first, minutes.length, { sensors, time }));
  }
  await store.close();
  store = await opened(folder);
  const query = { from: T0, to: T0 + YEAR * MINUTE - 1, buckets: 300, aggregates: AGGREGATES };
  const { time, fields } = await store.buckets(1, query);
  expect(store.health().decoded).toBeLessThanOrEqual(columns * 300 * 120);
  expect(time).toHaveLength(300);
  expect(fields['temp_C']!.count).toEqual(new Array(300).fill(YEAR / 300));
  const before = store.health().decoded;
  // days are whole slices but where a chunk begins in the middle of one
  const days = { ...query, to: T0 + 364 * 1440 * MINUTE - 1, buckets: 364 };
  expect((await store.buckets(1, days)).fields['temp_C']!.count).toEqual(new Array(364).fill(1440));
  if (columns === 1) expect(store.health().decoded - before).toBeLessThanOrEqual(364 * 120);
  await store.close();
});

const value = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -880, max: 2000 }).map((n) => n / 16) },
  { weight: 2, arbitrary: fc.constantFrom(null, 'wet', true) },
);
const fields = fc.dictionary(fc.constantFrom('a', 'b'), value, { maxKeys: 2 });
const upload = fc.array(fc.record({ time: fc.nat(200).map((n) => T0 + n), fields }), { maxLength: 40 });
const step = fc.record({ upload, deleted: fc.array(fc.nat(1000), { maxLength: 3 }), restart: fc.boolean() });
const window = fc.record({ from: fc.nat(200), length: fc.nat(250), buckets: fc.integer({ min: 1, max: 9 }) });

test('buckets are to the last bit what summing up the points gives, whatever was done to them', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 6 }),
      fc.array(window, { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1, max: 12 }),
      async (steps, windows, chunk) => {
        const folder = await newFolder();
        const open = async () => {
          const one = new JsonStore(folder, { disk: quickDisk, budgets: { chunk } });
          await one.open();
          return one;
        };
        let store = await open();
        try {
          const id = await store.createSeries(newSeries());
          const ids: number[] = [];
          for (const { upload: points, deleted, restart } of steps) {
            ids.push(...(await store.addPoints(id, points, ALWAYS)).ids);
            for (const n of deleted) if (ids.length > 0) await store.deletePoint(ids[n % ids.length]!);
            if (restart) {
              await store.close();
              store = await open();
            }
            for (const { from, length, buckets } of windows) {
              const query = { from: T0 + from, to: T0 + from + length, buckets, aggregates: AGGREGATES };
              expect(await store.buckets(id, query)).toEqual(naiveBuckets(await seen(store, id, query), query));
            }
          }
        } finally {
          await store.close();
          await removeFolders();
        }
      },
    ),
    { numRuns: 150 },
  );
});

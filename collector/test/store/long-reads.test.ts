/** Long windows are read in slices: a point that comes meanwhile doesn't wait for their end. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { JsonStore } from '../../store/json-store.js';
import { countTurns } from '../turns.js';
import { newFolder, removeFolders } from './folder.js';
import { ALL, batchOf, MINUTE, T0 } from './uploads.js';

const POINTS = 60_000;

let store: JsonStore;

beforeEach(async () => {
  store = new JsonStore(await newFolder(), { budgets: { chunk: 2048 } });
  await store.open();
  for (let first = 0; first < POINTS; first += 10_000) await store.addBatch(batchOf(first, 10_000, { oldest: 0 }));
});
afterEach(async () => {
  await store.close();
  await removeFolders();
});

const query = { from: T0, to: T0 + POINTS * MINUTE, buckets: 20_000, aggregates: ['mean' as const] };

async function readAll(): Promise<void> {
  for await (const _ of store.read(1, ALL));
}

const READS: [string, () => Promise<unknown>][] = [
  ['read()', readAll],
  ['buckets()', () => store.buckets(1, query)],
];

test.each(READS)('%s gives others their turn, though all is in the cache', async (_, read) => {
  // what is in memory becomes chunks
  for await (const _ of store.copy());
  await read();
  const turns = countTurns();
  await read();
  expect(turns()).toBeGreaterThan(4);
});

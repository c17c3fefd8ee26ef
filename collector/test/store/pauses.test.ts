/** Work in the background goes on in slices that are small however much there is to do: counted, not timed. */
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import type { CatalogSeries } from '../../store/catalog.js';
import { CHUNK_POINTS } from '../../store/chunk.js';
import type { Disk } from '../../store/disk.js';
import { jsonPieces } from '../../store/json-pieces.js';
import { JsonStore } from '../../store/json-store.js';
import { SLICE, Pauses } from '../../store/pauses.js';
import { newFolder, removeFolders } from './folder.js';
import { quickDisk } from './quick-disk.js';
import { ALWAYS, batchOf, MINUTE, newSeries, T0 } from './uploads.js';

afterEach(removeFolders);

/** A slice may end with one step more: the rows of a chunk, with their times, numbers and one field. */
const HEAVIEST = SLICE + 3 * CHUNK_POINTS;

/** The work of the heaviest slice of a checkpoint after `fill`, and how many slices there were. */
async function checkpointAfter(fill: (store: JsonStore) => Promise<unknown>) {
  const everything = { journal: 1024 ** 3, head: 1e9 };
  const store = new JsonStore(await newFolder(), { disk: quickDisk, budgets: everything });
  await store.open();
  await fill(store);
  expect(store.health().background.slices.count).toBe(0);
  await store.close();
  const { checkpoints, slices, heaviest } = store.health().background;
  expect(checkpoints).toBe(1);
  return { heaviest, count: slices.count };
}

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

test('many series', async () => {
  const { heaviest, count } = await checkpointAfter((store) =>
    Promise.all(range(3000).map((i) => store.addBatch(batchOf(0, 20, { device: `esp-${i}` })))),
  );
  expect(heaviest).toBeLessThan(2 * SLICE);
  expect(count).toBeGreaterThan((3000 * 20 * 3) / (2 * SLICE));
});

test('many points of one series, in order and late', async () => {
  for (const back of [1, -1]) {
    const { heaviest, count } = await checkpointAfter(async (store) => {
      for (let first = 0; first < 200_000; first += 5000) {
        const time = range(5000).map((i) => T0 + (back * first + i) * MINUTE);
        await store.addBatch(batchOf(first, 5000, { oldest: 0, time }));
      }
    });
    expect(heaviest).toBeLessThan(HEAVIEST);
    expect(count).toBeGreaterThan(200_000 / HEAVIEST);
  }
});

test('many plain points of one series, in no order', async () => {
  const { heaviest } = await checkpointAfter(async (store) => {
    const id = await store.createSeries(newSeries());
    for (let n = 0; n < 100; n++) {
      const points = range(1000).map((i) => ({
        time: T0 + ((i * 7919 + n) % 100_000) * MINUTE,
        fields: { temp_C: i },
      }));
      await store.addPoints(id, points, ALWAYS);
    }
  });
  expect(heaviest).toBeLessThan(HEAVIEST);
});

test('what is waited for is no part of a slice, nor is the time between two checkpoints', async () => {
  // a clock that goes while something is waited for, and stands while there is work
  vi.useFakeTimers({ toFake: ['performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const disk: Disk = {
    ...quickDisk,
    open: async (path, flags) =>
      Object.assign(await quickDisk.open(path, flags), {
        sync: async () => void vi.advanceTimersByTime(path.endsWith('.tmp') ? 20 : 0),
      }),
  };
  const store = new JsonStore(await newFolder(), { disk });
  await store.open();
  for (let i = 0; i < 3; i++) {
    await store.addBatch(batchOf(20_000 * i, 20_000));
    vi.advanceTimersByTime(300);
    // makes a checkpoint
    for await (const _ of store.copy());
  }
  const { slices } = store.health().background;
  expect(slices.count).toBeGreaterThan(0);
  expect(slices.sum).toBe(0);
  await store.close();
});

test('a catalog is written in small pieces, whether it is long by its series or by the chunks of one', () => {
  const sums = { temp_C: { count: 32_768, sum: 1, min: 2, max: 3, first: 4, last: 5 } };
  const chunk = (i: number) => ({ file: `series/1/${i}`, points: 32_768, from: i, to: i, low: i, high: i, sums });
  const one = (id: number, chunks: number) => ({ id, desc: '"é"', chunks: range(chunks).map(chunk), dead: [] });
  for (const [series, chunks] of [
    [3000, 1],
    [1, 3000],
    [20, 300],
    [0, 0],
  ] as const) {
    const data = {
      series: range(series).map((id) => one(id, chunks)) as object[] as CatalogSeries[],
      devices: [],
      x: {},
    };
    const pieces = [...jsonPieces(data)];
    expect(pieces.join('')).toBe(JSON.stringify(data));
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(16_384);
  }
});

test('a slice is over when there was enough work, and begins again after everybody else had their turn', async () => {
  const ended: number[] = [];
  const pauses = new Pauses((work) => ended.push(work));
  let turns = 0;
  let over = false;
  const others = (): void => {
    turns++;
    if (!over) setImmediate(others);
  };
  others();
  for (let i = 0; i < 100; i++) await pauses.did(SLICE / 4);
  over = true;
  expect(ended.length).toBeGreaterThanOrEqual(25);
  expect(Math.max(...ended)).toBe(SLICE);
  expect(turns).toBeGreaterThanOrEqual(ended.length);
});

/** Part of the contract of every store: see store-contract.ts. */
import { describe, expect, test } from 'vitest';
import { AGGREGATES, type BucketQuery, type Store } from '../../store/store.js';
import { naiveBuckets } from './naive-buckets.js';
import type { Stage } from './store-contract.js';
import { ALWAYS, batchOf, MINUTE, newSeries, ONCE, seen, T0 } from './uploads.js';

/** Buckets that begin between readings, at readings, and that hold many, few or no reading. */
const COUNTS = [1, 2, 3, 7, 60, 997];

async function compare(store: Store, series: number, from: number, to: number): Promise<void> {
  for (const buckets of COUNTS) {
    const query: BucketQuery = { from, to, buckets, aggregates: AGGREGATES };
    const expected = naiveBuckets(await seen(store, series, { from, to }), query);
    expect(await store.buckets(series, query)).toEqual(expected);
  }
}

export function bucketContract(stage: Stage): void {
  describe('buckets', () => {
    test('are what summing up the points gives, before and after a restart', async () => {
      let store = await stage.start();
      const temp_C = Array.from({ length: 1300 }, (_, n) => (n % 11 === 0 ? null : 20 + ((n * 37) % 160) / 16));
      const batt_V = Array.from({ length: 1300 }, (_, n) => (n < 300 ? null : n / 4));
      const upload = batchOf(0, 1300, { sensors: { probe: { temp_C, batt_V } }, estimated: true });
      await store.addBatch(upload);
      const end = T0 + 1300 * MINUTE;
      await compare(store, 1, T0, end);
      store = await stage.restart();
      await compare(store, 1, T0, end);
      await compare(store, 1, T0 - MINUTE, T0 + 100 * MINUTE);
      await compare(store, 1, T0 + 7 * MINUTE + 1, end - MINUTE);
      await store.addBatch(batchOf(1300, 100));
      await compare(store, 1, T0, end + 100 * MINUTE);
    });

    test('know of late points, and of deleted ones', async () => {
      let store = await stage.start();
      const id = await store.createSeries(newSeries());
      const values = [1, 2, 'wet', 3, null, 4.5, 8, -2.25];
      const points = values.map((x, i) => ({ time: T0 + i * MINUTE, fields: { x } }));
      const { ids } = await store.addPoints(id, points, ONCE);
      store = await stage.restart();
      await compare(store, id, T0, T0 + 8 * MINUTE);
      expect(await store.deletePoint(ids[6]!)).toBe(true);
      await compare(store, id, T0, T0 + 8 * MINUTE);
      await store.addPoints(id, [{ time: T0 + 1, fields: { x: 100, y: 1 } }], ONCE);
      await compare(store, id, T0, T0 + 8 * MINUTE);
      const atEnd = { time: T0 + 7 * MINUTE, fields: { x: 7 } };
      await store.addPoints(id, [atEnd, atEnd], ALWAYS);
      await compare(store, id, T0, T0 + 8 * MINUTE);
      store = await stage.restart();
      await compare(store, id, T0, T0 + 8 * MINUTE);
    });

    test('are of the fields asked for, and none where nothing is', async () => {
      const store = await stage.start();
      const id = await store.createSeries(newSeries());
      await store.addPoints(id, [{ time: T0, fields: { a: 1, b: 2 } }], ONCE);
      const query: BucketQuery = { from: T0, to: T0 + 10, buckets: 2, aggregates: ['last', 'count'], fields: ['b'] };
      expect(await store.buckets(id, query)).toEqual({ time: [T0], fields: { b: { last: [2], count: [1] } } });
      const none = { time: [], fields: {} };
      expect(await store.buckets(id, { ...query, fields: [] })).toEqual(none);
      expect(await store.buckets(id, { ...query, from: T0 + 1 })).toEqual(none);
      expect(await store.buckets(id, { ...query, from: T0 + 10, to: T0 })).toEqual(none);
      await expect(store.buckets(999, query)).rejects.toMatchObject({ code: 'unknown-series' });
    });
  });
}

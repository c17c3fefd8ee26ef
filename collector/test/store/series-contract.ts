/** Part of the contract of every store: see store-contract.ts. */
import { describe, expect, test } from 'vitest';
import type { Stage } from './store-contract.js';
import { newSeries, ONCE, pointsAt, seen, T0 } from './uploads.js';

export function seriesContract(stage: Stage): void {
  describe('series', () => {
    test('have ids of their own, in ascending order, and what they were made with', async () => {
      const store = await stage.start();
      const a = await store.createSeries(newSeries('a'));
      const b = await store.createSeries(newSeries(null));
      expect(b).toBeGreaterThan(a);
      expect(await store.listSeries()).toEqual([
        { ...newSeries('a'), id: a, sensor: null, count: 0 },
        { ...newSeries(null), id: b, sensor: null, count: 0 },
      ]);
      expect(await store.series(a)).toEqual((await store.listSeries())[0]);
      expect(await store.series(99)).toBeUndefined();
    });

    test('are patched member by member', async () => {
      let store = await stage.start();
      const id = await store.createSeries(newSeries('a'));
      await store.patchSeries(id, { desc: null });
      expect(await store.patchSeries(id, { device_desc: 'b' })).toMatchObject({ desc: null, device_desc: 'b' });
      store = await stage.restart();
      expect(await store.series(id)).toMatchObject({ desc: null, device_desc: 'b' });
      await expect(store.patchSeries(99, { desc: 'x' })).rejects.toMatchObject({ code: 'unknown-series' });
    });

    test('go with their points, and their ids never come back', async () => {
      let store = await stage.start();
      const id = await store.createSeries(newSeries());
      const { ids } = await store.addPoints(id, pointsAt(T0, T0 + 1), ONCE);
      expect(await store.deleteSeries(id)).toBe(true);
      expect(await store.deleteSeries(id)).toBe(false);
      expect(await store.countPoints()).toBe(0);
      expect(await store.point(ids[0]!)).toBeUndefined();
      await expect(seen(store, id)).rejects.toMatchObject({ code: 'unknown-series' });
      await expect(store.addPoints(id, pointsAt(T0), ONCE)).rejects.toMatchObject({ code: 'unknown-series' });
      store = await stage.restart();
      expect(await store.listSeries()).toEqual([]);
      expect(await store.createSeries(newSeries())).toBeGreaterThan(id);
    });
  });
}

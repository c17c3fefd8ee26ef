/** Part of the contract of every store: see store-contract.ts. */
import { describe, expect, test } from 'vitest';
import type { Block } from '../../store/store.js';
import type { Stage } from './store-contract.js';
import { batchOf, MINUTE, newSeries, ONCE, pointsAt, T0 } from './uploads.js';

const DAY = 86_400_000;

function fail(): never {
  throw new Error('not today');
}

export function newsContract(stage: Stage): void {
  describe('what is told', () => {
    test('latest is the newest point with a value', async () => {
      let store = await stage.start();
      const id = await store.createSeries(newSeries());
      expect(await store.latest(id)).toBeUndefined();
      await store.addPoints(id, pointsAt(T0 + 5, T0), ONCE);
      const nothing = [
        { time: T0 + 9, fields: { temp_C: null } },
        { time: T0 + 8, fields: {} },
      ];
      await store.addPoints(id, nothing, ONCE);
      expect(await store.latest(id)).toMatchObject({ time: T0 + 5, fields: { temp_C: 0 } });
      store = await stage.restart();
      expect(await store.latest(id)).toMatchObject({ time: T0 + 5, fields: { temp_C: 0 } });
      await expect(store.latest(99)).rejects.toMatchObject({ code: 'unknown-series' });
    });

    test('latest follows what is added, late or without a value, and what is deleted', async () => {
      const store = await stage.start();
      const id = await store.createSeries(newSeries());
      const add = async (time: number, temp_C: number | null) =>
        (await store.addPoints(id, [{ time, fields: { temp_C } }], ONCE)).ids[0]!;
      const newest = async () => (await store.latest(id))?.time;
      const first = await add(T0, 1);
      expect(await newest()).toBe(T0);
      await add(T0 - 90 * DAY, 2);
      expect(await newest()).toBe(T0);
      const later = await add(T0 + DAY, 3);
      await add(T0 + 400 * DAY, null);
      expect(await newest()).toBe(T0 + DAY);
      await store.deletePoint(later);
      expect(await newest()).toBe(T0);
      const again = await add(T0, 4);
      expect((await store.latest(id))?.id).toBe(again);
      await store.deletePoint(again);
      await store.deletePoint(first);
      expect(await newest()).toBe(T0 - 90 * DAY);
    });

    test('who fails to listen keeps nothing from being stored, and nobody else from hearing of it', async () => {
      const store = await stage.start();
      store.subscribe(fail);
      store.watch(fail);
      const heard: number[] = [];
      store.subscribe((_, { length }) => heard.push(length));
      expect(await store.addBatch(batchOf(0, 2))).toMatchObject({ stored: 2, next: 2, series: { probe: 1 } });
      expect(await store.addBatch(batchOf(0, 2))).toMatchObject({ stored: 0, duplicates: 2 });
      expect(heard).toEqual([2]);
      expect(await store.listDevices()).toMatchObject([{ ledger: [{ stored: 2, duplicates: 2 }] }]);
      expect(store.health().notes.join()).toContain('not today');
    });

    test('subscribers hear of every point ONCE, in storage order, until they leave', async () => {
      const store = await stage.start();
      const heard: [number, Block][] = [];
      const leave = store.subscribe((series, block) => heard.push([series.id, block]));
      const id = await store.createSeries(newSeries());
      const { ids } = await store.addPoints(id, pointsAt(T0 + 1, T0), ONCE);
      await store.addPoints(id, pointsAt(T0 + 1), ONCE);
      await store.addBatch(batchOf(0, 2));
      leave();
      await store.addBatch(batchOf(2, 2));
      expect(heard.map(([series, { length, time }]) => [series, length, [...time]])).toEqual([
        [id, 2, [T0 + 1, T0]],
        [id + 1, 2, [T0, T0 + MINUTE]],
      ]);
      expect([...heard[0]![1].id]).toEqual(ids);
    });

    test('health counts, and knows when something was last received', async () => {
      let store = await stage.start();
      expect(store.health()).toMatchObject({ state: 'open', points: 0, series: 0, newest: 0 });
      await store.addBatch(batchOf(0, 3, { received: T0 + 7 }));
      await store.addBatch(batchOf(3, 1, { received: T0 + 5 }));
      store = await stage.restart();
      expect(store.health()).toMatchObject({ state: 'open', points: 4, series: 1, newest: T0 + 7 });
      await store.close();
      expect(store.health().state).toBe('closed');
      await expect(store.createSeries(newSeries())).rejects.toMatchObject({ code: 'closing' });
      await store.close();
    });
  });
}

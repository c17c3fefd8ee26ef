/** Part of the contract of every store: see store-contract.ts. */
import { describe, expect, test } from 'vitest';
import type { Stage } from './store-contract.js';
import { ALL, ALWAYS, newSeries, ONCE, pointsAt, seen, T0 } from './uploads.js';

export function pointContract(stage: Stage): void {
  describe('plain points', () => {
    test('come back by time, whatever the order they came in', async () => {
      let store = await stage.start();
      const id = await store.createSeries(newSeries());
      const { ids, stored, duplicates } = await store.addPoints(id, pointsAt(T0 + 2, T0, T0 + 1), ONCE);
      expect([stored, duplicates]).toEqual([3, 0]);
      const [first, second, third] = ids as [number, number, number];
      expect(first < second && second < third).toBe(true);
      const expected = [
        [second, T0, { temp_C: 1 }],
        [third, T0 + 1, { temp_C: 2 }],
        [first, T0 + 2, { temp_C: 0 }],
      ];
      expect(await seen(store, id)).toEqual(expected);
      store = await stage.restart();
      expect(await seen(store, id)).toEqual(expected);
      expect(await seen(store, id, { ...ALL, order: 'desc' })).toEqual(expected.reverse());
    });

    test('are found in a window with both ends inclusive', async () => {
      let store = await stage.start();
      const id = await store.createSeries(newSeries());
      await store.addPoints(id, pointsAt(T0, T0 + 10, T0 + 20, T0 + 30), ONCE);
      store = await stage.restart();
      await store.addPoints(id, pointsAt(T0 + 15, T0 + 40), ONCE);
      const window = { from: T0 + 10, to: T0 + 30 };
      expect((await seen(store, id, window)).map(([, time]) => time - T0)).toEqual([10, 15, 20, 30]);
      expect(await seen(store, id, { from: T0 + 31, to: T0 + 39 })).toEqual([]);
    });

    test('that came after a point come by id, wherever in time they are', async () => {
      let store = await stage.start();
      const id = await store.createSeries(newSeries());
      const times = Array.from({ length: 40 }, (_, i) => T0 + ((i * 7) % 40));
      const since = async (point: number): Promise<number[]> => {
        const found: number[] = [];
        for await (const block of store.since(id, point)) found.push(...block.id);
        return found;
      };
      const ids: number[] = [];
      for (let i = 0; i < 40; i += 5) {
        ids.push(...(await store.addPoints(id, pointsAt(...times.slice(i, i + 5)), ONCE)).ids);
        if (i % 15 === 0) store = await stage.restart();
      }
      await store.deletePoint(ids[12]!);
      for (const at of [-1, 0, 11, 12, 13, 34, 38, 39]) {
        const expected = ids.filter((_, i) => i > at && i !== 12);
        expect(await since(ids[at] ?? 0)).toEqual(expected);
      }
      await expect(async () => void (await store.since(999, 0)[Symbol.asyncIterator]().next())).rejects.toMatchObject({
        code: 'unknown-series',
      });
    });

    test('keep every JSON value as it was', async () => {
      let store = await stage.start();
      const id = await store.createSeries(newSeries());
      const values = [0.1, 1e300, 5e-324, -1.7976931348623157e308, 2 ** 53, 21.0625, null, true, 'text', 'ü', [1, {}]];
      const fields = [...values.map((x) => ({ x })), {}, { y: { a: [null] } }, { x: 1, y: 2 }];
      await store.addPoints(
        id,
        fields.map((f, i) => ({ time: T0 + i, fields: f })),
        ONCE,
      );
      expect((await seen(store, id)).map(([, , f]) => f)).toEqual(fields);
      store = await stage.restart();
      expect((await seen(store, id)).map(([, , f]) => f)).toEqual(fields);
    });

    test('sent again are duplicates with the first id, before and after a restart', async () => {
      let store = await stage.start();
      const id = await store.createSeries(newSeries());
      const sent = [
        { time: T0, fields: { a: 1, b: { c: null, d: 'x' } } },
        { time: T0, fields: { a: 2 } },
      ];
      const first = await store.addPoints(id, sent, ONCE);
      const turned = [{ time: T0, fields: { b: { d: 'x', c: null }, a: 1.0 } }];
      expect(await store.addPoints(id, turned, ONCE)).toEqual({ ids: [first.ids[0]], stored: 0, duplicates: 1 });
      store = await stage.restart();
      expect(await store.addPoints(id, sent, ONCE)).toEqual({ ids: first.ids, stored: 0, duplicates: 2 });
      const others = [
        { time: T0, fields: { a: 1 } },
        { time: T0 + 1, fields: { a: 2 } },
      ];
      expect(await store.addPoints(id, others, ONCE)).toMatchObject({ stored: 2, duplicates: 0 });
      expect(await store.countPoints()).toBe(4);
    });

    test('twice in one upload, or in two at the same time, are stored once', async () => {
      const store = await stage.start();
      const id = await store.createSeries(newSeries());
      const twice = [...pointsAt(T0), ...pointsAt(T0)];
      const [a, b] = await Promise.all([store.addPoints(id, twice, ONCE), store.addPoints(id, twice, ONCE)]);
      expect(a.ids).toEqual(b.ids);
      expect(new Set(a.ids).size).toBe(1);
      expect([a.stored + b.stored, a.duplicates + b.duplicates]).toEqual([1, 3]);
      expect(await store.countPoints()).toBe(1);
    });

    test('without a timestamp of their own are always new', async () => {
      const store = await stage.start();
      const id = await store.createSeries(newSeries());
      const a = await store.addPoints(id, pointsAt(T0), ALWAYS);
      const b = await store.addPoints(id, pointsAt(T0), ALWAYS);
      expect(b).toMatchObject({ stored: 1, duplicates: 0 });
      expect(await store.addPoints(id, pointsAt(T0), ONCE)).toMatchObject({ ids: a.ids, duplicates: 1 });
    });

    test('are found and deleted by id, which is never used again', async () => {
      let store = await stage.start();
      const id = await store.createSeries(newSeries());
      const { ids } = await store.addPoints(id, pointsAt(T0, T0 + 1, T0 + 2), ONCE);
      const [first, second, last] = ids as [number, number, number];
      const point = { id: second, series_id: id, time: T0 + 1, fields: { temp_C: 1 }, estimated: false };
      expect(await store.point(second)).toEqual(point);
      expect(await store.deletePoint(last)).toBe(true);
      store = await stage.restart();
      expect(await store.point(second)).toEqual(point);
      const answers = await Promise.all([store.deletePoint(first), store.deletePoint(first)]);
      expect(answers.sort()).toEqual([false, true]);
      expect(await store.point(first)).toBeUndefined();
      store = await stage.restart();
      expect(await store.deletePoint(first)).toBe(false);
      expect((await store.series(id))!.count).toBe(1);
      expect(await seen(store, id)).toEqual([[second, T0 + 1, { temp_C: 1 }]]);
      const again = await store.addPoints(id, pointsAt(T0), ONCE);
      expect(again.ids[0]).toBeGreaterThan(last);
      for (const nonsense of [0, -1, 1, 999_999, 2 ** 53 - 1]) expect(await store.deletePoint(nonsense)).toBe(false);
    });

    test('many of them come in blocks, each ascending, in order', async () => {
      let store = await stage.start();
      const id = await store.createSeries(newSeries());
      const count = 20_000;
      for (let i = 0; i < count; i += 5000) {
        const times = Array.from({ length: 5000 }, (_, k) => T0 + (((i + k) * 7919) % count));
        await store.addPoints(id, pointsAt(...times), ALWAYS);
        if (i === 10_000) store = await stage.restart();
      }
      let last = Number.NEGATIVE_INFINITY;
      let total = 0;
      for await (const block of store.read(id, ALL)) {
        for (const time of block.time) {
          expect(time).toBeGreaterThan(last);
          last = time;
        }
        total += block.length;
      }
      expect(total).toBe(count);
    });
  });
}

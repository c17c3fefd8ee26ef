/**
 * What every store has to do, whatever it is made of. `open` gives an empty, opened one; `reopen` closes it and opens
 * what it left behind (the same one where there is nothing to reopen).
 */
import { afterEach, describe, expect, test } from 'vitest';
import type { Block, Store } from '../../store/store.js';
import { ALL, batchOf, MINUTE, newSeries, refusedBatch, seen, T0, temperatures } from './uploads.js';

export interface StoreUnderTest {
  open: () => Promise<Store>;
  reopen: (store: Store) => Promise<Store>;
  /** removes what the test left */
  clean: () => Promise<void>;
}

export function storeContract(name: string, { open, reopen, clean }: StoreUnderTest): void {
  describe(name, () => {
    let store: Store;
    const start = async () => (store = await open());
    const restart = async () => (store = await reopen(store));
    afterEach(async () => {
      await store.close();
      await clean();
    });
    const once = { once: true, received: T0 };
    const always = { once: false, received: T0 };
    const points = (...times: number[]) => times.map((time, i) => ({ time, fields: { temp_C: i } }));

    describe('series', () => {
      test('have ids of their own, in ascending order, and what they were made with', async () => {
        await start();
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
        await start();
        const id = await store.createSeries(newSeries('a'));
        await store.patchSeries(id, { desc: null });
        expect(await store.patchSeries(id, { device_desc: 'b' })).toMatchObject({ desc: null, device_desc: 'b' });
        await restart();
        expect(await store.series(id)).toMatchObject({ desc: null, device_desc: 'b' });
        await expect(store.patchSeries(99, { desc: 'x' })).rejects.toMatchObject({ code: 'unknown-series' });
      });

      test('go with their points, and their ids never come back', async () => {
        await start();
        const id = await store.createSeries(newSeries());
        const { ids } = await store.addPoints(id, points(T0, T0 + 1), once);
        expect(await store.deleteSeries(id)).toBe(true);
        expect(await store.deleteSeries(id)).toBe(false);
        expect(await store.countPoints()).toBe(0);
        expect(await store.point(ids[0]!)).toBeUndefined();
        await expect(seen(store, id)).rejects.toMatchObject({ code: 'unknown-series' });
        await expect(store.addPoints(id, points(T0), once)).rejects.toMatchObject({ code: 'unknown-series' });
        await restart();
        expect(await store.listSeries()).toEqual([]);
        expect(await store.createSeries(newSeries())).toBeGreaterThan(id);
      });
    });

    describe('plain points', () => {
      test('come back by time, whatever the order they came in', async () => {
        await start();
        const id = await store.createSeries(newSeries());
        const { ids, stored, duplicates } = await store.addPoints(id, points(T0 + 2, T0, T0 + 1), once);
        expect([stored, duplicates]).toEqual([3, 0]);
        const [first, second, third] = ids as [number, number, number];
        expect(first < second && second < third).toBe(true);
        const expected = [
          [second, T0, { temp_C: 1 }],
          [third, T0 + 1, { temp_C: 2 }],
          [first, T0 + 2, { temp_C: 0 }],
        ];
        expect(await seen(store, id)).toEqual(expected);
        await restart();
        expect(await seen(store, id)).toEqual(expected);
        expect(await seen(store, id, { ...ALL, order: 'desc' })).toEqual(expected.reverse());
      });

      test('are found in a window with both ends inclusive', async () => {
        await start();
        const id = await store.createSeries(newSeries());
        await store.addPoints(id, points(T0, T0 + 10, T0 + 20, T0 + 30), once);
        await restart();
        await store.addPoints(id, points(T0 + 15, T0 + 40), once);
        const window = { from: T0 + 10, to: T0 + 30 };
        expect((await seen(store, id, window)).map(([, time]) => time - T0)).toEqual([10, 15, 20, 30]);
        expect(await seen(store, id, { from: T0 + 31, to: T0 + 39 })).toEqual([]);
      });

      test('keep every JSON value as it was', async () => {
        await start();
        const id = await store.createSeries(newSeries());
        const values = [
          0.1,
          1e300,
          5e-324,
          -1.7976931348623157e308,
          2 ** 53,
          21.0625,
          null,
          true,
          'text',
          'ü',
          [1, {}],
        ];
        const fields = [...values.map((x) => ({ x })), {}, { y: { a: [null] } }, { x: 1, y: 2 }];
        await store.addPoints(
          id,
          fields.map((f, i) => ({ time: T0 + i, fields: f })),
          once,
        );
        expect((await seen(store, id)).map(([, , f]) => f)).toEqual(fields);
        await restart();
        expect((await seen(store, id)).map(([, , f]) => f)).toEqual(fields);
      });

      test('sent again are duplicates with the first id, before and after a restart', async () => {
        await start();
        const id = await store.createSeries(newSeries());
        const sent = [
          { time: T0, fields: { a: 1, b: { c: null, d: 'x' } } },
          { time: T0, fields: { a: 2 } },
        ];
        const first = await store.addPoints(id, sent, once);
        const turned = [{ time: T0, fields: { b: { d: 'x', c: null }, a: 1.0 } }];
        expect(await store.addPoints(id, turned, once)).toEqual({ ids: [first.ids[0]], stored: 0, duplicates: 1 });
        await restart();
        expect(await store.addPoints(id, sent, once)).toEqual({ ids: first.ids, stored: 0, duplicates: 2 });
        const others = [
          { time: T0, fields: { a: 1 } },
          { time: T0 + 1, fields: { a: 2 } },
        ];
        expect(await store.addPoints(id, others, once)).toMatchObject({ stored: 2, duplicates: 0 });
        expect(await store.countPoints()).toBe(4);
      });

      test('twice in one upload, or in two at the same time, are stored once', async () => {
        await start();
        const id = await store.createSeries(newSeries());
        const twice = [...points(T0), ...points(T0)];
        const [a, b] = await Promise.all([store.addPoints(id, twice, once), store.addPoints(id, twice, once)]);
        expect(a.ids).toEqual(b.ids);
        expect(new Set(a.ids).size).toBe(1);
        expect([a.stored + b.stored, a.duplicates + b.duplicates]).toEqual([1, 3]);
        expect(await store.countPoints()).toBe(1);
      });

      test('without a timestamp of their own are always new', async () => {
        await start();
        const id = await store.createSeries(newSeries());
        const a = await store.addPoints(id, points(T0), always);
        const b = await store.addPoints(id, points(T0), always);
        expect(b).toMatchObject({ stored: 1, duplicates: 0 });
        expect(await store.addPoints(id, points(T0), once)).toMatchObject({ ids: a.ids, duplicates: 1 });
      });

      test('are found and deleted by id, which is never used again', async () => {
        await start();
        const id = await store.createSeries(newSeries());
        const { ids } = await store.addPoints(id, points(T0, T0 + 1, T0 + 2), once);
        const [first, second, last] = ids as [number, number, number];
        const point = { id: second, series_id: id, time: T0 + 1, fields: { temp_C: 1 }, estimated: false };
        expect(await store.point(second)).toEqual(point);
        expect(await store.deletePoint(last)).toBe(true);
        await restart();
        expect(await store.point(second)).toEqual(point);
        const answers = await Promise.all([store.deletePoint(first), store.deletePoint(first)]);
        expect(answers.sort()).toEqual([false, true]);
        expect(await store.point(first)).toBeUndefined();
        await restart();
        expect(await store.deletePoint(first)).toBe(false);
        expect((await store.series(id))!.count).toBe(1);
        expect(await seen(store, id)).toEqual([[second, T0 + 1, { temp_C: 1 }]]);
        const again = await store.addPoints(id, points(T0), once);
        expect(again.ids[0]).toBeGreaterThan(last);
        for (const nonsense of [0, -1, 1, 999_999, 2 ** 53 - 1]) expect(await store.deletePoint(nonsense)).toBe(false);
      });

      test('many of them come in blocks, each ascending, in order', async () => {
        await start();
        const id = await store.createSeries(newSeries());
        const count = 20_000;
        for (let i = 0; i < count; i += 5000) {
          const times = Array.from({ length: 5000 }, (_, k) => T0 + (((i + k) * 7919) % count));
          await store.addPoints(id, points(...times), always);
          if (i === 10_000) await restart();
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

    describe('batches', () => {
      test('make a series for each sensor, under the name of the sensor', async () => {
        await start();
        const sensors = { '28-01': { temp_C: [1, null] }, toString: { batt_V: [3, 4], rssi: [null, null] } };
        const upload = batchOf(7, 2, { sensors, device_desc: 'shed', time: [T0, T0 + 5] });
        const outcome = await store.addBatch(upload);
        expect(outcome).toMatchObject({ kind: 'done', next: 9, stored: 2, duplicates: 0, lost: 0 });
        const series = await store.listSeries();
        expect(
          series.map(({ desc, sensor, device_id, device_desc, count }) => [
            desc,
            sensor,
            device_id,
            device_desc,
            count,
          ]),
        ).toEqual([
          ['28-01', '28-01', 'esp', 'shed', 2],
          ['toString', 'toString', 'esp', 'shed', 2],
        ]);
        const ids = Object.fromEntries(series.map(({ sensor, id }) => [sensor, id]));
        expect(outcome).toMatchObject({ series: ids });
        await restart();
        expect((await seen(store, ids['28-01'])).map(([, , f]) => f)).toEqual([{ temp_C: 1 }, { temp_C: null }]);
        expect((await seen(store, ids['toString'])).map(([, , f]) => f)).toEqual([
          { batt_V: 3, rssi: null },
          { batt_V: 4, rssi: null },
        ]);
        expect(await store.device('esp')).toMatchObject({ sensors: ids, device_desc: 'shed', seen: T0 });
      });

      test('sent again store nothing, and the answer is the same but for the counts', async () => {
        await start();
        const first = await store.addBatch(batchOf(5, 3));
        const again = await store.addBatch(batchOf(5, 3));
        expect(again).toEqual({ ...first, stored: 0, duplicates: 3 });
        await restart();
        expect(await store.addBatch(batchOf(6, 4, { oldest: 5 }))).toMatchObject({
          stored: 2,
          duplicates: 2,
          next: 10,
        });
        const [series] = await store.listSeries();
        expect(await temperatures(store, series!.id)).toEqual([5, 6, 7, 8, 9]);
      });

      test('with a gap that the device can fill store nothing', async () => {
        await start();
        expect(await store.addBatch(batchOf(9, 1, { oldest: 4 }))).toEqual({ kind: 'gap', next: 4 });
        expect(await store.listDevices()).toEqual([]);
        await store.addBatch(batchOf(4, 2));
        expect(await store.addBatch(batchOf(9, 1, { oldest: 3 }))).toEqual({ kind: 'gap', next: 6 });
        expect(await store.addBatch(batchOf(9, 1, { oldest: 8 }))).toEqual({ kind: 'gap', next: 8 });
        expect(await store.addBatch(batchOf(9, 1))).toMatchObject({ stored: 1, lost: 3, next: 10 });
        expect((await store.device('esp'))!.ledger).toEqual([
          { log: 'log1', next: 10, before: 4, stored: 3, lost: 3, quarantined: 0, duplicates: 0, late: 0 },
        ]);
      });

      test('of one device that arrive together are applied in that order', async () => {
        await start();
        const outcomes = await Promise.all([0, 10, 20, 10, 30].map((first) => store.addBatch(batchOf(first, 10))));
        expect(outcomes.map((o) => o.kind === 'done' && [o.next, o.stored, o.duplicates])).toEqual([
          [10, 10, 0],
          [20, 10, 0],
          [30, 10, 0],
          [30, 0, 10],
          [40, 10, 0],
        ]);
      });

      test('belong to the user of the first one', async () => {
        await start();
        await store.addBatch(batchOf(0, 1, { user: 1 }));
        await expect(store.addBatch(batchOf(1, 1, { user: 2 }))).rejects.toMatchObject({ code: 'denied' });
        await restart();
        await expect(store.addBatch(batchOf(1, 1, { user: 2 }))).rejects.toMatchObject({ code: 'denied' });
        const refused = { ...refusedBatch(1, 1, 'x'), user: 2 };
        await expect(store.quarantine(refused)).rejects.toMatchObject({ code: 'denied' });
        expect(await store.countPoints()).toBe(1);
      });

      test('that are empty bring next and news of the device, but no log', async () => {
        await start();
        const empty = batchOf(5, 0, { sensors: {}, received: T0 + 9 });
        empty.batch.status = { rssi: -60 };
        expect(await store.addBatch(empty)).toMatchObject({ kind: 'done', next: 5, stored: 0 });
        expect(await store.device('esp')).toMatchObject({ seen: T0 + 9, status: { rssi: -60 }, ledger: [] });
        await store.addBatch(batchOf(0, 5));
        const ahead = batchOf(9, 0, { sensors: {} });
        expect(await store.addBatch(ahead)).toMatchObject({ kind: 'done', next: 5, lost: 0 });
      });

      test('with guessed times say so at each point', async () => {
        await start();
        await store.addBatch(batchOf(0, 2, { estimated: true }));
        await store.addBatch(batchOf(2, 1));
        await restart();
        await store.addBatch(batchOf(3, 1, { estimated: true }));
        const [series] = await store.listSeries();
        expect((await seen(store, series!.id)).map(([, , , estimated]) => estimated ?? false)).toEqual([
          true,
          true,
          false,
          true,
        ]);
      });

      test('older than the newest reading are late, but stored where they belong', async () => {
        await start();
        await store.addBatch(batchOf(0, 3));
        await restart();
        await store.addBatch(batchOf(3, 3, { time: [T0 - 1, T0 + 90_000, T0 + 300_000] }));
        const { ledger, sensors } = (await store.device('esp'))!;
        expect(ledger[0]).toMatchObject({ late: 2, stored: 6 });
        expect(await temperatures(store, sensors['probe']!)).toEqual([3, 0, 1, 4, 2, 5]);
      });

      test('of a deleted series stay duplicates; a later reading makes another series', async () => {
        await start();
        await store.addBatch(batchOf(0, 3));
        const [before] = await store.listSeries();
        await store.deleteSeries(before!.id);
        expect(await store.addBatch(batchOf(0, 3))).toMatchObject({ stored: 0, duplicates: 3, series: {} });
        expect(await store.listSeries()).toEqual([]);
        await restart();
        await store.addBatch(batchOf(2, 2, { oldest: 0 }));
        const [after] = await store.listSeries();
        expect(after!.id).toBeGreaterThan(before!.id);
        expect(await temperatures(store, after!.id)).toEqual([3]);
      });

      test('describe the device, but no series that was described by hand', async () => {
        await start();
        await store.addBatch(batchOf(0, 1, { sensors: { a: { x: [1] }, b: { x: [1] } }, device_desc: 'one' }));
        const { sensors } = (await store.device('esp'))!;
        await store.patchSeries(sensors['a']!, { device_desc: 'mine' });
        await restart();
        await store.addBatch(batchOf(1, 1, { device_desc: 'two' }));
        expect((await store.series(sensors['a']!))!.device_desc).toBe('mine');
        expect((await store.series(sensors['b']!))!.device_desc).toBe('two');
        expect((await store.device('esp'))!.device_desc).toBe('two');
      });

      test('and plain points are not compared with each other', async () => {
        await start();
        await store.addBatch(batchOf(0, 1));
        const [series] = await store.listSeries();
        const same = [{ time: T0, fields: { temp_C: 0 } }];
        expect(await store.addPoints(series!.id, same, once)).toMatchObject({ stored: 1 });
        await restart();
        expect(await store.addPoints(series!.id, same, once)).toMatchObject({ stored: 0, duplicates: 1 });
        expect(await store.countPoints()).toBe(2);
      });
    });

    describe('quarantine', () => {
      test('moves next and is counted; the same body again is the same entry', async () => {
        await start();
        await store.addBatch(batchOf(0, 2));
        const outcome = await store.quarantine(refusedBatch(2, 3, '{"bad":1}'));
        expect(outcome).toMatchObject({ kind: 'done', next: 5 });
        await restart();
        expect(await store.quarantine(refusedBatch(2, 3, '{"bad":1}'))).toEqual(outcome);
        expect(await store.quarantine(refusedBatch(7, 1, '{"bad":2}'))).toMatchObject({ next: 8 });
        expect((await store.device('esp'))!.ledger).toEqual([
          { log: 'log1', next: 8, before: 0, stored: 2, lost: 2, quarantined: 4, duplicates: 3, late: 0 },
        ]);
        const gap = { ...refusedBatch(20, 1, 'x'), oldest: 4 };
        expect(await store.quarantine(gap)).toEqual({ kind: 'gap', next: 8 });
      });
    });

    describe('what is told', () => {
      test('latest is the newest point with a value', async () => {
        await start();
        const id = await store.createSeries(newSeries());
        expect(await store.latest(id)).toBeUndefined();
        await store.addPoints(id, points(T0 + 5, T0), once);
        const nothing = [
          { time: T0 + 9, fields: { temp_C: null } },
          { time: T0 + 8, fields: {} },
        ];
        await store.addPoints(id, nothing, once);
        expect(await store.latest(id)).toMatchObject({ time: T0 + 5, fields: { temp_C: 0 } });
        await restart();
        expect(await store.latest(id)).toMatchObject({ time: T0 + 5, fields: { temp_C: 0 } });
        await expect(store.latest(99)).rejects.toMatchObject({ code: 'unknown-series' });
      });

      test('subscribers hear of every point once, in storage order, until they leave', async () => {
        await start();
        const heard: [number, Block][] = [];
        const leave = store.subscribe((series, block) => heard.push([series.id, block]));
        const id = await store.createSeries(newSeries());
        const { ids } = await store.addPoints(id, points(T0 + 1, T0), once);
        await store.addPoints(id, points(T0 + 1), once);
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
        await start();
        expect(store.health()).toMatchObject({ state: 'open', points: 0, series: 0, newest: 0 });
        await store.addBatch(batchOf(0, 3, { received: T0 + 7 }));
        await store.addBatch(batchOf(3, 1, { received: T0 + 5 }));
        await restart();
        expect(store.health()).toMatchObject({ state: 'open', points: 4, series: 1, newest: T0 + 7 });
        await store.close();
        expect(store.health().state).toBe('closed');
        await expect(store.createSeries(newSeries())).rejects.toMatchObject({ code: 'closing' });
        await store.close();
      });
    });
  });
}

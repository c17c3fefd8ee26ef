/** Part of the contract of every store: see store-contract.ts. */
import { describe, expect, test } from 'vitest';
import type { Stage } from './store-contract.js';
import { batchOf, MINUTE, ONCE, refusedBatch, seen, T0, temperatures } from './uploads.js';

export function batchContract(stage: Stage): void {
  describe('batches', () => {
    test('make a series for each sensor, under the name of the sensor', async () => {
      let store = await stage.start();
      const sensors = { '28-01': { temp_C: [1, null] }, toString: { batt_V: [3, 4], rssi: [null, null] } };
      const upload = batchOf(7, 2, { sensors, device_desc: 'shed', time: [T0, T0 + 5] });
      const outcome = await store.addBatch(upload);
      expect(outcome).toMatchObject({ kind: 'done', next: 9, stored: 2, duplicates: 0, lost: 0 });
      const series = await store.listSeries();
      expect(
        series.map(({ desc, sensor, device_id, device_desc, count }) => [desc, sensor, device_id, device_desc, count]),
      ).toEqual([
        ['28-01', '28-01', 'esp', 'shed', 2],
        ['toString', 'toString', 'esp', 'shed', 2],
      ]);
      const ids = Object.fromEntries(series.map(({ sensor, id }) => [sensor, id]));
      expect(outcome).toMatchObject({ series: ids });
      store = await stage.restart();
      expect((await seen(store, ids['28-01'])).map(([, , f]) => f)).toEqual([{ temp_C: 1 }, { temp_C: null }]);
      expect((await seen(store, ids['toString'])).map(([, , f]) => f)).toEqual([
        { batt_V: 3, rssi: null },
        { batt_V: 4, rssi: null },
      ]);
      expect(await store.device('esp')).toMatchObject({ sensors: ids, device_desc: 'shed', seen: T0 });
    });

    test('sent again store nothing, and the answer is the same but for the counts', async () => {
      let store = await stage.start();
      const first = await store.addBatch(batchOf(5, 3));
      const again = await store.addBatch(batchOf(5, 3));
      expect(again).toEqual({ ...first, stored: 0, duplicates: 3 });
      store = await stage.restart();
      expect(await store.addBatch(batchOf(6, 4, { oldest: 5 }))).toMatchObject({
        stored: 2,
        duplicates: 2,
        next: 10,
      });
      const [series] = await store.listSeries();
      expect(await temperatures(store, series!.id)).toEqual([5, 6, 7, 8, 9]);
    });

    test('with a gap that the device can fill store nothing', async () => {
      const store = await stage.start();
      expect(await store.addBatch(batchOf(9, 1, { oldest: 4 }))).toEqual({ kind: 'gap', next: 4 });
      expect(await store.listDevices()).toEqual([]);
      await store.addBatch(batchOf(4, 2));
      expect(await store.addBatch(batchOf(9, 1, { oldest: 3 }))).toEqual({ kind: 'gap', next: 6 });
      expect(await store.addBatch(batchOf(9, 1, { oldest: 8 }))).toEqual({ kind: 'gap', next: 8 });
      expect(await store.addBatch(batchOf(9, 1))).toMatchObject({ stored: 1, lost: 3, next: 10 });
      expect((await store.device('esp'))!.ledger).toEqual([
        {
          log: 'log1',
          next: 10,
          before: 4,
          stored: 3,
          lost: 3,
          quarantined: 0,
          duplicates: 0,
          late: 0,
          losses: [{ count: 3, from: T0 + 5 * MINUTE, to: T0 + 9 * MINUTE }],
        },
      ]);
    });

    test('of one device that arrive together are applied in that order', async () => {
      const store = await stage.start();
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
      let store = await stage.start();
      await store.addBatch(batchOf(0, 1, { user: 1 }));
      await expect(store.addBatch(batchOf(1, 1, { user: 2 }))).rejects.toMatchObject({ code: 'denied' });
      store = await stage.restart();
      await expect(store.addBatch(batchOf(1, 1, { user: 2 }))).rejects.toMatchObject({ code: 'denied' });
      const refused = { ...refusedBatch(1, 1, 'x'), user: 2 };
      await expect(store.quarantine(refused)).rejects.toMatchObject({ code: 'denied' });
      expect(await store.countPoints()).toBe(1);
    });

    test('that are empty bring next and news of the device, but no log', async () => {
      const store = await stage.start();
      const empty = batchOf(5, 0, { sensors: {}, received: T0 + 9 });
      empty.batch.status = { rssi: -60 };
      expect(await store.addBatch(empty)).toMatchObject({ kind: 'done', next: 5, stored: 0 });
      expect(await store.device('esp')).toMatchObject({ seen: T0 + 9, status: { rssi: -60 }, ledger: [] });
      await store.addBatch(batchOf(0, 5));
      const ahead = batchOf(9, 0, { sensors: {} });
      expect(await store.addBatch(ahead)).toMatchObject({ kind: 'done', next: 5, lost: 0 });
    });

    test('with guessed times say so at each point', async () => {
      let store = await stage.start();
      await store.addBatch(batchOf(0, 2, { estimated: true }));
      await store.addBatch(batchOf(2, 1));
      store = await stage.restart();
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
      let store = await stage.start();
      await store.addBatch(batchOf(0, 3));
      store = await stage.restart();
      await store.addBatch(batchOf(3, 3, { time: [T0 - 1, T0 + 90_000, T0 + 300_000] }));
      const { ledger, sensors } = (await store.device('esp'))!;
      expect(ledger[0]).toMatchObject({ late: 2, stored: 6 });
      expect(await temperatures(store, sensors['probe']!)).toEqual([3, 0, 1, 4, 2, 5]);
    });

    test('of a deleted series stay duplicates; a later reading makes another series', async () => {
      let store = await stage.start();
      await store.addBatch(batchOf(0, 3));
      const [before] = await store.listSeries();
      await store.deleteSeries(before!.id);
      expect(await store.addBatch(batchOf(0, 3))).toMatchObject({ stored: 0, duplicates: 3, series: {} });
      expect(await store.listSeries()).toEqual([]);
      store = await stage.restart();
      await store.addBatch(batchOf(2, 2, { oldest: 0 }));
      const [after] = await store.listSeries();
      expect(after!.id).toBeGreaterThan(before!.id);
      expect(await temperatures(store, after!.id)).toEqual([3]);
    });

    test('describe the device, but no series that was described by hand', async () => {
      let store = await stage.start();
      await store.addBatch(batchOf(0, 1, { sensors: { a: { x: [1] }, b: { x: [1] } }, device_desc: 'one' }));
      const { sensors } = (await store.device('esp'))!;
      await store.patchSeries(sensors['a']!, { device_desc: 'mine' });
      store = await stage.restart();
      await store.addBatch(batchOf(1, 1, { device_desc: 'two' }));
      expect((await store.series(sensors['a']!))!.device_desc).toBe('mine');
      expect((await store.series(sensors['b']!))!.device_desc).toBe('two');
      expect((await store.device('esp'))!.device_desc).toBe('two');
    });

    test('and plain points are not compared with each other', async () => {
      let store = await stage.start();
      await store.addBatch(batchOf(0, 1));
      const [series] = await store.listSeries();
      const same = [{ time: T0, fields: { temp_C: 0 } }];
      expect(await store.addPoints(series!.id, same, ONCE)).toMatchObject({ stored: 1 });
      store = await stage.restart();
      expect(await store.addPoints(series!.id, same, ONCE)).toMatchObject({ stored: 0, duplicates: 1 });
      expect(await store.countPoints()).toBe(2);
    });
  });
  describe('quarantine', () => {
    test('moves next and is counted; the same body again is the same entry', async () => {
      let store = await stage.start();
      await store.addBatch(batchOf(0, 2));
      const outcome = await store.quarantine(refusedBatch(2, 3, '{"bad":1}'));
      expect(outcome).toMatchObject({ kind: 'done', next: 5 });
      store = await stage.restart();
      expect(await store.quarantine(refusedBatch(2, 3, '{"bad":1}'))).toEqual({ ...outcome, taken: 0 });
      expect(await store.quarantine(refusedBatch(7, 1, '{"bad":2}'))).toMatchObject({ next: 8 });
      expect((await store.device('esp'))!.ledger).toEqual([
        {
          log: 'log1',
          next: 8,
          before: 0,
          stored: 2,
          lost: 2,
          quarantined: 4,
          duplicates: 3,
          late: 0,
          losses: [{ count: 2, from: null, to: T0 }],
        },
      ]);
      const gap = { ...refusedBatch(20, 1, 'x'), oldest: 4 };
      expect(await store.quarantine(gap)).toEqual({ kind: 'gap', next: 8 });
    });
  });
}

/** Part of the contract of every store: see store-contract.ts. */
import { describe, expect, test } from 'vitest';
import { AGGREGATES, type BucketQuery, type Calibration, type Store } from '../../store/store.js';
import { naiveBuckets } from './naive-buckets.js';
import type { Stage } from './store-contract.js';
import { ALL, ALWAYS, batchOf, MINUTE, newSeries, ONCE, pointsAt, seen, T0, temperatures } from './uploads.js';

const STEPS: Calibration[] = [
  { from: 0, field: 'temp_C', offset: 0.5 },
  { from: T0 + 100 * MINUTE, field: 'temp_C', offset: -0.25 },
  { from: T0 + 250 * MINUTE + 1, field: 'temp_C', offset: 0 },
];

const offset = (time: number) => (time < T0 + 100 * MINUTE ? 0.5 : time <= T0 + 250 * MINUTE ? -0.25 : 0);

/** Sixteenths, as a DS18B20 gives them, with gaps. */
const temp_C = Array.from({ length: 700 }, (_, n) => (n % 13 === 0 ? null : 20 + ((n * 37) % 160) / 16));

export function careContract(stage: Stage): void {
  describe('calibration', () => {
    test('is added to what is read and leaves what is stored alone', async () => {
      let store = await stage.start();
      await store.addBatch(batchOf(0, 700, { sensors: { probe: { temp_C, batt_V: temp_C } } }));
      const raw = await seen(store, 1);
      const check = async () => {
        const expected = raw.map(([id, time, { temp_C, batt_V }]) => {
          return [id, time, { temp_C: temp_C === null ? null : (temp_C as number) + offset(time), batt_V }];
        });
        expect(await seen(store, 1)).toEqual(expected);
        expect(await seen(store, 1, { ...ALL, order: 'desc' })).toEqual(expected.toReversed());
        expect(await seen(store, 1, { ...ALL, raw: true })).toEqual(raw);
        const [id, time, fields] = expected[10] as (typeof raw)[0];
        expect(await store.point(id)).toMatchObject({ id, time, fields });
      };
      expect(await store.patchSeries(1, { calibration: STEPS })).toMatchObject({ calibration: STEPS });
      await check();
      store = await stage.restart();
      await check();
      store = await stage.restart();
      expect(await store.patchSeries(1, { calibration: null })).not.toHaveProperty('calibration');
      expect(await seen(store, 1)).toEqual(raw);
    });

    test('is in buckets, also in those it changes in, and before and after a restart', async () => {
      let store = await stage.start();
      await store.addBatch(batchOf(0, 700, { sensors: { probe: { temp_C } } }));
      await store.patchSeries(1, { calibration: STEPS });
      const check = async () => {
        for (const buckets of [1, 3, 40, 699]) {
          const query: BucketQuery = { from: T0, to: T0 + 700 * MINUTE, buckets, aggregates: AGGREGATES };
          expect(await store.buckets(1, query)).toEqual(naiveBuckets(await seen(store, 1), query));
          const raw = naiveBuckets(await seen(store, 1, { ...ALL, raw: true }), query);
          expect(await store.buckets(1, { ...query, raw: true })).toEqual(raw);
        }
      };
      await check();
      store = await stage.restart();
      await check();
    });

    test('is in the newest point and in what subscribers hear, and repeats are found by what is stored', async () => {
      const store = await stage.start();
      const id = await store.createSeries(newSeries());
      await store.patchSeries(id, { calibration: [{ from: 0, field: 'temp_C', offset: 0.1 }] });
      const heard: number[] = [];
      store.subscribe((_, { fields }) => heard.push((fields.get('temp_C') as Float64Array)[0]!));
      const point = { time: T0, fields: { temp_C: 21.3, note: 'x' } };
      expect(await store.addPoints(id, [point], ONCE)).toMatchObject({ stored: 1 });
      expect(await store.addPoints(id, [point], ONCE)).toMatchObject({ duplicates: 1 });
      expect(heard).toEqual([21.4]);
      expect(await store.latest(id)).toMatchObject({ fields: { temp_C: 21.4, note: 'x' } });
    });

    test('comes with unit and colour, each of which can be taken back', async () => {
      let store = await stage.start();
      const id = await store.createSeries(newSeries());
      const before = await store.series(id);
      await store.patchSeries(id, { unit: '°F', colour: '#1f77b4' });
      store = await stage.restart();
      expect(await store.series(id)).toEqual({ ...before, unit: '°F', colour: '#1f77b4' });
      await store.patchSeries(id, { unit: null, colour: null });
      store = await stage.restart();
      expect(await store.series(id)).toEqual(before);
    });
  });

  describe('a replaced probe', () => {
    test('continues the series, before it ever reported', async () => {
      let store = await stage.start();
      await store.addBatch(batchOf(0, 2));
      expect(await store.replaceSensor(1, 'new')).toMatchObject({ id: 1, sensor: 'new' });
      store = await stage.restart();
      await store.addBatch(batchOf(2, 2, { sensors: { new: { temp_C: [2, 3] } } }));
      expect(await temperatures(store, 1)).toEqual([0, 1, 2, 3]);
      expect(await sensors(store)).toEqual({ new: 1 });
    });

    test('brings along what it has reported meanwhile', async () => {
      let store = await stage.start();
      await store.addBatch(batchOf(0, 2));
      await store.addBatch(batchOf(2, 2, { sensors: { new: { temp_C: [2, null] } } }));
      await store.addBatch(batchOf(4, 1, { sensors: { new: { temp_C: [4], x: [1] } }, estimated: true }));
      await store.addPoints(2, [{ time: T0 + 9 * MINUTE, fields: { note: 'mine' } }], ONCE);
      store = await stage.restart();
      const moved = (await seen(store, 2)).map((point) => point.slice(1));
      expect(await store.replaceSensor(1, 'new')).toMatchObject({ count: 6 });
      const check = async () => {
        const points = await seen(store, 1);
        expect(points.slice(2).map((point) => point.slice(1))).toEqual(moved);
        expect(new Set(points.map(([id]) => id)).size).toBe(6);
        expect(await store.countPoints()).toBe(6);
        expect(await store.series(2)).toBeUndefined();
        expect(await sensors(store)).toEqual({ new: 1 });
      };
      await check();
      store = await stage.restart();
      await check();
      expect(await store.addPoints(1, [{ time: T0 + 9 * MINUTE, fields: { note: 'mine' } }], ONCE)).toMatchObject({
        duplicates: 1,
      });
      expect(await store.addBatch(batchOf(4, 1, { sensors: { new: { temp_C: [4] } } }))).toMatchObject({
        duplicates: 1,
      });
    });

    test('brings along what is on its way, and leaves behind what is about to be deleted', async () => {
      let store = await stage.start();
      await store.addBatch(batchOf(0, 2));
      await store.addBatch(batchOf(2, 3, { sensors: { new: { temp_C: [2, 3, 4] } } }));
      const gone = (await seen(store, 2))[0]![0];
      const written = store.addPoints(2, [{ time: T0 + 9 * MINUTE, fields: { temp_C: 9 } }], ALWAYS);
      const deleted = store.deletePoint(gone);
      expect(await store.replaceSensor(1, 'new')).toMatchObject({ sensor: 'new' });
      expect([await written, await deleted]).toMatchObject([{ stored: 1 }, true]);
      expect(await temperatures(store, 1)).toEqual([0, 1, 3, 4, 9]);
      store = await stage.restart();
      expect(await temperatures(store, 1)).toEqual([0, 1, 3, 4, 9]);
      expect(await sensors(store)).toEqual({ new: 1 });
    });

    test('must be one of a device, and another than before', async () => {
      const store = await stage.start();
      const plain = await store.createSeries(newSeries());
      await store.addPoints(plain, pointsAt(T0), ONCE);
      await store.addBatch(batchOf(0, 1));
      const code = 'not-replaceable';
      await expect(store.replaceSensor(plain, 'new')).rejects.toMatchObject({ code });
      await expect(store.replaceSensor(plain + 1, 'probe')).rejects.toMatchObject({ code });
      await expect(store.replaceSensor(99, 'new')).rejects.toMatchObject({ code: 'unknown-series' });
    });
  });
}

/** sensor → series, of the one device. */
async function sensors(store: Store): Promise<Record<string, number>> {
  return (await store.device('esp'))!.sensors;
}

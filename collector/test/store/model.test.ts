/**
 * Random work, with restarts, kills, power cuts and checkpoints in between, against a model without a disk (model.ts).
 * `MODEL_RUNS=3000` for more of it.
 */
import { mkdir } from 'node:fs/promises';
import * as fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { JsonStore } from '../../store/json-store.js';
import { entryName } from '../../store/quarantine.js';
import { AGGREGATES } from '../../store/store.js';
import { Chance } from '../chance.js';
import { newFolder, removeFolders } from './folder.js';
import { MemoryDisk } from './memory-disk.js';
import { Model } from './model.js';
import { expectSameBuckets, naiveBuckets } from './naive-buckets.js';
import { ALL, batchOf, inColumns, newSeries, seen, T0 } from './uploads.js';

const RUNS = Number(process.env['MODEL_RUNS'] ?? 60);

afterAll(removeFolders);

const time = fc.integer({ min: 0, max: 30 }).map((n) => T0 + n);
const fields = fc.dictionary(fc.constantFrom('a', 'b'), fc.constantFrom(1, 1.5, 0.1, null, 'x', { y: [1] }), {
  maxKeys: 2,
});
const values = fc.constantFrom(20, 20.0625, null);
const which = fc.nat(1000);

/** One thing to do; `which` chooses among what there is by then. */
const action = fc.oneof(
  { weight: 1, arbitrary: fc.record({ do: fc.constant('create' as const) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('add' as const),
      which,
      once: fc.boolean(),
      points: fc.array(fc.record({ time, fields }), { maxLength: 6 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('batch' as const),
      device: fc.constantFrom('esp', 'pi'),
      log: fc.constantFrom('l1', 'l2'),
      first: fc.nat(20),
      kept: fc.nat(3),
      // few go to the journal in lists, many in code
      readings: fc.oneof(
        fc.array(fc.tuple(time, values), { maxLength: 8 }),
        fc.array(fc.tuple(time, values), { minLength: 16, maxLength: 24 }),
      ),
      sensors: fc.uniqueArray(fc.constantFrom('p', 'q'), { minLength: 1 }),
      estimated: fc.boolean(),
      packed: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('quarantine' as const),
      device: fc.constantFrom('esp', 'pi'),
      log: fc.constantFrom('l1', 'l2'),
      first: fc.nat(20),
      kept: fc.nat(3),
      length: fc.integer({ min: 1, max: 6 }),
      text: fc.constantFrom('a', 'b'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('replay' as const),
      which,
      readings: fc.array(fc.tuple(time, values), { minLength: 6, maxLength: 6 }),
      sensors: fc.uniqueArray(fc.constantFrom('p', 'q'), { minLength: 1 }),
      estimated: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('drop' as const), which }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('delete-point' as const), which }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete-series' as const), which }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('restart' as const, 'kill' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('power-cut' as const), luck: fc.nat() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('read' as const), which, from: time, to: time }) },
);

type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;

/** A store and a model that are given the same things to do. */
class Pair {
  readonly #folder: string;
  readonly #journal: number;
  #disk: MemoryDisk;
  readonly #model = new Model();
  #store!: JsonStore;

  constructor(folder: string, journal: number) {
    this.#folder = folder;
    this.#disk = new MemoryDisk(folder);
    this.#journal = journal;
  }

  async open(): Promise<void> {
    this.#store = new JsonStore(this.#folder, {
      disk: this.#disk,
      budgets: { journal: this.#journal, chunk: 4, cache: 2000 },
    });
    await this.#store.open();
  }

  async close(): Promise<void> {
    await this.#store.close();
  }

  async act(action: Action): Promise<void> {
    const store = this.#store;
    const model = this.#model;
    const chosen = 'which' in action ? model.series[action.which % model.series.length] : undefined;
    switch (action.do) {
      case 'create':
        expect(await store.createSeries(newSeries())).toBe(model.createSeries().id);
        break;
      case 'add': {
        if (chosen === undefined) break;
        const { points, once } = action;
        expect(await store.addPoints(chosen.id, points, { once, received: T0 })).toEqual(
          model.addPoints(chosen.id, points, once),
        );
        break;
      }
      case 'batch': {
        const { first, kept, readings, sensors, device, log, estimated, packed } = action;
        const column = { temp_C: readings.map(([, value]) => value) };
        const upload = batchOf(first, readings.length, {
          device,
          log,
          estimated,
          oldest: Math.max(0, first - kept),
          time: readings.map(([t]) => t),
          sensors: Object.fromEntries(sensors.map((sensor) => [sensor, column])),
        });
        const sent = packed ? inColumns(upload) : upload;
        expect(await store.addBatch(sent)).toMatchObject(model.addBatch(upload) as object);
        break;
      }
      case 'quarantine': {
        const { device: device_id, log, first, kept, length, text } = action;
        const body = JSON.stringify([device_id, log, first, length, text]);
        const place = { device_id, log, first, oldest: Math.max(0, first - kept), length };
        const upload = { ...place, user: 1, received: T0, body, detail: 'no batch' };
        expect(await store.quarantine(upload)).toMatchObject(model.quarantine(upload) as object);
        break;
      }
      case 'replay': {
        const { which, readings, sensors, estimated } = action;
        const entry = model.entries[which % model.entries.length];
        if (entry === undefined) break;
        const some = readings.slice(0, entry.length);
        const column = { temp_C: some.map(([, value]) => value) };
        const all = Object.fromEntries(sensors.map((sensor) => [sensor, column]));
        const replay = { user: 1, time: some.map(([t]) => t), sensors: all, estimated };
        const name = entryName(entry.body);
        expect(await store.replay({ name, ...replay })).toMatchObject(model.replay(entry, replay) as object);
        await expect(store.replay({ name, ...replay })).rejects.toMatchObject({ code: 'unknown-entry' });
        break;
      }
      case 'drop': {
        const entry = model.entries[action.which % model.entries.length];
        if (entry === undefined) break;
        await store.dropQuarantine(entryName(entry.body), 1);
        model.drop(entry);
        break;
      }
      case 'delete-point': {
        const point = chosen?.points[action.which % chosen.points.length];
        const id = point?.id ?? action.which * 1_000_000 + 1;
        expect(await store.deletePoint(id)).toBe(model.deletePoint(id));
        expect(await store.point(id)).toBeUndefined();
        break;
      }
      case 'delete-series':
        expect(await store.deleteSeries(chosen?.id ?? 999)).toBe(model.deleteSeries(chosen?.id ?? 999));
        break;
      case 'read': {
        if (chosen === undefined) break;
        const { from, to } = action;
        const expected = model.seen(chosen.id, from, to);
        expect(await seen(store, chosen.id, { from, to })).toEqual(expected);
        const query = { from, to, buckets: 3, aggregates: AGGREGATES };
        expectSameBuckets(await store.buckets(chosen.id, query), naiveBuckets(expected, query));
        expect(await seen(store, chosen.id, { from, to, order: 'desc' })).toEqual(expected.reverse());
        break;
      }
      case 'restart':
        await this.close();
        await this.open();
        break;
      case 'kill':
        await this.#die(() => this.#disk.written());
        break;
      case 'power-cut': {
        const chance = new Chance(action.luck);
        this.#disk.lucky = () => chance.between(0, 1) === 1;
        await this.#die(() => this.#disk.survived());
      }
    }
  }

  /** Ends at once, whatever a checkpoint is at, and starts on what is left. */
  async #die(left: () => Iterable<[string, Buffer]>): Promise<void> {
    this.#disk.fault = () => 'EIO';
    await this.close();
    this.#disk = new MemoryDisk(this.#folder, left());
    await this.open();
  }

  async compare(): Promise<void> {
    const { series, logs } = this.#model;
    const listed = await this.#store.listSeries();
    expect(listed.map(({ id, sensor, count }) => [id, sensor, count])).toEqual(
      series.map(({ id, sensor, points }) => [id, sensor, points.length]),
    );
    for (const { id } of series) expect(await seen(this.#store, id, ALL)).toEqual(this.#model.seen(id));
    const entries = await this.#store.listQuarantine();
    expect(entries.map(({ name, taken }) => [name, taken])).toEqual(
      this.#model.entries.map(({ body, aside }) => [entryName(body), aside.length]),
    );
    for (const { body } of this.#model.entries)
      expect((await this.#store.readQuarantine(entryName(body))).body).toBe(body);
    const ledgers = (await this.#store.listDevices()).flatMap(({ device_id: device, ledger }) =>
      ledger.map((one) => ({ device, ...one })),
    );
    expect(new Set(ledgers)).toEqual(new Set(logs.values()));
    for (const { next, before, stored, lost, quarantined } of ledgers)
      expect(next).toBe(before + stored + lost + quarantined);
    expect(await this.#store.countPoints()).toBe(series.reduce((sum, { points }) => sum + points.length, 0));
  }
}

test('a store does what its model does', { timeout: 1_800_000 }, async () => {
  const folder = await newFolder();
  await mkdir(folder);
  const actions = fc.array(action, { minLength: 5, maxLength: 60, size: 'max' });
  await fc.assert(
    fc.asyncProperty(actions, fc.constantFrom(1, 500, 3000), async (actions, journal) => {
      const pair = new Pair(folder, journal);
      await pair.open();
      try {
        await pair.act({ do: 'create' });
        for (const action of actions) await pair.act(action);
        await pair.compare();
        await pair.act({ do: 'power-cut', luck: 1 });
        await pair.compare();
      } finally {
        await pair.close();
      }
    }),
    { numRuns: RUNS },
  );
});

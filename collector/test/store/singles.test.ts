/** Points that came one by one, put together in one line of the journal, are the same points at the next start. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { array, assert, integer, jsonValue, property, record, uniqueArray } from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { JsonStore } from '../../store/json-store.js';
import type { PointsRecord } from '../../store/record.js';
import { join, joinable, split } from '../../store/singles.js';
import { copyOf, newFolder, removeFolders } from './folder.js';
import { quickDisk } from './quick-disk.js';
import { ALWAYS, newSeries, seen, T0 } from './uploads.js';

const FIRST = 'journal/00000001.ndjson';

afterEach(removeFolders);

async function open(folder: string): Promise<JsonStore> {
  const store = new JsonStore(folder, { disk: quickDisk });
  await store.open();
  return store;
}

function expectSame(points: PointsRecord[]): void {
  expect(points.every((point) => joinable(points[0]!, point))).toBe(true);
  expect(split(JSON.parse(JSON.stringify(join(points))))).toEqual(points);
}

test('what is joined and split is what it was', () => {
  const number = integer({ min: 1, max: 1e12 });
  const joined = uniqueArray(
    integer().map((n) => `f${n}`),
    { maxLength: 4 },
  ).chain((names) =>
    array(record({ series: number, received: number, time: number, values: array(jsonValue(), { minLength: 4 }) }), {
      minLength: 1,
    }).map((points) =>
      points.map(({ series, received, time, values }) => {
        const fields = Object.fromEntries(names.map((name, i) => [name, JSON.parse(JSON.stringify(values[i]))]));
        return { series, received, time: [time], fields: [fields] };
      }),
    ),
  );
  assert(property(joined, expectSame));
});

test.each([
  ['other fields', { a: 1 }, { b: 1 }],
  ['more fields', { a: 1 }, { a: 1, b: 1 }],
  ['fewer fields', { a: 1, b: 1 }, { a: 1 }],
  ['another order', { a: 1, b: 1 }, { b: 1, a: 1 }],
])('points with %s are not joined', (_, a, b) => {
  const point = { series: 1, received: T0, time: [T0] };
  expect(joinable({ ...point, fields: [a] }, { ...point, fields: [b] })).toBe(false);
});

test('many at once are one line, and come back in their series, ids and all', async () => {
  const folder = await newFolder();
  const store = await open(folder);
  for (let i = 0; i < 3; i++) await store.createSeries(newSeries());
  const add = (i: number, fields: { [name: string]: number }) =>
    store.addPoints(1 + (i % 3), [{ time: T0 + i, fields }], ALWAYS);
  const writes: Promise<unknown>[] = [];
  for (let i = 0; i < 30; i++) writes.push(add(i, { temp_C: i }));
  for (let i = 30; i < 34; i++) writes.push(add(i, { batt_V: i }));
  writes.push(store.deleteSeries(2));
  for (let i = 34; i < 60; i++) writes.push(add(i, { temp_C: i }));
  const settled = await Promise.allSettled(writes);
  const refused = settled.filter(({ status }) => status === 'rejected');
  expect(refused.length).toBe(9);
  const lines = (await readFile(path.join(folder, FIRST), 'utf8')).trimEnd().split('\n');
  const kinds = lines.slice(4).map((line) => (JSON.parse(line) as unknown[])[4]);
  expect(kinds).toEqual(['singles', 'points', 'points', 'points', 'points', 'delete-series', 'singles']);

  const again = await open(await copyOf(folder));
  expect(again.health()).toMatchObject({ points: store.health().points, newest: store.health().newest, notes: [] });
  for (const id of [1, 3]) expect(await seen(again, id)).toEqual(await seen(store, id));
  expect(await again.series(2)).toBeUndefined();
  await again.close();
  await store.close();
});

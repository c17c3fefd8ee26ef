import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import path from 'node:path';
import * as fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../firmware/protocol/json.js';
import { decodeChunk, encodeChunk, type ChunkData, type ChunkRef } from '../../store/chunk.js';
import { ChunkFiles } from '../../store/chunk-files.js';
import { ChunkWriter } from '../../store/chunk-writer.js';
import { decodeColumn, encodeColumn } from '../../store/column-code.js';
import { nodeDisk } from '../../store/disk.js';
import { Head } from '../../store/head.js';
import { codedTimes } from '../../store/readings.js';
import { fieldsAt, mergeAll, valueAt, type Rows } from '../../store/rows.js';
import { Pauses } from '../../store/pauses.js';
import { JsonStore } from '../../store/json-store.js';
import type { Column } from '../../store/store.js';
import { encodeTime } from '../../store/time-code.js';
import { filesOf, newFolder, removeFolders } from './folder.js';
import { quickDisk } from './quick-disk.js';
import { batchOf, seen, T0 } from './uploads.js';

afterEach(removeFolders);

const throughJson = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

function packed(...values: (number | null | undefined)[]): Float64Array {
  return Float64Array.from(values, (value) => (value === undefined ? NaN : (value ?? Infinity)));
}

test.each<[string, Column, unknown]>([
  ['a DS18B20', packed(21.5625, 21.625, 21.625, null, 21.5625), { per: 16, steps: '+345a.~A' }],
  ['integers', packed(-5, 5), { per: 1, steps: 'Ej' }],
  ['one decimal', packed(0.1, 0.2, 0.3), { per: 10, steps: 'aaa' }],
  ['two decimals', packed(1.15, -273.15), { per: 100, steps: '+115-27430' }],
  ['no unit at all', packed(1 / 3, null), { raw: [1 / 3, null] }],
  ['very large', packed(1e300, 1), { raw: [1e300, 1] }],
  ['very small', packed(5e-324), { raw: [5e-324] }],
  [
    'absent at some points',
    packed(undefined, 1, undefined, undefined),
    {
      per: 1,
      steps: 'a',
      absent: [
        [0, 1],
        [2, 2],
      ],
    },
  ],
  ['only null', packed(null, null), { per: 1, steps: '~~' }],
  ['text', ['a', undefined, null], { raw: ['a', null], absent: [[1, 1]] }],
])('a column is written as drawn: %s', (_, column, code) => {
  expect(encodeColumn(column)).toEqual(code);
  expect(decodeColumn(throughJson(encodeColumn(column)), column.length)).toEqual(column);
});

const value = fc.oneof(
  fc.constantFrom(null, undefined),
  fc.integer({ min: -880, max: 2000 }).map((n) => n / 16),
  fc.integer().map((n) => n / 100),
  // JSON knows no -0.
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0),
);

function encoded(series: number, rows: Rows): ChunkData {
  for (const steps = encodeChunk(series, rows); ;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

test('numbers come back bit for bit, whatever they are', () => {
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 50 }), (values) => {
      const column = packed(...values);
      expect(decodeColumn(throughJson(encodeColumn(column)), column.length)).toEqual(column);
    }),
    { numRuns: 1000 },
  );
});

function list(rows: Rows) {
  return Array.from(rows.time, (time, row) => ({ id: rows.id[row]!, time, fields: fieldsAt(rows, row) }));
}

const point = fc.record({
  time: fc.integer({ min: 0, max: 100 }),
  fields: fc.dictionary(
    fc.constantFrom('a', 'b', 'c'),
    fc.oneof(
      value.map((v) => v ?? null),
      fc.jsonValue() as fc.Arbitrary<Json>,
    ),
  ),
});

const batch = fc.record({
  times: fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 6 }),
  values: fc.array(
    value.map((v) => v ?? null),
    { minLength: 6, maxLength: 6 },
  ),
});

function codedReadings(times: number[], values: (number | null)[]) {
  const fields = { a: encodeColumn(packed(...values.slice(0, times.length))) };
  return throughJson({ ...codedTimes(encodeTime(times), times), fields, estimated: false });
}

test('a head in any order, and the chunk made of it, have the points that were put in', () => {
  const arrivals = fc.array(fc.oneof({ weight: 4, arbitrary: point }, batch), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(arrivals, fc.nat(100), fc.nat(100), (arrivals, from, to) => {
      const head = new Head(7, 5);
      const points: { time: number; fields: JsonObject; plain: number }[] = [];
      for (const [i, arrival] of arrivals.entries()) {
        if ('times' in arrival) {
          head.addCoded(codedReadings(arrival.times, arrival.values));
          points.push(...arrival.times.map((time, k) => ({ time, fields: { a: arrival.values[k]! }, plain: 0 })));
        } else {
          head.growing.addPoint(arrival.time, throughJson(arrival.fields));
          points.push({ ...arrival, plain: 1 });
        }
        // Reading in between must not disturb what comes after.
        if (i % 7 === 0) head.sorted(0, 50);
      }
      const expected = points
        .map(({ time, fields, plain }, i) => ({
          id: (5 + i) * 1_000_000 + 7,
          time,
          fields: throughJson(fields),
          plain,
        }))
        .sort((a, b) => a.time - b.time || a.id - b.id);
      const unmarked = expected.map(({ id, time, fields }) => ({ id, time, fields }));
      const all = mergeAll(head.sorted(-Infinity, Infinity));
      expect(head.length).toBe(points.length);
      expect(head.newest).toBe(Math.max(...points.map(({ time }) => time)));
      expect(list(all)).toEqual(unmarked);
      expect(list(mergeAll(head.sorted(from, to)))).toEqual(unmarked.filter(({ time }) => time >= from && time <= to));
      expect(head.plainAt(from).flatMap((rows) => (rows.plain?.[0] === 1 ? [rows.id[0]] : []))).toEqual(
        expected.filter(({ time, plain }) => time === from && plain === 1).map(({ id }) => id),
      );
      const chunk = decodeChunk(throughJson(encoded(7, all)));
      expect(list(chunk)).toEqual(unmarked);
      expect([...(chunk.plain ?? new Uint8Array(points.length))]).toEqual(expected.map(({ plain }) => plain));
      expect(chunk.estimated).toBeNull();
    }),
    { numRuns: 300 },
  );
});

test('a chunk on disk can be read by a person', async () => {
  const folder = await newFolder();
  const store = new JsonStore(folder, { disk: quickDisk, budgets: { chunk: 3 } });
  await store.open();
  const sensors = { probe: { temp_C: [21.5, 21.5625, null] } };
  await store.addBatch(batchOf(0, 3, { sensors, time: [T0, T0 + 60_000, T0 + 120_500], estimated: true }));
  await store.close();
  const file = path.join(folder, 'series/1/00000002-0.json.gz');
  const { version, data } = JSON.parse(execFileSync('gzip', ['-dc', file]).toString()) as Record<string, unknown>;
  expect({ version, data }).toEqual({
    version: 2,
    data: {
      series: 1,
      points: 3,
      time: { first: T0, step: 60_000, off: '..+500' },
      number: [[1, 3]],
      estimated: [[0, 3]],
      fields: { temp_C: { per: 16, steps: '+344a~' } },
    },
  });
});

test('a later version of a chunk is refused by name', async () => {
  const folder = await newFolder();
  const store = new JsonStore(folder, { disk: quickDisk, budgets: { chunk: 3 } });
  await store.open();
  await store.addBatch(batchOf(0, 3));
  await store.close();
  const file = 'series/1/00000002-0.json.gz';
  await writeFile(path.join(folder, file), gzipSync('{"version":3,"checksum":"00000000","data":{}}\n'));
  const again = new JsonStore(folder, { disk: quickDisk });
  await again.open();
  await expect(seen(again, 1)).rejects.toMatchObject({ code: 'damaged', message: expect.stringContaining(file) });
  await again.close();
});

test('the cache keeps to its budget, and a discarded chunk stays until nobody reads it', async () => {
  const folder = await newFolder();
  const files = new ChunkFiles(nodeDisk, folder, 16_000);
  const rows = decodeChunk({
    series: 1,
    points: 100,
    time: { first: 0, step: 1 },
    number: [[1, 100]],
    fields: { x: { per: 1, steps: 'a'.repeat(100) } },
  } satisfies ChunkData);
  const writer = new ChunkWriter(nodeDisk, folder, '00000012', 100, new Pauses());
  const refs: ChunkRef[] = [];
  for (let i = 0; i < 10; i++) refs.push(await writer.add(1, rows));
  await writer.end();
  const loaded = await Promise.all(refs.map((ref) => files.load(ref)));
  expect(loaded.map(({ fields }) => valueAt(fields.get('x')!, 99))).toEqual(new Array(10).fill(100));
  expect(await files.load(refs[9]!)).toBe(loaded[9]);
  expect(await files.load(refs[0]!)).not.toBe(loaded[0]);
  const names = refs.map(({ file }) => file);
  const release = files.hold();
  files.discard(names.slice(0, 5));
  const later = files.hold();
  files.discard(names.slice(5));
  await files.close();
  expect(await filesOf(folder)).toEqual(names);
  release();
  await files.close();
  expect(await filesOf(folder)).toEqual(names.slice(5));
  later();
  await files.close();
  expect(await filesOf(folder)).toEqual([]);
  expect(files.discarded).toEqual([]);
});

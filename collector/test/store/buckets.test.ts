import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json } from '../../../firmware/protocol/json.js';
import { BucketTable } from '../../store/buckets.js';
import { AGGREGATES, type BucketQuery, type Buckets } from '../../store/store.js';
import { stretchOf, type Stretch } from '../../store/summary.js';

/** Points as blocks of at most three. */
function* blocksOf(points: [time: number, fields: Record<string, Json>][]): Generator<Stretch> {
  for (let i = 0; i < points.length; i += 3) {
    const part = points.slice(i, i + 3);
    const names = [...new Set(part.flatMap(([, fields]) => Object.keys(fields)))];
    const column = (name: string) => part.map(([, fields]) => fields[name]);
    yield stretchOf({
      length: part.length,
      time: Float64Array.from(part, ([time]) => time),
      id: new Float64Array(part.length),
      fields: new Map(names.map((name) => [name, column(name)])),
      estimated: null,
    });
  }
}

function aggregate(stretches: Iterable<Stretch>, query: BucketQuery): Buckets {
  const table = new BucketTable(query);
  for (const stretch of stretches) table.addStretch(stretch);
  return table.end();
}

const all: BucketQuery = { from: 0, to: 100, buckets: 4, aggregates: AGGREGATES };

test('a bucket sums up the numbers between its start and the next, the last one with its end', () => {
  const points = blocksOf([
    [0, { t: 1 }],
    [10, { t: 4 }],
    [24, { t: 1 }],
    [75, { t: -2 }],
    [100, { t: 8 }],
  ]);
  expect(aggregate(points, all)).toEqual({
    time: [0, 75],
    fields: { t: { mean: [2, 3], min: [1, -2], max: [4, 8], first: [1, -2], last: [1, 8], count: [3, 2] } },
  });
});

test('null, text and what is absent are passed over; a bucket without a number is left out', () => {
  const points = blocksOf([
    [0, { t: null }],
    [30, { t: null, u: 3 }],
    [31, { s: 'x' }],
    [60, { t: 7, u: true }],
    [99, { s: 'y' }],
  ]);
  expect(aggregate(points, { ...all, aggregates: ['mean', 'count'] })).toEqual({
    time: [25, 50],
    fields: { u: { mean: [3, null], count: [1, 0] }, t: { mean: [null, 7], count: [0, 1] } },
  });
});

test('only the fields asked for count', () => {
  const points = (): Generator<Stretch> =>
    blocksOf([
      [1, { a: 1 }],
      [40, { b: 2 }],
    ]);
  expect(aggregate(points(), { ...all, aggregates: ['last'], fields: ['b'] })).toEqual({
    time: [25],
    fields: { b: { last: [2] } },
  });
  expect(aggregate(points(), { ...all, fields: [] })).toEqual({ time: [], fields: {} });
  expect(aggregate(blocksOf([]), all)).toEqual({ time: [], fields: {} });
});

test('a window of one instant is one bucket', () => {
  const query: BucketQuery = { from: 5, to: 5, buckets: 3, aggregates: ['count'] };
  expect(aggregate(blocksOf([[5, { t: 1 }]]), query)).toEqual({ time: [5], fields: { t: { count: [1] } } });
});

test('every number is in one bucket, and that is the one of its time', () => {
  const numbers = fc.array(fc.tuple(fc.nat(1000), fc.integer({ min: -50, max: 50 })), { maxLength: 50 });
  fc.assert(
    fc.property(numbers, fc.integer({ min: 1, max: 40 }), (unsorted, buckets) => {
      const points = unsorted.sort((a, b) => a[0] - b[0]);
      const query: BucketQuery = { from: 0, to: 1000, buckets, aggregates: AGGREGATES };
      const { time, fields } = aggregate(blocksOf(points.map(([t, v]) => [t, { v }])), query);
      const groups = new Map<number, number[]>();
      for (const [t, v] of points) {
        const bucket = Math.min(buckets - 1, Math.floor((t * buckets) / 1000));
        groups.set(bucket, [...(groups.get(bucket) ?? []), v]);
      }
      expect(time).toEqual([...groups.keys()].map((bucket) => Math.floor((bucket * 1000) / buckets)));
      const columns = fields['v'] ?? {};
      for (const [i, values] of [...groups.values()].entries()) {
        expect(columns.count![i]).toBe(values.length);
        expect(columns.mean![i]).toBeCloseTo(values.reduce((a, b) => a + b) / values.length, 9);
        expect([columns.min![i], columns.max![i]]).toEqual([Math.min(...values), Math.max(...values)]);
        expect([columns.first![i], columns.last![i]]).toEqual([values[0], values.at(-1)]);
      }
    }),
  );
});

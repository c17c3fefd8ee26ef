import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeWithin, encodeChunk, type ChunkData } from '../../store/chunk.js';
import { decodeColumn, encodeSliced, adderOfCode, type ColumnCode } from '../../store/column-code.js';
import { within, type Rows } from '../../store/rows.js';
import { addRows, emptySummary } from '../../store/summary.js';
import { decodeTime, encodeSlicedTime, timesOf } from '../../store/time-code.js';
import { Chance } from '../chance.js';

const NULL = Infinity;
const ROWS = 120;

const throughJson = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** What has to hold of any column: steps or digits, gaps or none, and slices in which nothing is but null. */
const kinds: Record<string, (chance: Chance) => Float64Array> = {
  'a probe that walks': (chance) => walk(chance, 1, 0),
  'a probe with gaps': (chance) => walk(chance, 3, 0.1),
  'a probe with long gaps': (chance) => walk(chance, 1, 0.01).map((v, row) => (row % 700 < 300 ? NULL : v)),
  'a probe that is absent': (chance) => walk(chance, 1, 1),
  noise: (chance) => noise(chance, 0),
  'noise with gaps and bursts': (chance) => noise(chance, 0.01),
};

function walk(chance: Chance, by: number, gaps: number): Float64Array {
  let at = chance.between(-500, 500);
  return Float64Array.from({ length: chance.between(512, 3000) }, () => {
    at += chance.between(-by, by);
    return chance.between(0, 999) < 1000 * gaps ? NULL : at / 16;
  });
}

function noise(chance: Chance, rare: number): Float64Array {
  const one = () => (chance.between(0, 1) === 0 ? NULL : chance.between(-1e7, 1e7));
  return Float64Array.from({ length: chance.between(512, 3000) }, () =>
    chance.between(0, 999) < 1000 * rare ? one() : chance.between(-400, 400) / 100,
  );
}

function encoded(series: number, rows: Rows): ChunkData {
  const steps = encodeChunk(series, rows);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

function columnsOf({ time, id, fields, estimated }: Rows): number[][] {
  return [time, id, estimated ?? new Uint8Array(time.length), fields.get('a') ?? []].map((column) =>
    Array.from(column as ArrayLike<number>),
  );
}

/** Ends of consecutive runs, some of them those of slices. */
const ends = fc.array(
  fc.oneof(
    fc.nat(3000),
    fc.nat(25).map((n) => n * ROWS),
  ),
  { maxLength: 12 },
);

test.each(Object.entries(kinds))('summed up in slices, %s comes to what its values do', (_, make) => {
  fc.assert(
    fc.property(fc.nat(), ends, (seed, stops) => {
      const column = make(new Chance(seed));
      const code = throughJson(encodeSliced(column));
      expect(decodeColumn(code, column.length)).toEqual(column);
      expect('slices' in code).toBe(true);
      const add = adderOfCode(code, column.length, { decoded: 0 });
      let row = 0;
      for (const end of [...stops.sort((a, b) => a - b), column.length].map((n) => Math.min(n, column.length))) {
        const [actual, expected] = [emptySummary(), emptySummary()];
        add(actual, row, end);
        addRows(expected, column, row, end);
        expect({ ...actual, sum: 0 }).toEqual({ ...expected, sum: 0 });
        expect(actual.sum).toBeCloseTo(expected.sum, 6);
        row = end;
      }
    }),
    { numRuns: 100 },
  );
});

test.each(Object.entries(kinds))(
  'of a chunk of %s a window has what all of it has there, and little more is decoded',
  (_, make) => {
    const window = fc.tuple(fc.nat(3100), fc.nat(3100));
    fc.assert(
      fc.property(fc.nat(), fc.array(window, { minLength: 1, maxLength: 5 }), fc.boolean(), (seed, windows, jitter) => {
        const chance = new Chance(seed);
        const column = make(chance);
        const { length } = column;
        const time = Float64Array.from({ length }, (_, row) => 60_000 * row + (jitter ? chance.between(0, 59_999) : 0));
        const id = Float64Array.from({ length }, (_, row) => 1_000_000 * (row < 700 ? row + 1 : row + 9) + 5);
        const estimated = Uint8Array.from({ length }, (_, row) => (row % 400 < 100 ? 1 : 0));
        const all = { length, time, id, fields: new Map([['a', column]]), estimated, plain: null };
        const chunk = throughJson(encoded(5, all));
        for (const [begin, rows] of windows) {
          const [from, to] = [60_000 * begin + 30_000, 60_000 * (begin + rows) + 30_000.5];
          const work = { decoded: 0 };
          const found = decodeWithin(chunk, from, to, work);
          expect(columnsOf(found)).toEqual(columnsOf(within(all, from, to)));
          expect(work.decoded).toBeLessThanOrEqual(
            (jitter ? 2 : 1) * (found.length + 2 * ROWS) + (jitter ? 4 * ROWS : 0),
          );
        }
      }),
      { numRuns: 50 },
    );
  },
);

test('of slices that a run has as a whole nothing is decoded', () => {
  const chance = new Chance(1);
  const column = Float64Array.from({ length: 1200 }, () => chance.between(-30, 30) / 16);
  const code = encodeSliced(column);
  const summed = (from: number, to: number): number => {
    const work = { decoded: 0 };
    adderOfCode(code, column.length, work)(emptySummary(), from, to);
    return work.decoded;
  };
  expect(summed(0, column.length)).toBe(0);
  expect(summed(ROWS, 4 * ROWS)).toBe(0);
  expect(summed(ROWS + 1, 4 * ROWS)).toBe(ROWS);
  expect(summed(ROWS - 1, 4 * ROWS + 1)).toBe(2 * ROWS);
});

test('a list of numbers and nulls is the same as packed ones', () => {
  const list = Array.from({ length: 600 }, (_, row) => (row % 7 === 0 ? null : row % 50));
  expect(encodeSliced(list)).toEqual(encodeSliced(Float64Array.from(list, (value) => value ?? NULL)));
});

test('what is short, not always there or no integer has no slices, and is summed up all the same', () => {
  const short = Float64Array.from({ length: 100 }, (_, row) => row);
  const sometimes = Float64Array.from({ length: 1000 }, (_, row) => (row % 3 === 0 ? NaN : row));
  const odd = Float64Array.from({ length: 1000 }, (_, row) => row / 7);
  const huge = Float64Array.from({ length: 1000 }, (_, row) => 2 ** 52 - row);
  for (const column of [short, sometimes, odd, huge]) {
    const code: ColumnCode = throughJson(encodeSliced(column));
    expect('slices' in code).toBe(false);
    const [actual, expected] = [emptySummary(), emptySummary()];
    adderOfCode(code, column.length, { decoded: 0 })(actual, 3, 90);
    addRows(expected, column, 3, 90);
    expect(actual).toEqual(expected);
  }
});

test.each<[string, (chance: Chance, row: number) => number]>([
  ['on time', () => 0],
  ['late now and then', (chance) => (chance.between(0, 9) === 0 ? chance.between(0, 60) : 0)],
  ['late by up to a second', (chance) => chance.between(0, 999)],
  ['of a clock that is too slow', (chance, row) => 13 * row + chance.between(0, 999)],
  ['with an outage', (_, row) => (row > 700 ? 86_400_000 : 0)],
])('times %s are found without decoding all of them', (_, late) => {
  const chance = new Chance(7);
  const time = Float64Array.from({ length: 2500 }, (_, row) => 1_763_794_880_000 + 60_000 * row + late(chance, row));
  const code = throughJson(encodeSlicedTime(time));
  expect(decodeTime(code, time.length)).toEqual(time);
  const work = { decoded: 0 };
  const times = timesOf(code, time.length, work);
  for (let row = ROWS - 1; row < time.length; row += ROWS) expect(times.timeAt(row)).toBe(time[row]);
  expect(times.timeAt(2499)).toBe(time[2499]);
  expect(times.firstFrom(time[2499]! + 1)).toBeGreaterThanOrEqual(2500);
  expect(work.decoded).toBe(0);
  for (const row of [1, 118, 119, 120, 1300, 1301, 2498])
    expect([times.timeAt(row), times.firstFrom(time[row]!), times.firstFrom(time[row]! + 1)]).toEqual([
      time[row],
      row,
      row + 1,
    ]);
  expect(work.decoded).toBeLessThanOrEqual(6 * ROWS);
  expect(times.firstFrom(time[0]!)).toBe(0);
  expect(times.firstFrom(0)).toBe(0);
});

test('a jitter of a second costs no more than its ten bits', () => {
  const chance = new Chance(7);
  const time = Float64Array.from(
    { length: 5000 },
    (_, row) => 1_763_794_880_000 + 60_000 * row + chance.between(0, 999),
  );
  expect(encodeSlicedTime(time)).toMatchObject({ step: 60_000, off: { alone: true } });
});

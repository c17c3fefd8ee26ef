import { describe, expect, test } from 'vitest';
import type { Curve } from '../../page/data/curve.js';
import { firstNotBefore, insert, withGaps } from '../../page/data/curve.js';

const raw = (time: number[], value: (number | null)[] = time): Curve => ({
  time,
  value,
  band: null,
  guessed: new Set(),
});

describe('insert()', () => {
  test('puts a late point where its time belongs', () => {
    const curve = raw([10, 20, 40], [1, 2, 4]);
    insert(curve, 30, 3);
    insert(curve, 50, 5);
    insert(curve, 0, null);
    expect(curve).toEqual(raw([0, 10, 20, 30, 40, 50], [null, 1, 2, 3, 4, 5]));
  });

  test('replaces a value at the same time', () => {
    const curve = raw([10, 20, 30], [1, 2, 3]);
    insert(curve, 20, 9);
    expect(curve).toEqual(raw([10, 20, 30], [1, 9, 3]));
  });
});

describe('withGaps()', () => {
  test('breaks the line where readings are missing, even a single one', () => {
    const { time, value } = withGaps(raw([0, 60, 121, 180, 300, 360, 420]));
    expect(value).toEqual([0, 60, 121, 180, null, 300, 360, 420]);
    expect(time[4]).toBeGreaterThan(180);
    expect(time[4]).toBeLessThan(300);
  });

  test('leaves a steady line whole', () => {
    const steady = raw([0, 58, 121, 179, 240, 303]);
    expect(withGaps(steady)).toEqual(steady);
  });

  test('leaves a line whole whose device began to measure more often', () => {
    const faster = raw([0, 600, 1200, 1800, 2400, 2405, 2410, 2415, 2420, 2425, 2430, 2435, 2440, 2445]);
    expect(withGaps(faster)).toEqual(faster);
  });

  test('breaks the line once for each of several gaps in a row', () => {
    const { value } = withGaps(raw([0, 60, 120, 180, 900, 960, 1800, 1860, 1920, 1980]));
    expect(value).toEqual([0, 60, 120, 180, null, 900, 960, null, 1800, 1860, 1920, 1980]);
  });

  test('keeps a reading without a value a gap', () => {
    expect(withGaps(raw([0, 60, 120], [1, null, 3])).value).toEqual([1, null, 3]);
  });

  test('breaks the band with the mean', () => {
    const band = { min: [1, 1, 1, 1], max: [3, 3, 3, 3], step: 10 };
    const gapped = withGaps({ time: [0, 10, 20, 90], value: [2, 2, 2, 2], band, guessed: new Set() });
    expect(gapped.value).toEqual([2, 2, 2, null, 2]);
    expect(gapped.band).toEqual({ min: [1, 1, 1, null, 1], max: [3, 3, 3, null, 3], step: 10 });
  });

  test('can not tell a gap from two points', () => {
    expect(withGaps(raw([0, 9000])).value).toEqual([0, 9000]);
    expect(withGaps(raw([])).value).toEqual([]);
  });
});

test('firstNotBefore() finds the place of a time', () => {
  expect([5, 10, 15, 30, 35].map((time) => firstNotBefore([10, 20, 30], time))).toEqual([0, 0, 1, 2, 3]);
});

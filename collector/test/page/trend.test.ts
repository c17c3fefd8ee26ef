import { expect, test } from 'vitest';
import { trendOf } from '../../page/overview/trend.js';

const HOUR = 3_600_000;
const STEP = HOUR / 3;
const NOW = 100 * HOUR;

/** Level at 20, a value every twenty minutes. @param missing hours before now without values */
const day = (missing: [from: number, to: number] = [0, 0]) => {
  const time = Array.from({ length: 72 }, (_, i) => NOW - (72 - i) * STEP);
  const mean = time.map((t) => (NOW - t > missing[0] * HOUR && NOW - t < missing[1] * HOUR ? null : 20));
  return { span: { from: NOW - 24 * HOUR, to: NOW }, time, step: STEP, mean, min: 20, max: 20, period: 60_000 };
};

test.each([
  [20.2, 'steady'],
  [20.5, 'rising'],
  [23, 'rising fast'],
  [19.5, 'falling'],
  [17, 'falling fast'],
])('20 °C an hour ago and %d °C now is %s', (value, trend) => {
  expect(trendOf({ time: NOW, value }, day(), 2)).toBe(trend);
});

test('without a value about an hour ago there is no trend', () => {
  expect(trendOf({ time: NOW, value: 20 }, day([0, 2]), 2)).toBeNull();
  expect(trendOf({ time: NOW, value: 20 }, null, 2)).toBeNull();
});

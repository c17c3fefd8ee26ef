import { expect, test } from 'vitest';
import { isLow, signalOf, waitingOn } from '../../page/words/health.js';

test.each([
  [-45, 4, 'strong'],
  [-61, 3, 'good'],
  [-80, 2, 'fair'],
  [-90, 1, 'weak'],
  [-95, 0, 'hardly any'],
])('a signal of %d dBm has %d bars and is %s', (rssi, bars, words) => {
  expect(signalOf({ rssi })).toMatchObject({ bars });
  expect(signalOf({ rssi })?.text).toContain(words);
});

test('what a device does not tell is not made up', () => {
  expect([signalOf(null), signalOf({ rssi: null }), waitingOn({}), waitingOn({ waiting: 0 })]).toEqual(
    Array.from({ length: 4 }, () => null),
  );
});

test.each([
  ['batt_V', 3.39, true],
  ['battery_V', 3.4, false],
  ['batt_pct', 14, true],
  ['temp_C', 1, false],
  ['mains_V', 1, false],
])('%s of %d is low: %s', (field, value, low) => {
  expect(isLow(field, value)).toBe(low);
});

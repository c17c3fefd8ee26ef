import { expect, test } from 'vitest';
import { shiftOf } from '../../page/data/comparison.js';
import { isoInZone } from '../../page/words/time.js';

/** The reader's clock, whatever zone the test runs in: over a change of the clocks too. */
test.each(['day', 'week', 'year'] as const)('a %s before is at the same time of the day', (comparison) => {
  for (let month = 0; month < 12; month++) {
    const to = new Date(2026, month, 28, 14, 30).getTime();
    const then = new Date(to - shiftOf(comparison, { from: 0, to }));
    expect([then.getHours(), then.getMinutes()]).toEqual([14, 30]);
    expect(comparison === 'year' ? then.getFullYear() : then.getDate()).not.toBe(comparison === 'year' ? 2026 : 28);
  }
});

test('isoInZone() is the same moment, by the reader’s clock', () => {
  const time = new Date(2026, 2, 12, 14, 5, 0).getTime();
  expect(isoInZone(time)).toMatch(/^2026-03-12T14:05:00[+-]\d\d:\d\d$/);
  expect(Date.parse(isoInZone(time + 250))).toBe(time + 250);
});

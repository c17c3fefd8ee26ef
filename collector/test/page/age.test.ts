import { describe, expect, test } from 'vitest';
import { ageInWords, isStale } from '../../page/words/age.js';

const NOW = Date.UTC(2025, 10, 22, 12);
const MINUTE = 60_000;

test.each([
  [0, 'just now'],
  [12_000, '12 s ago'],
  [59_999, '59 s ago'],
  [3.9 * MINUTE, '3 min ago'],
  [47 * 60 * MINUTE, '47 h ago'],
  [50 * 60 * MINUTE, '2 days ago'],
  [-5 * MINUTE, 'in the future'],
])('ageInWords() of %d ms is "%s"', (age, words) => {
  expect(ageInWords(NOW - age, NOW)).toBe(words);
});

describe('isStale()', () => {
  test('is patient with a device that uploads now and then', () => {
    expect(isStale(NOW - 29 * MINUTE, NOW, { period: MINUTE, every: MINUTE })).toBe(false);
    expect(isStale(NOW - 31 * MINUTE, NOW, { period: MINUTE, every: null })).toBe(true);
  });

  test('waits for the uploads of one on batteries, which bring an hour at once', () => {
    const rhythm = { period: MINUTE, every: 60 * MINUTE };
    expect(isStale(NOW - 179 * MINUTE, NOW, rhythm)).toBe(false);
    expect(isStale(NOW - 181 * MINUTE, NOW, rhythm)).toBe(true);
  });

  test('waits longer for one that measures seldom', () => {
    const rhythm = { period: 60 * MINUTE, every: null };
    expect(isStale(NOW - 200 * MINUTE, NOW, rhythm)).toBe(false);
    expect(isStale(NOW - 250 * MINUTE, NOW, rhythm)).toBe(true);
  });
});

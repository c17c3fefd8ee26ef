import { expect, test } from 'vitest';
import { firstStep, usualStep, withStep } from '../../store/rhythm.js';

const HOUR = 3_600_000;

/** After uploads with these steps. */
const after = (...steps: number[]) => usualStep(steps.reduce<number[]>(withStep, []));

test('how often a device uploads is not known before it has', () => {
  expect(after()).toBeNull();
  expect(firstStep([])).toBe(0);
  expect(firstStep([5000])).toBe(0);
});

test('the first upload counts as if as many readings had come before', () => {
  expect(firstStep([0, 60_000, 120_000])).toBe(180_000);
});

test('an outage, what is sent after it and single readings in between do not disturb it', () => {
  expect(after(HOUR, HOUR, 48 * HOUR, HOUR, HOUR)).toBe(HOUR);
  expect(after(HOUR, HOUR, 60_000, HOUR, 60_000)).toBe(HOUR);
  expect(after(HOUR, 0, -HOUR)).toBe(HOUR);
});

test('another period is learned within three uploads', () => {
  expect(after(60_000, 60_000, 60_000, 60_000, 60_000, HOUR, HOUR, HOUR)).toBe(HOUR);
  expect(after(HOUR, HOUR, HOUR, HOUR, HOUR, 60_000, 60_000, 60_000)).toBe(60_000);
});

test('in doubt it is the longer one', () => {
  expect(after(60_000, HOUR)).toBe(HOUR);
});

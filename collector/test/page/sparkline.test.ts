import { describe, expect, test } from 'vitest';
import { path } from '../../page/overview/sparkline.js';

function day(...mean: number[]) {
  const time = mean.map((_, i) => i);
  return {
    span: { from: 0, to: mean.length },
    time,
    mean,
    min: Math.min(...mean),
    max: Math.max(...mean),
    period: 1,
    step: 1,
  };
}

describe('path() draws a day', () => {
  test('from its lowest, at the bottom, to its highest', () => {
    expect(path(day(10, 20), 1)).toBe('M0.0 26.0L50.0 2.0');
  });

  test('in the middle where it is flat', () => {
    expect(path(day(5, 5), 1)).toBe('M0.0 14.0L50.0 14.0');
  });

  test('of huge numbers', () => {
    expect(path(day(-1e300, 1e300), 1)).toBe('M0.0 26.0L50.0 2.0');
    expect(path(day(1e308, 1e308), 1)).not.toContain('NaN');
  });

  test('that is too wide for a number not at all', () => {
    expect(path(day(-1e308, 1e308), 1)).toBe('');
  });
});

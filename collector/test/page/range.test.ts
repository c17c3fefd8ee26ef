import { describe, expect, test } from 'vitest';
import { isSpan, pan, presetSpan, zoom } from '../../page/data/range.js';

const NOW = Date.UTC(2025, 10, 22, 12);
const DAY = 86_400_000;

describe('presetSpan()', () => {
  test('ends now', () => {
    expect(presetSpan('week', NOW, null)).toEqual({ from: NOW - 7 * DAY, to: NOW });
  });

  test('of everything begins with the oldest point', () => {
    expect(presetSpan('all', NOW, NOW - 900 * DAY)).toEqual({ from: NOW - 900 * DAY, to: NOW });
  });

  test('of everything is a span also when there is nothing, or only a moment', () => {
    expect(isSpan(presetSpan('all', NOW, null))).toBe(true);
    expect(isSpan(presetSpan('all', NOW, NOW))).toBe(true);
  });
});

test('pan() there and back is where it was', () => {
  const span = { from: NOW - DAY, to: NOW };
  expect(pan(pan(span, -0.25), 0.25)).toEqual(span);
});

describe('zoom()', () => {
  test('keeps the middle', () => {
    expect(zoom({ from: 0, to: DAY }, 0.5)).toEqual({ from: DAY / 4, to: (DAY * 3) / 4 });
  });

  test('never leaves what can be shown', () => {
    let span = { from: NOW - DAY, to: NOW };
    for (let i = 0; i < 40; i++) span = zoom(span, 0.5);
    expect(isSpan(span)).toBe(true);
  });
});

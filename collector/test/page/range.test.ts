import { describe, expect, test } from 'vitest';
import { isSpan, pan, pinch, presetSpan, zoom } from '../../page/data/range.js';

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

  test('keeps what is under the pointer there', () => {
    expect(zoom({ from: DAY, to: 5 * DAY }, 0.5, 0.75)).toEqual({ from: 2.5 * DAY, to: 4.5 * DAY });
  });

  test('never leaves what can be shown', () => {
    let span = { from: NOW - DAY, to: NOW };
    for (let i = 0; i < 40; i++) span = zoom(span, 0.5);
    expect(isSpan(span)).toBe(true);
  });
});

describe('pinch()', () => {
  test('puts the times that the fingers hold where the fingers are', () => {
    const span = pinch([NOW, NOW + DAY], [0.25, 0.75], { from: 0, to: DAY });
    expect(span).toEqual({ from: NOW - DAY / 2, to: NOW + 1.5 * DAY });
  });

  test('leaves the span as it is where fingers meet or cross', () => {
    const before = { from: NOW, to: NOW + DAY };
    expect(pinch([NOW, NOW + DAY], [0.5, 0.5], before)).toEqual(before);
    expect(pinch([NOW, NOW + DAY], [0.6, 0.4], before)).toEqual(before);
  });
});

test('pan() stays behind 1970', () => {
  expect(pan({ from: DAY, to: 3 * DAY }, -1)).toEqual({ from: 0, to: 2 * DAY });
});

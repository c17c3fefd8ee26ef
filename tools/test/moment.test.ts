import { describe, expect, it } from 'vitest';
import { parseMoment, showMoment } from '../moment.js';
import { age, parseSpan } from '../span.js';

const NOW = Date.UTC(2026, 10, 22, 12);

describe('parseMoment()', () => {
  it.each([
    ['2026-11-22T17:00Z', Date.UTC(2026, 10, 22, 17)],
    ['2026-11-22 17:00:30.5+09:00', Date.UTC(2026, 10, 22, 8, 0, 30, 500)],
    ['2026-11-22T17:00:30-0330', Date.UTC(2026, 10, 22, 20, 30, 30)],
    ['20261122', new Date(2026, 10, 22).getTime()],
    ['2026/11/22', new Date(2026, 10, 22).getTime()],
    ['2026-11-22 17:09', new Date(2026, 10, 22, 17, 9).getTime()],
    ['1763795000', 1_763_795_000_000],
    ['1763795000123', 1_763_795_000_123],
    ['-6h', NOW - 6 * 3_600_000],
    ['now', NOW],
  ])('reads %s', (text, ms) => {
    expect(parseMoment(text, NOW)).toBe(ms);
  });

  it.each([
    '',
    'yesterday',
    '2026-13-01',
    '2026-02-30',
    '2026-11-22T25:00',
    '2026-11-22T10:60',
    '-6',
    '-h',
    '1e9',
    '0x10',
  ])('refuses %j', (text) => {
    expect(parseMoment(text, NOW)).toBeNull();
  });

  it('reads back what showMoment() shows', () => {
    expect(parseMoment(showMoment(NOW), 0)).toBe(NOW);
  });
});

describe('parseSpan()', () => {
  it.each([
    ['90s', 90_000],
    ['1.5h', 5_400_000],
    ['7d', 604_800_000],
    ['2w', 1_209_600_000],
  ])('reads %s', (text, ms) => {
    expect(parseSpan(text)).toBe(ms);
  });

  it.each(['', '7', 'd', '7 days', '-7d', '7D'])('refuses %j', (text) => {
    expect(parseSpan(text)).toBeNull();
  });
});

describe('age()', () => {
  it.each([
    [0, '0 s'],
    [119_000, '119 s'],
    [120_000, '2 min'],
    [3 * 3_600_000, '3 h'],
    [40 * 86_400_000, '40 d'],
    [-300_000, 'in 5 min'],
  ])('%i ms is %s', (ms, text) => {
    expect(age(ms)).toBe(text);
  });
});

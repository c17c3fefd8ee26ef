import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TIME_MAX, TIME_MIN } from '../../firmware/protocol/limits.js';
import { windowOf } from '../http/window.js';
import { moment, parseDate, timestamp } from '../moment.js';

const NOW = Date.UTC(2026, 10, 20, 12);
const DAY = 86_400_000;

describe('moment() reads', () => {
  test.each([
    ['2018-05-17', '2018-05-17T00:00:00.000Z'],
    ['20180517', '2018-05-17T00:00:00.000Z'],
    ['2018/05/17', '2018-05-17T00:00:00.000Z'],
    ['2018-05', '2018-05-01T00:00:00.000Z'],
    ['2018-05-17T03:57:10.123', '2018-05-17T03:57:10.123Z'],
    ['2018-05-17T03:57:10.123456', '2018-05-17T03:57:10.123Z'],
    ['2018-05-17 03:57:10', '2018-05-17T03:57:10.000Z'],
    ['2018-05-17T03:57', '2018-05-17T03:57:00.000Z'],
    ['20180517T035710Z', '2018-05-17T03:57:10.000Z'],
    ['2018-05-17T03:57:10Z', '2018-05-17T03:57:10.000Z'],
    ['2018-05-17T03:57:10+09:00', '2018-05-16T18:57:10.000Z'],
    ['2018-05-17T03:57:10+0900', '2018-05-16T18:57:10.000Z'],
    ['2018-05-17T03:57:10-09', '2018-05-17T12:57:10.000Z'],
    ['2018-05-17T03:57:10 09:00', '2018-05-16T18:57:10.000Z'],
    ['2018-05-17 03:57:10 +09:00', '2018-05-16T18:57:10.000Z'],
    ['0001-01-01', '0001-01-01T00:00:00.000Z'],
    ['1526529430', '2018-05-17T03:57:10.000Z'],
    ['1526529430.5', '2018-05-17T03:57:10.500Z'],
    ['1526529430123', '2018-05-17T03:57:10.123Z'],
    ['99999999999', '5138-11-16T09:46:39.000Z'],
    ['100000000000', '1973-03-03T09:46:40.000Z'],
    ['0', '1970-01-01T00:00:00.000Z'],
    ['-6h', '2026-11-20T06:00:00.000Z'],
    ['-30d', '2026-10-21T12:00:00.000Z'],
    ['-90s', '2026-11-20T11:58:30.000Z'],
    ['-15m', '2026-11-20T11:45:00.000Z'],
    ['-2w', '2026-11-06T12:00:00.000Z'],
  ])('%s', (text, expected) => {
    expect(new Date(moment(text, NOW)!).toISOString()).toBe(expected);
  });

  test.each([
    '',
    'soon',
    '2018-02-30',
    '2018-13-01',
    '99999999',
    '2018-05-17T24:00',
    '2018-05-17T03:60',
    '-6y',
    '6h',
    '2018/05-17',
    '1e300',
    '9999999999999999',
    '2018-05-17T',
    '2018-05-17T03:57:10+99:00',
  ])('nothing in "%s"', (text) => {
    expect(moment(text, NOW)).toBeNull();
  });

  test('anything without throwing, and answers a time that a date can show', () => {
    const text = fc.oneof(fc.string(), fc.stringMatching(/^-?[0-9TZ:+ ./-]{0,30}[smhdw]?$/));
    fc.assert(
      fc.property(text, (text) => {
        const time = moment(text, NOW);
        expect(time === null || !Number.isNaN(new Date(time).getTime())).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

test('parseDate() reads back every ISO date of the years stored', () => {
  const date = fc.date({ min: new Date(TIME_MIN), max: new Date(TIME_MAX), noInvalidDate: true });
  fc.assert(
    fc.property(date, (date) => {
      expect(parseDate(date.toISOString())).toBe(date.getTime());
    }),
  );
});

describe('timestamp() of a stored point', () => {
  test.each([
    ['2018-05-17T03:57:10.123Z', 1_526_529_430_123],
    ['2018-05-17T03:57:10', 1_526_529_430_000],
    ['2018-05-17T03:57:10+09:00', 1_526_497_030_000],
    [1_526_529_430_123, 1_526_529_430_123],
    [TIME_MIN, TIME_MIN],
    [TIME_MAX, TIME_MAX],
  ])('%s is taken', (value, expected) => {
    expect(timestamp(value, '/timestamp')).toBe(expected);
  });

  test.each([
    0,
    1_526_529_430,
    TIME_MIN - 1,
    TIME_MAX + 1,
    1.5,
    NaN,
    true,
    '',
    'now',
    '-6h',
    '2018/05/17',
    '1526529430123',
    '1999-12-31',
    '2100-01-02',
    {},
    [],
  ])('%j is refused', (value) => {
    expect(() => timestamp(value, '/timestamp')).toThrow();
  });
});

describe('windowOf()', () => {
  test('is the last two days by default', () => {
    expect(windowOf({}, NOW)).toEqual({ from: NOW - 2 * DAY, to: NOW });
  });

  test('without from begins two days before to', () => {
    expect(windowOf({ to: '2018-05-17' }, NOW)).toMatchObject({
      from: Date.UTC(2018, 4, 15),
      to: Date.UTC(2018, 4, 17),
    });
  });

  test('takes the default silently for what it cannot read', () => {
    expect(windowOf({ from: 'x', to: ['a', 'b'] }, NOW)).toEqual(windowOf({}, NOW));
  });

  test('stays reversed when it is asked for reversed', () => {
    expect(windowOf({ from: '-1h', to: '-2h' }, NOW)).toMatchObject({ from: NOW - 3_600_000, to: NOW - 7_200_000 });
  });
});

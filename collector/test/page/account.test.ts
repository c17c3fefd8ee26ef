import { describe, expect, test } from 'vitest';
import { accountInWords } from '../../page/words/account.js';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 2, 14, 12);

/** Numbers and days are written as the language of whoever runs this wants them. */
const n = (value: number): string => value.toLocaleString();
const day = (time: number): string => new Date(time).toLocaleDateString(undefined, { day: 'numeric', month: 'long' });

const log = (stored: number, lost = 0, quarantined = 0) => ({ stored, lost, quarantined });

describe('accountInWords() says', () => {
  test('that nothing was lost', () => {
    expect(accountInWords([log(50_000)], 10_080, NOW)).toEqual({
      text: `100\u00a0% of ${n(10_080)} readings this week; none lost`,
      attention: false,
    });
  });

  test('what was lost, when and why, and never rounds up to all', () => {
    const losses = [{ count: 3, from: NOW - 2 * DAY - 60_000, to: NOW - 2 * DAY }];
    const { text, attention } = accountInWords([{ ...log(50_000, 3), losses }], 99_999, NOW);
    const part = (99.99).toLocaleString();
    expect(text).toBe(
      `${part}\u00a0% of ${n(100_002)} readings this week; 3 lost on ${day(NOW - 2 * DAY)}, buffer full`,
    );
    expect(attention).toBe(true);
  });

  test('a loss before this week as such: it is not of this week', () => {
    const losses = [{ count: 3, from: null, to: NOW - 20 * DAY }];
    const { text } = accountInWords([{ ...log(50_000, 3), losses }], 10_080, NOW);
    expect(text).toBe(`100\u00a0% of ${n(10_080)} readings this week; 3 lost on ${day(NOW - 20 * DAY)}, buffer full`);
  });

  test('several losses together with the last of them, over all logs of the device', () => {
    const losses = [2, 5].map((count, i) => ({ count, from: null, to: NOW - (5 - i) * DAY }));
    const { text } = accountInWords([log(70, 1), { ...log(930, 7, 4), losses }], 1000, NOW);
    expect(text).toContain(`; 8 lost, the last 5 on ${day(NOW - 4 * DAY)}, buffer full; 4 set aside as unreadable`);
  });

  test('all there is while the week is not known, and one reading as one', () => {
    expect(accountInWords([log(1)], null, NOW).text).toBe('100\u00a0% of 1 reading; none lost');
  });

  test('that a week had none', () => {
    expect(accountInWords([log(9)], 0, NOW).text).toBe('No readings this week; none lost');
  });
});

import { describe, expect, test } from 'vitest';
import { accountInWords } from '../../page/account.js';

/** Numbers are written as the language of whoever runs this wants them. */
const n = (value: number): string => value.toLocaleString();

const log = (stored: number, lost = 0, quarantined = 0) => ({ stored, lost, quarantined });

describe('accountInWords() says', () => {
  test('that nothing was lost', () => {
    expect(accountInWords([log(10_080)])).toEqual({
      text: `${n(10_080)} readings stored, none lost`,
      attention: false,
    });
  });

  test('what was lost and what was set aside, over all logs of the device', () => {
    const account = accountInWords([log(10_000, 2, 0), log(77, 1, 4)]);
    expect(account.text).toBe(`${n(10_077)} readings stored, 3 lost on the device, 4 set aside as unreadable`);
    expect(account.attention).toBe(true);
  });

  test('one reading as one', () => {
    expect(accountInWords([log(1)]).text).toBe('1 reading stored, none lost');
  });
});

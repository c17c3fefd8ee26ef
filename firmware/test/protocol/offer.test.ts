import { expect, test } from 'vitest';
import { isNewer, isVersion, offerIn } from '../../protocol/offer.js';

test('orders versions as semver.org does in its own example', () => {
  const order =
    '0.9.9 1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-beta 1.0.0-beta.2 1.0.0-beta.11 1.0.0-rc.1 1.0.0 1.0.1 1.2.0 1.10.0';
  const versions = order.split(' ');
  for (const [i, a] of versions.entries())
    for (const [j, b] of versions.entries()) expect(isNewer(a, b), `${a} after ${b}`).toBe(i > j);
});

test('what is no version is neither newer nor older', () => {
  for (const text of [
    '',
    '1',
    '1.2',
    'v1.2.3',
    '1.2.3 ',
    '1.2.3-',
    '1.2.3+build',
    '1.2.3-a_b',
    `1.2.${'9'.repeat(10)}`,
  ]) {
    expect(isVersion(text)).toBe(false);
    expect([isNewer(text, '0.0.1'), isNewer('9.9.9', text)]).toEqual([false, false]);
  }
});

test('takes an offer as it is, and nothing that only looks like one', () => {
  const firmware = { name: 'esp32-1.2.0-9f3a17c2', version: '1.2.0', length: 1000, sha256: 'a'.repeat(64) };
  expect(offerIn({ firmware: { ...firmware, more: 1 } })).toEqual(firmware);
  const wrong = [
    { name: '../etc' },
    { version: '1' },
    { length: 0 },
    { length: '9' },
    { length: 1.5 },
    { sha256: 'A'.repeat(64) },
    { sha256: '' },
  ];
  for (const change of wrong) expect(offerIn({ firmware: { ...firmware, ...change } })).toBeNull();
  for (const body of [null, [], 'x', {}, { firmware: 'x' }, { firmware: null }]) expect(offerIn(body)).toBeNull();
});

/** What the chips read without regular expressions, against the regular expressions that say the same. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseAddress } from '../address.js';
import { isFieldName, isName } from '../protocol/limits.js';
import { isVersion, offerIn } from '../protocol/offer.js';

const NAME = /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$/;
const FIELD = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;
const VERSION = /^(\d{1,9})\.(\d{1,9})\.(\d{1,9})(?:-([0-9A-Za-z.-]{1,32}))?$/;
const SHA256 = /^[0-9a-f]{64}$/;
const ADDRESS = /^(http|mqtt)(s?):\/\/([A-Za-z0-9.-]+)(?::(\d{1,5}))?((?:\/[\w.-]+)*)\/?$/;

/** Texts of a few letters, so that many are nearly right. */
const spelt = (letters: string, maxLength = 8) =>
  fc
    .string({ unit: fc.constantFrom(...letters.split('')), maxLength })
    .chain((text) => fc.constantFrom(text, `${text}\n`, text));

test('names and fields', () => {
  const text = fc.oneof(
    spelt('azAZ09_.:-/@[`{ é\0', 6),
    fc.nat({ max: 70 }).map((n) => 'a'.repeat(n)),
  );
  fc.assert(
    fc.property(text, (name) => {
      expect(isName(name)).toBe(NAME.test(name));
      expect(isFieldName(name)).toBe(FIELD.test(name));
    }),
    { numRuns: 2000 },
  );
});

test('versions and checksums', () => {
  const part = spelt('0189', 11);
  const version = fc
    .tuple(part, part, part, fc.constantFrom('', '-', '-rc.1', '-a_b', `-${'x'.repeat(33)}`, '.4', ' '))
    .map(([a, b, c, rest]) => `${a}.${b}.${c}${rest}`);
  fc.assert(
    fc.property(version, (text) => isVersion(text) === VERSION.test(text)),
    { numRuns: 2000 },
  );
  const sum = fc.tuple(spelt('09afgA', 2), fc.integer({ min: 62, max: 64 })).map(([end, n]) => '0'.repeat(n) + end);
  fc.assert(
    fc.property(sum, (sha256) => {
      const offer = offerIn({ firmware: { name: 'a', version: '1.0.0', length: 1, sha256 } });
      expect(offer !== null).toBe(SHA256.test(sha256));
    }),
    { numRuns: 1000 },
  );
});

test('addresses', () => {
  const address = fc
    .tuple(
      fc.constantFrom('http://', 'https://', 'mqtt://', 'mqtts://', 'http:/', 'HTTP://', 'ftp://', ''),
      spelt('a0.-_@', 4),
      fc.constantFrom('', ':', ':80', ':0', ':65535', ':65536', ':123456', ':8 0', ':1:2', ':-1', ':1e3'),
      fc.constantFrom('', '/', '//', '/api', '/api/', '/a_b/c.d-e', '/a//b', '/a b', '/a?b', '/a:1'),
    )
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(address, fc.constantFrom('http' as const, 'mqtt' as const), (text, scheme) => {
      const [, found, s, host, typed, base = ''] = ADDRESS.exec(text) ?? [];
      const port = typed === undefined ? { http: [80, 443], mqtt: [1883, 8883] }[scheme][s ? 1 : 0]! : Number(typed);
      const right = found === scheme && (scheme === 'http' || base === '') && port >= 1 && port <= 65_535;
      expect(parseAddress(text, scheme)).toEqual(right ? { secure: s === 's', host, port, base } : null);
    }),
    { numRuns: 5000 },
  );
});

import { gunzipSync, gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { gzip } from '../gzip.js';
import { batchText } from './wire.js';
import { Random } from '../../tools/simulator/random.js';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Texts that come again and again, near and far, and bytes of any kind between. */
const repetitive = fc
  .array(
    fc.oneof(
      fc.string({ maxLength: 12 }).map(bytesOf),
      fc.uint8Array({ maxLength: 40 }),
      fc
        .tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max: 700 }))
        .map(([b, n]) => new Uint8Array(n).fill(b)),
      fc.constantFrom('21.5625,', '60000,', '-0.0625,null,', '{"temp_C":[').map(bytesOf),
    ),
    { maxLength: 150 },
  )
  .map((parts) => Uint8Array.from(parts.flatMap((part) => [...part])));

test('zlib unpacks it to the same bytes, whatever they are', () => {
  fc.assert(
    fc.property(repetitive, (bytes) => {
      const packed = gzip(bytes);
      if (packed === null) return;
      expect(packed.length).toBeLessThan(bytes.length);
      expect(gunzipSync(packed).equals(bytes)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test('every length and every distance that has a code of its own', () => {
  for (let size = 3; size <= 300; size++) {
    for (const gap of [0, 1, 2, 3, 5, 8, 13, 30, 60, 120, 200, 300, 500]) {
      const again = Uint8Array.from({ length: size }, (_, i) => 65 + ((i * i) % 53));
      const between = Uint8Array.from({ length: gap }, (_, i) => 150 + (i % 97));
      const bytes = Uint8Array.from([...again, ...between, ...again, ...new Uint8Array(200)]);
      expect(gunzipSync(gzip(bytes)!).equals(bytes)).toBe(true);
    }
  }
});

test('what would not become shorter is left as it is', () => {
  const random = new Random('noise');
  const noise = Uint8Array.from({ length: 1000 }, () => random.integer(256));
  expect(gzip(noise)).toBeNull();
  expect(gzip(new Uint8Array())).toBeNull();
  expect(gzip(bytesOf('{}'))).toBeNull();
  expect(gzip(new Uint8Array(65_535))).toBeNull();
});

test('a batch becomes a third, 30 % longer than what zlib makes of it at most', () => {
  for (const seed of [1, 2, 3]) {
    const bytes = bytesOf(batchText({ readings: 60, seed }));
    const packed = gzip(bytes)!;
    expect(packed.length / bytes.length).toBeLessThan(0.4);
    expect(packed.length / gzipSync(bytes, { level: 9 }).length).toBeLessThan(1.3);
  }
});

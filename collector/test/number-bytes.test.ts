import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { NumberBytes } from '../http/number-bytes.js';

function text(...pieces: Uint8Array[]): string {
  return Buffer.concat(pieces).toString('latin1');
}

function values(numbers: NumberBytes, column: (number | null | undefined)[]): string {
  numbers.begin();
  const packed = Float64Array.from(column, (value) => (value === undefined ? NaN : (value ?? Infinity)));
  return text(...numbers.values(packed), numbers.rest());
}

function times(column: number[]): string {
  const numbers = new NumberBytes();
  return text(...numbers.times(Float64Array.from(column)), numbers.rest());
}

const value = fc.oneof(
  fc.integer({ min: -880, max: 2000 }).map((n) => n / 16),
  fc.integer({ min: -5000, max: 5000 }).map((n) => n / 100),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0),
  fc.integer(),
  fc.constant(null),
  fc.constant(undefined),
);

test('values are written as JSON has them, null where there is none', () => {
  fc.assert(
    fc.property(fc.array(fc.array(value, { maxLength: 100 }), { maxLength: 4 }), (columns) => {
      const numbers = new NumberBytes();
      for (const column of columns)
        expect(values(numbers, column)).toBe(JSON.stringify(column.map((one) => one ?? null)).slice(1, -1));
    }),
    { numRuns: 500 },
  );
});

test('times are written as JSON has them', () => {
  const time = fc.oneof(
    fc.integer({ min: 946_684_800_000, max: 4_102_444_800_000 }),
    fc.constantFrom(0, -1, 999_999, 1_000_000, 1_700_000_000_000, 1_700_000_999_999, 1_700_001_000_000, 2 ** 53, 0.5),
    fc.integer(),
  );
  fc.assert(
    fc.property(fc.array(time, { maxLength: 50 }), (column) => {
      expect(times(column)).toBe(column.join());
    }),
    { numRuns: 500 },
  );
});

test('many numbers come in pieces, of which none is split or lost', () => {
  const column = Array.from({ length: 30_000 }, (_, i) => (i % 3 === 0 ? i / 16 : -1.7976931348623157e308 / (i + 1)));
  expect(values(new NumberBytes(), column)).toBe(column.join());
  const minutes = column.map((_, i) => 1_763_794_880_000 + i * 60_000);
  expect(times(minutes)).toBe(minutes.join());
});

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { inBytes, times, values, type Part } from '../http/column-bytes.js';

/** `expected`: how many numbers there are about. */
function written(expected: number, ...parts: Part[]): string {
  return Buffer.concat([...inBytes(parts, expected)]).toString();
}

const packed = (column: (number | null | undefined)[]) =>
  Float64Array.from(column, (value) => (value === undefined ? NaN : (value ?? Infinity)));

const value = fc.oneof(
  fc.integer({ min: -880, max: 2000 }).map((n) => n / 16),
  fc.integer({ min: -5000, max: 5000 }).map((n) => n / 100),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0),
  fc.integer(),
  fc.constant(null),
  fc.constant(undefined),
);

const valueColumns = fc.array(fc.array(value, { maxLength: 100 }), { maxLength: 4 });

test('values are written as JSON has them, null where there is none', () => {
  fc.assert(
    fc.property(valueColumns, (columns) => {
      const expected = JSON.stringify(columns.flat().map((one) => one ?? null)).slice(1, -1);
      expect(written(100, values(columns.map(packed)))).toBe(expected);
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
    fc.property(fc.array(fc.array(time, { maxLength: 50 }), { maxLength: 3 }), (columns) => {
      expect(written(100, times(columns.map(packed)))).toBe(columns.flat().join());
    }),
    { numRuns: 500 },
  );
});

test.each([0, 60_000, 600_000])(
  'many numbers come in pieces, none split or lost, with %i of them expected',
  (numbers) => {
    const column = Array.from({ length: 30_000 }, (_, i) => (i % 3 === 0 ? i / 16 : -1.7976931348623157e308 / (i + 1)));
    const stamps = column.map((_, i) => 1_763_794_880_000 + i * 60_000);
    const long = 'ü'.repeat(100_000);
    const text = written(
      numbers,
      '["ä",',
      times([packed(stamps)]),
      long,
      values([packed([]), packed(column), packed([1])]),
      values([]),
      ']',
    );
    expect(text).toBe(`["ä",${stamps.join()}${long}${column.join()},1]`);
  },
);

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readSteps, StepSums, writeSteps } from '../../store/steps.js';
import { addRows, emptySummary } from '../../store/summary.js';

const NULL = Infinity;
const ABSENT = NaN;

test.each<[string, number[], number]>([
  ['+345a..A~a', [345, 346, 346, 346, 345, NULL, 346], 1],
  ['zZ', [26, 0], 1],
  ['+27-54', [27, -27], 1],
  ['+4503599627370496-9007199254740992', [2 ** 52, -(2 ** 52)], 1],
  ['.a', [0, 1 / 16], 16],
  ['', [], 1],
])('steps are written and read as drawn: %s', (text, values, per) => {
  const column = Float64Array.from(values);
  expect(writeSteps(column, per)).toBe(text);
  expect(readSteps(text, per, values.length, null)).toEqual(column);
});

test('what is absent has no sign', () => {
  const column = Float64Array.of(ABSENT, 1, ABSENT, NULL);
  expect(writeSteps(column, 1)).toBe('a~');
  expect(readSteps('a~', 1, 4, Uint8Array.of(1, 0, 1, 0))).toEqual(column);
});

test.each([
  ['aa', 3],
  ['aaa', 2],
  ['a?a', 3],
  ['12', 1],
  ['', 1],
])('steps that are not what the rows need are refused: "%s" for %d', (text, rows) => {
  expect(() => readSteps(text, 1, rows, null)).toThrow(/step/);
});

test('summed up they are what their values come to, wherever a run ends', () => {
  const integer = fc.oneof(
    { weight: 5, arbitrary: fc.integer({ min: -30, max: 30 }) },
    { weight: 1, arbitrary: fc.integer({ min: -100_000, max: 100_000 }) },
    { weight: 1, arbitrary: fc.constant(NULL) },
  );
  fc.assert(
    fc.property(
      fc.array(integer, { maxLength: 60 }),
      fc.array(fc.nat(20)),
      fc.constantFrom(1, 16),
      (integers, runs, per) => {
        const column = Float64Array.from(integers, (n) => n / per);
        const sums = new StepSums(writeSteps(column, per)!, per);
        let row = 0;
        for (const run of [...runs, column.length]) {
          const end = Math.min(column.length, row + run);
          const [actual, expected] = [emptySummary(), emptySummary()];
          sums.add(actual, end - row);
          addRows(expected, column, row, end);
          expect(actual).toEqual(expected);
          row = end;
        }
      },
    ),
    { numRuns: 500 },
  );
});

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { packSteps, readSteps, writeSteps } from '../../store/steps.js';

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
  ['a"a', 3],
  ['a ', 2],
  ['12', 1],
  ['', 1],
])('steps that are not what the rows need are refused: "%s" for %d', (text, rows) => {
  expect(() => readSteps(text, 1, rows, null)).toThrow(/step/);
});

const integer = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: -1, max: 1 }) },
  { weight: 2, arbitrary: fc.integer({ min: -30, max: 30 }) },
  { weight: 1, arbitrary: fc.integer({ min: -100_000, max: 100_000 }) },
);

/** A walk with gaps. */
const walk = fc
  .array(fc.oneof({ weight: 20, arbitrary: integer }, fc.constant(null)), { minLength: 1, maxLength: 300 })
  .map((steps) => {
    let at = 0;
    return Float64Array.from(steps, (step) => (step === null ? NULL : (at += step)));
  });

test('three small steps are one sign, which does not reach over the end of a slice', () => {
  expect(packSteps('...aA.AAAa', 10, 10)).toEqual({ steps: ' =}a', signs: Float64Array.of(4) });
  expect(packSteps('.......+12..~...b', 15, 5)).toEqual({ steps: ' ....+12..~ b', signs: Float64Array.of(3, 7, 3) });
});

test('packed steps are read as the steps are', () => {
  fc.assert(
    fc.property(walk, fc.integer({ min: 1, max: 50 }), fc.constantFrom(1, 16), (integers, rows, per) => {
      const values = integers.map((n) => n / per);
      const { steps, signs } = packSteps(writeSteps(values, per)!, values.length, rows);
      expect(readSteps(steps, per, values.length, null)).toEqual(values);
      expect(signs.reduce((sum, n) => sum + n)).toBe(steps.length);
    }),
    { numRuns: 500 },
  );
});

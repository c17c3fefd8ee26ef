import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readDigits, writeDigits } from '../../store/digits.js';
import { writeSteps } from '../../store/steps.js';
import { decodeTime, encodeTime } from '../../store/time-code.js';

const NULL = Infinity;
const ABSENT = NaN;

/** Values that jump about by up to `by`, the same in each run. */
function jumpy(length: number, by: number): Float64Array {
  return Float64Array.from({ length }, (_, i) => (i * 7919) % by);
}

test('what jumps about is written in two digits each, and read as it was', () => {
  const values = jumpy(200, 997);
  const code = writeDigits(values, 1, writeSteps(values, 1)!.length)!;
  expect(code.digits).toHaveLength(400);
  expect(readDigits(code, 1, 200, null)).toEqual(values);
});

test('a jump beyond all others, and null, are listed beside the digits', () => {
  const values = jumpy(200, 997);
  values.fill(1e9, 100);
  values[150] = NULL;
  const code = writeDigits(values, 1, 1000)!;
  expect(code.far).toHaveLength(2);
  expect(readDigits(code, 1, 200, null)).toEqual(values);
});

test('what is absent has no digits', () => {
  const values = jumpy(100, 997).map((value, row) => (row % 3 === 0 ? ABSENT : value / 16));
  const code = writeDigits(values, 16, 1000)!;
  expect(code.digits).toHaveLength(132);
  const absent = Uint8Array.from(values, (value) => (Number.isNaN(value) ? 1 : 0));
  expect(readDigits(code, 16, 100, absent)).toEqual(values);
});

test('it is left to steps what they say shorter, and what no two digits can hold', () => {
  const calm = Float64Array.from({ length: 100 }, (_, i) => i);
  expect(writeDigits(calm, 1, writeSteps(calm, 1)!.length)).toBeNull();
  const wild = Float64Array.from({ length: 100 }, (_, i) => (i * i * 7919 * 1009) % 1e7);
  expect(writeDigits(wild, 1, writeSteps(wild, 1)!.length)).toBeNull();
});

test.each([
  ['too few', { base: 10, least: 0, digits: '0102' }],
  ['too many', { base: 10, least: 0, digits: '01020304' }],
  ['no digit', { base: 10, least: 0, digits: '01.203' }],
  ['a digit beyond the base', { base: 10, least: 0, digits: '01a203' }],
  ['nothing is listed', { base: 10, least: 0, digits: '010002' }],
  ['one is listed that nobody has', { base: 10, least: 0, digits: '010203', far: [5] }],
])('digits that are not what the rows need are refused: %s', (_, code) => {
  expect(() => readDigits(code, 1, 3, null)).toThrow(/digits|far/);
});

test('times come back as they were, whatever they are', () => {
  const step = fc.oneof(fc.constant(60_000), fc.integer({ min: 59_000, max: 61_000 }), fc.integer());
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 200 }), (steps) => {
      let t = 1_763_794_880_000;
      const times = Float64Array.from(steps, (step) => (t += step));
      expect(decodeTime(JSON.parse(JSON.stringify(encodeTime(times))), times.length)).toEqual(times);
    }),
    { numRuns: 500 },
  );
});

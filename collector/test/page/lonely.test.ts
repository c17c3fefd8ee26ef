import { expect, test } from 'vitest';
import { lonely } from '../../page/plot/lonely.js';

test.each([
  [[], []],
  [[5], [0]],
  [[5, 6], []],
  [
    [null, 5, null, 6, 7, null, 8],
    [1, 6],
  ],
  [[undefined, 5, undefined, undefined], [1]],
  [[5, undefined, 6, undefined, null, undefined, 7], [6]],
])('of %j the values at %j stand alone', (column, indices) => {
  expect(lonely(column)).toEqual(indices);
});

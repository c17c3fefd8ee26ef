import { expect, test } from 'vitest';
import { select } from '../http/selection.js';
import type { Block } from '../store/store.js';

const ALL = { fields: null, limit: Infinity };

test('select() asks for no more blocks when the client has left, and gives its source back', async () => {
  let asked = 0;
  let ended = false;
  async function* source(): AsyncGenerator<Block> {
    const numbers = Float64Array.of(1);
    try {
      for (;;) {
        asked++;
        yield { length: 1, time: numbers, id: numbers, fields: new Map([['a', numbers]]), estimated: null };
      }
    } finally {
      ended = true;
    }
  }
  let taken = 0;
  for await (const { length } of select(source(), ALL, () => asked === 3)) taken += length;
  expect([taken, asked, ended]).toEqual([3, 3, true]);
});

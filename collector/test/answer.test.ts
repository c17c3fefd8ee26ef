import type { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { stream } from '../http/answer.js';
import { countTurns } from './turns.js';

/** As a read of the store: it holds files open until it is done or given up. */
class Source {
  held = true;
  readonly #pieces: number;

  constructor(pieces: number) {
    this.#pieces = pieces;
  }

  async *read(): AsyncGenerator<string> {
    try {
      for (let i = 0; i < this.#pieces; i++) yield `${i}`.padEnd(100_000);
    } finally {
      this.held = false;
    }
  }
}

/** Takes what is sent, as Fastify would. */
class Taker {
  payload: unknown;

  send(payload: unknown): this {
    this.payload = payload;
    return this;
  }
}

async function sent(source: Source): Promise<Readable> {
  const taker = new Taker();
  await stream(taker as unknown as Parameters<typeof stream>[0], source.read());
  return taker.payload as Readable;
}

test('stream() gives its source back when nobody reads the answer', async () => {
  const source = new Source(10);
  (await sent(source)).destroy();
  await expect.poll(() => source.held).toBe(false);
});

test('stream() gives its source back when the reader goes away in the middle', async () => {
  const source = new Source(10);
  const answer = await sent(source);
  for await (const piece of answer) {
    expect(piece).toContain('0');
    break;
  }
  await expect.poll(() => source.held).toBe(false);
});

test('stream() gives others their turn while a reader takes everything at once', async () => {
  const turns = countTurns();
  for await (const _ of await sent(new Source(100)));
  expect(turns()).toBeGreaterThan(10);
});

test('stream() sends every piece, in order', async () => {
  const source = new Source(10);
  let text = '';
  for await (const piece of await sent(source)) text += piece;
  expect(text.split(/\s+/).filter(Boolean)).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
  expect(source.held).toBe(false);
});

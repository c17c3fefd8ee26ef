/** Deleted points of one series that are still in its chunks. */
import type { ChunkRef } from './chunk.js';
import { numberOf } from './point-id.js';
import { firstFrom } from './rows.js';

export class Dead {
  readonly ids: ReadonlySet<number>;
  /** their numbers, ascending */
  readonly #numbers: Float64Array;

  constructor(ids: ReadonlySet<number>) {
    this.ids = ids;
    this.#numbers = Float64Array.from(ids, numberOf).sort();
  }

  /** Whether one of them may be in a chunk: its number is in the chunk's range. */
  mayHit({ low, high }: Pick<ChunkRef, 'low' | 'high'>): boolean {
    const at = firstFrom(this.#numbers, low);
    return at < this.#numbers.length && this.#numbers[at]! <= high;
  }
}

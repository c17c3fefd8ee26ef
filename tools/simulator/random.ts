/** Repeatable chance: the same seed, the same run. */
export class Random {
  #state: number;

  constructor(seed: number | string) {
    this.#state = typeof seed === 'number' ? seed >>> 0 : hash(seed);
  }

  /** From 0 up to 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    return mix(this.#state) / 2 ** 32;
  }

  /** An integer from 0 up to `below`. */
  integer(below: number): number {
    return Math.floor(this.next() * below);
  }

  /** True once in 1/`probability` times. */
  chance(probability: number): boolean {
    return probability > 0 && this.next() < probability;
  }
}

/** A number from 0 up to 1 that belongs to a seed and an index: the same for ever, in any order. */
export function noise(seed: number, index: number): number {
  return mix((Math.imul(index, 0x9e3779b1) ^ seed) >>> 0) / 2 ** 32;
}

/** A 32-bit seed from a text (FNV-1a). */
export function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

function mix(state: number): number {
  let t = Math.imul(state ^ (state >>> 15), state | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return (t ^ (t >>> 14)) >>> 0;
}

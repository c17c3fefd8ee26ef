/**
 * Long work in the background, done a slice at a time: between two of them everybody else has their turn, so that no answer
 * waits for more than a moment. What fits into a slice is counted in work, since a clock counts other programs, too; a
 * unit is what it takes to code a number. The clock only makes slices smaller, on machines that are slow.
 */
import { setImmediate } from 'node:timers/promises';

/** Work of a slice; half a millisecond of a desktop's time. No step between two counts may be more than a few of these. */
export const SLICE = 16_384;

/** Work that other things are, roughly. */
export const WORK = { series: 32, chunk: 8, bytes: 1 / 16 } as const;

const SLICE_MS = 1.5;

/** Told of each slice when it has ended. */
export type SliceListener = (work: number, seconds: number) => void;

export class Pauses {
  readonly #ended: SliceListener;
  #begin = performance.now();
  /** in this slice so far */
  #ms = 0;
  #work = 0;

  constructor(ended: SliceListener = () => undefined) {
    this.#ended = ended;
  }

  /** For a part of the work that goes on beside this one. */
  beside(): Pauses {
    return new Pauses(this.#ended);
  }

  /** Counts what has been done since the last count; a promise when the slice is full: then the next one is to be awaited. */
  did(work: number): Promise<void> | undefined {
    this.#work += work;
    this.stop();
    this.goOn();
    return this.#work < SLICE && this.#ms < SLICE_MS ? undefined : this.#pause();
  }

  /** Waits for something that is done elsewhere; it may have been there already, so the slice goes on afterwards. */
  async wait<T>(something: Promise<T>): Promise<T> {
    this.stop();
    try {
      return await something;
    } finally {
      this.goOn();
    }
  }

  /** The clock of the slice stands until `goOn()`: something is waited for. */
  stop(): void {
    this.#ms += performance.now() - this.#begin;
  }

  goOn(): void {
    this.#begin = performance.now();
  }

  /** Takes steps that each yield the work they were. */
  async run<T>(steps: Iterator<number, T>): Promise<T> {
    for (;;) {
      const { done, value } = steps.next();
      if (done === true) return value;
      await this.did(value);
    }
  }

  async #pause(): Promise<void> {
    this.#ended(this.#work, this.#ms / 1000);
    await setImmediate();
    this.#begin = performance.now();
    this.#ms = this.#work = 0;
  }
}

/** Long work in the background, done a slice at a time, so that no answer waits for it for more than a moment. */
import { setImmediate } from 'node:timers/promises';

/** Work between two pauses, ms. */
const SLICE = 1.5;

export class Pause {
  #until = performance.now() + SLICE;

  /** Whether it is time for one. */
  get due(): boolean {
    return performance.now() >= this.#until;
  }

  /** Lets everything go on that waits for its turn. */
  async take(): Promise<void> {
    await setImmediate();
    this.#until = performance.now() + SLICE;
  }
}

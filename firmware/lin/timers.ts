/** Stands in for `chip/timers.ts`, where time goes faster. */
import Timer from 'timer';
import type { Timers } from '../timer.js';
import { openBoard } from 'firmware/lin/board';

export class ChipTimers implements Timers {
  readonly #failed: (error: unknown) => void;
  readonly #speed = openBoard().lin_speed();

  constructor(failed: (error: unknown) => void) {
    this.#failed = failed;
  }

  after(ms: number, callback: () => void): () => void {
    let due = true;
    const timer = Timer.set(
      () => {
        due = false;
        try {
          callback();
        } catch (error) {
          this.#failed(error);
        }
      },
      // Never early, though its ticks are whole ms: a probe would still be converting.
      ms <= 0 ? 0 : Math.ceil(ms / this.#speed) + 1,
    );
    return () => {
      if (due) Timer.clear(timer);
      due = false;
    };
  }
}

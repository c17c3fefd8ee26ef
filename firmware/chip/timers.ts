/** One-shot timers over the SDK's `timer`. */
import Timer from 'timer';
import type { Timers } from '../timer.js';
import { ticksFor } from './uptime.js';

/** What a callback threw goes to `failed`: an exception that leaves a callback reboots the chip. */
export class ChipTimers implements Timers {
  private readonly failed: (error: unknown) => void;

  constructor(failed: (error: unknown) => void) {
    this.failed = failed;
  }

  after(ms: number, callback: () => void): () => void {
    // Once it has fired the timer is the SDK's again: clearing it would be an error.
    let due = true;
    const timer = Timer.set(() => {
      due = false;
      try {
        callback();
      } catch (error) {
        this.failed(error);
      }
    }, ticksFor(ms));
    return () => {
      if (due) Timer.clear(timer);
      due = false;
    };
  }
}

/** The batch under way: one at a time, and each has exactly one answer, in time. */
import type { Answer } from '../protocol/reply.js';
import type { Timers } from '../timer.js';
import { NO_ANSWER } from './uplink.js';

export class Turn {
  /** hands over the answer; null between batches */
  private done: ((answer: Answer) => void) | null = null;

  get taken(): boolean {
    return this.done !== null;
  }

  /**
   * @param onLate when it had no answer within `timeoutMs`; this has to end the turn
   * @returns false: another one is under way, and this one has had its answer
   */
  begin(done: (answer: Answer) => void, timers: Timers, timeoutMs: number, onLate: () => void): boolean {
    if (this.done !== null) {
      done(NO_ANSWER);
      return false;
    }
    const cancel = timers.after(timeoutMs, onLate);
    this.done = (answer) => {
      cancel();
      done(answer);
    };
    return true;
  }

  /** Does nothing between batches. */
  end(answer: Answer): void {
    const done = this.done;
    this.done = null;
    done?.(answer);
  }
}

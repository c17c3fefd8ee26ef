/**
 * The time of a simulated device. Fast: it jumps from timer to timer. Live: timers that real time has passed already run
 * at once, later ones when they are due; so a history ends in the present without a seam.
 *
 * While something real is under way (an HTTP request), fast time stands still: `hold`.
 */
import { setImmediate, setTimeout } from 'node:timers/promises';
import type { Timers } from '../../firmware/timer.js';

export type Pace = 'fast' | 'live';

/** Work between two turns for the rest of the process, in real ms. */
const TURN_MS = 10;
/** How often a live clock looks for an end or a new timer, in real ms. */
const LOOK_MS = 50;

interface Timer {
  due: number;
  /** null once cancelled */
  callback: (() => void) | null;
}

export class VirtualClock implements Timers {
  #now: number;
  /** by `due`, the next one last; equal ones in the order they were made */
  readonly #timers: Timer[] = [];
  #holds = 0;
  #wake: (() => void) | null = null;
  #isLive = false;

  constructor(now: number) {
    this.#now = now;
  }

  /** Unix ms, a whole number. */
  now(): number {
    return this.#now;
  }

  /** Whether it goes with real time, having caught up with it. */
  get isLive(): boolean {
    return this.#isLive;
  }

  after(ms: number, callback: () => void): () => void {
    const timer: Timer = { due: this.#now + Math.max(0, Math.ceil(ms)), callback };
    let i = this.#timers.length;
    while (i > 0 && this.#timers[i - 1]!.due <= timer.due) i--;
    this.#timers.splice(i, 0, timer);
    return () => {
      timer.callback = null;
    };
  }

  /** Makes fast time stand still until the answer is called. */
  hold(): () => void {
    this.#holds++;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      if (--this.#holds === 0) this.#wake?.();
    };
  }

  /** Forgets all timers: the power is gone. */
  clear(): void {
    for (const timer of this.#timers) timer.callback = null;
    this.#timers.length = 0;
  }

  /**
   * Runs until the given time, or until `ended` says so, whichever is first. What a callback throws ends it too; then
   * it can be run again.
   */
  async run(until: number, pace: Pace = 'fast', ended: () => boolean = () => false): Promise<void> {
    let turn = Date.now();
    this.#isLive &&= pace === 'live';
    while (!ended()) {
      if (this.#holds > 0 && !this.#isLive) {
        await new Promise<void>((resolve) => (this.#wake = resolve));
        this.#wake = null;
        continue;
      }
      const next = this.#next();
      const due = Math.min(next?.due ?? Infinity, until);
      if (pace === 'live' && due > Date.now()) {
        this.#isLive = true;
        this.#now = Math.max(this.#now, Date.now());
        await setTimeout(Math.min(due - Date.now(), LOOK_MS));
        continue;
      }
      if (next === undefined || next.due > until) {
        this.#now = Math.max(this.#now, until);
        return;
      }
      this.#timers.pop();
      this.#now = Math.max(this.#now, next.due);
      next.callback?.();
      if (Date.now() - turn >= TURN_MS) {
        await setImmediate();
        turn = Date.now();
      }
    }
  }

  #next(): Timer | undefined {
    while (this.#timers.length > 0 && this.#timers.at(-1)!.callback === null) this.#timers.pop();
    return this.#timers.at(-1);
  }
}

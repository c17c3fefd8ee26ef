import { setTimeout as sleep } from 'node:timers/promises';
import type { User } from '../users.js';
import { Sequence } from './sequence.js';

/** Messages a second that one client may publish, and how many at once after a pause; what is more waits. */
const RATE = 1000;
const BURST = 4000;

/** Topic filters that one client may subscribe to. */
const FILTERS_MAX = 256;

/** What our broker remembers of a connected client. */
export class Session {
  /** null: it gave no password, and may only listen */
  readonly user: User | null;
  readonly filters = new Set<string>();
  readonly acknowledgements = new Sequence();
  readonly #now: () => number;
  /** messages it may publish right now, as of `#counted` */
  #allowance = BURST;
  #counted: number;
  /** the last message that waits for its turn */
  #held: Promise<void> | null = null;

  /** `now`: ms, on a clock that is never set back. */
  constructor(user: User | null, now: () => number = () => performance.now()) {
    this.user = user;
    this.#now = now;
    this.#counted = now();
  }

  /** Whether it may subscribe to one filter more. */
  mayFilter(filter: string): boolean {
    return this.filters.has(filter) || this.filters.size < FILTERS_MAX;
  }

  /**
   * null where the message just come may be taken at once, else when it may be: who publishes too fast isn't read
   * meanwhile. None overtakes another.
   */
  turn(): Promise<void> | null {
    const until = this.#now() + this.#toWait();
    if (this.#held === null && until <= this.#now()) return null;
    const held = (this.#held ?? Promise.resolve()).then(() => sleep(Math.max(0, until - this.#now())));
    this.#held = held;
    void held.then(() => {
      if (this.#held === held) this.#held = null;
    });
    return held;
  }

  /** ms from now on until the message just come keeps to the rate. */
  #toWait(): number {
    const now = this.#now();
    this.#allowance = Math.min(BURST, this.#allowance + ((now - this.#counted) * RATE) / 1000) - 1;
    this.#counted = now;
    return this.#allowance >= 0 ? 0 : (-this.#allowance * 1000) / RATE;
  }
}

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
  /** messages it may publish right now, as of `#counted` */
  #allowance = BURST;
  #counted = performance.now();

  constructor(user: User | null) {
    this.user = user;
  }

  /** Whether it may subscribe to one filter more. */
  mayFilter(filter: string): boolean {
    return this.filters.has(filter) || this.filters.size < FILTERS_MAX;
  }

  /** ms that the message just come has to wait: who publishes too fast isn't read for so long. */
  toWait(): number {
    const now = performance.now();
    this.#allowance = Math.min(BURST, this.#allowance + ((now - this.#counted) * RATE) / 1000) - 1;
    this.#counted = now;
    return this.#allowance >= 0 ? 0 : (-this.#allowance * 1000) / RATE;
  }
}

import type { User } from '../users.js';

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
  /** the acknowledgement before the next one: they leave in the order of the messages [MQTT-4.6.0-2] */
  #last: Promise<void> = Promise.resolve();
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

  /** The result of `work`, which begins at once, but comes after that of everything before it. */
  inOrder<T>(work: () => Promise<T>): Promise<T> {
    const mine = work();
    const ordered = this.#last.then(() => mine);
    // a failure is the caller's; what comes later only waits for it
    this.#last = ordered.then(nothing, nothing);
    mine.catch(nothing);
    return ordered;
  }

  /** ms that the message just come has to wait: who publishes too fast isn't read for so long. */
  toWait(): number {
    const now = performance.now();
    this.#allowance = Math.min(BURST, this.#allowance + ((now - this.#counted) * RATE) / 1000) - 1;
    this.#counted = now;
    return this.#allowance >= 0 ? 0 : (-this.#allowance * 1000) / RATE;
  }
}

function nothing(): void {}

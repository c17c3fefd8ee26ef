import { RELEASED } from '../firmware/protocol/version.js';
import { Refusal } from './error.js';

/** NTP may set a good clock back by a little; that doesn't make it a wrong one. */
const TOLERANCE_MS = 60_000;

/**
 * The collector's wall clock, and whether to believe it: a Pi has no clock of its own and starts with an old time until
 * NTP answers. A time before our own release, or before the newest record on disk, can't be right (protocol.md §3).
 */
export class CollectorClock {
  readonly #now: () => number;
  readonly #newest: () => number;

  /** @param now ms, right or wrong @param newest when the newest record arrived, ms; 0: never mind */
  constructor(now: () => number, newest: () => number) {
    this.#now = now;
    this.#newest = newest;
  }

  /** What the clock shows, ms, right or wrong. */
  reading(): number {
    return this.#now();
  }

  /** The time, ms, or undefined while it isn't to be believed. */
  now(): number | undefined {
    const now = this.#now();
    return now >= RELEASED && now >= this.#newest() - TOLERANCE_MS ? now : undefined;
  }

  /** Why it isn't believed, for a person. */
  doubt(): string | null {
    if (this.now() !== undefined) return null;
    if (this.#now() < RELEASED) return 'it shows a time before this version was released';
    return 'it shows a time before the newest record; where it is right all the same, start with --trust-clock';
  }

  /** The time to date something with, ms. @throws Refusal `clock` */
  mustKnow(): number {
    const now = this.now();
    if (now === undefined)
      throw new Refusal('clock', "The collector doesn't know the time yet; send timestamps, or try again later");
    return now;
  }
}

/**
 * Everybody who follows the points (live.ts): so many at most, and so much at most that waits for one of them and for all
 * of them together. Who is too slow for that is dropped; he comes back with Last-Event-ID.
 */
import { Refusal } from '../error.js';

const FOLLOWERS_MAX = 256;

/** Bytes that may wait for one. */
const WAITING_MAX = 8 * 1024 * 1024;
/** Bytes that may wait for all of them, but for a quarter more in the shares of those who keep up. */
const ALL_WAITING_MAX = 32 * 1024 * 1024;
/** Who has no more than this waiting isn't looked at. */
const SHARE = ALL_WAITING_MAX / FOLLOWERS_MAX / 4;

export interface Follower {
  /** bytes that were written and not taken yet */
  readonly waiting: number;
  close(): void;
  /** Ends it at once; nothing waits for it then. */
  drop(): void;
}

export class Followers {
  readonly #all = new Set<Follower>();

  /** @throws Refusal `busy` */
  checkRoom(): void {
    if (this.#all.size >= FOLLOWERS_MAX) throw new Refusal('busy', `${FOLLOWERS_MAX} clients follow already`);
  }

  join(follower: Follower): void {
    this.#all.add(follower);
  }

  leave(follower: Follower): void {
    this.#all.delete(follower);
  }

  /** After something was written to one of them: too much waits for it, or for all, and then whoever has most goes. */
  weigh(follower: Follower): void {
    if (follower.waiting > WAITING_MAX) follower.drop();
    if (follower.waiting <= SHARE) return;
    let all = 0;
    let slowest = follower;
    for (const one of this.#all) {
      all += one.waiting;
      if (one.waiting > slowest.waiting) slowest = one;
    }
    if (all > ALL_WAITING_MAX) slowest.drop();
  }

  close(): void {
    for (const follower of this.#all) follower.close();
  }
}

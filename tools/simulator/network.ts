/** The way from a device to its collector, and what it does to requests. */
import type { Random } from './random.js';

/** `refused`: nothing is there, and that is known at once. The others that fail look alike to the device: silence. */
export type Fate = 'delivered' | 'refused' | 'request lost' | 'answer lost';

export interface Outage {
  /** ms */
  from: number;
  to: number;
}

export interface NetworkOptions {
  random: Random;
  /** when the collector can't be reached */
  outages?: readonly Outage[];
  /** the share of requests that don't arrive */
  lostRequests?: number;
  /** the share of answers that don't come back, though the collector has stored what was sent */
  lostAnswers?: number;
}

export class Network {
  readonly #random: Random;
  #outages: readonly Outage[];
  #lostRequests: number;
  #lostAnswers: number;

  constructor({ random, outages = [], lostRequests = 0, lostAnswers = 0 }: NetworkOptions) {
    this.#random = random;
    this.#outages = outages;
    this.#lostRequests = lostRequests;
    this.#lostAnswers = lostAnswers;
  }

  /** What becomes of a request sent at a time. */
  fate(time: number): Fate {
    if (this.isOut(time)) return this.#random.chance(0.5) ? 'refused' : 'request lost';
    if (this.#random.chance(this.#lostRequests)) return 'request lost';
    return this.#random.chance(this.#lostAnswers) ? 'answer lost' : 'delivered';
  }

  /** From now on everything is delivered. */
  calm(): void {
    this.#outages = [];
    this.#lostRequests = 0;
    this.#lostAnswers = 0;
  }

  isOut(time: number): boolean {
    return this.#outages.some(({ from, to }) => time >= from && time < to);
  }

  /** There and back, ms; even, so that half of it is whole. */
  latency(): number {
    return 2 * (10 + this.#random.integer(90));
  }
}

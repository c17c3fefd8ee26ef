/** What work in the background has taken so far, for who watches over the collector. */
/** How often something took at most so long. */
export interface Histogram {
  /** [seconds, how many took at most that long], ascending */
  buckets: [number, number][];
  count: number;
  /** seconds of all of them */
  sum: number;
}

/** Work that nobody waits for, since the start. */
export interface Background {
  /** how often all was tidied up */
  checkpoints: number;
  /** of that, how long each slice took */
  slices: Histogram;
  /** the most work there was in one (pauses.ts) */
  heaviest: number;
}

/** Upper bounds, seconds. */
const BOUNDS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.1];

export class Effort implements Background {
  /** finished ones */
  checkpoints = 0;
  heaviest = 0;
  readonly #counts = BOUNDS.map(() => 0);
  #count = 0;
  #sum = 0;

  /** A slice of work has ended. */
  readonly slice = (work: number, seconds: number): void => {
    this.heaviest = Math.max(this.heaviest, work);
    for (let i = BOUNDS.length - 1; i >= 0 && seconds <= BOUNDS[i]!; i--) this.#counts[i]!++;
    this.#count++;
    this.#sum += seconds;
  };

  get slices(): Histogram {
    const buckets = BOUNDS.map((bound, i): [number, number] => [bound, this.#counts[i]!]);
    return { buckets, count: this.#count, sum: this.#sum };
  }
}

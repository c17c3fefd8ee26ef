/** Growing pauses between tries, jittered so that devices that failed together don't come back together. */
export interface BackoffOptions {
  /** the first pause is from half of this to this, ms */
  minMs: number;
  /** no pause is longer, ms */
  maxMs: number;
  /** from 0 to below 1 */
  random: () => number;
  /** how many failed before; default 0 */
  failures?: number;
}

export class Backoff {
  private readonly options: BackoffOptions;
  private pause: number;

  constructor(options: BackoffOptions) {
    this.options = options;
    this.pause = Math.min(options.minMs * 2 ** (options.failures ?? 0), options.maxMs);
  }

  /** The pause before the next try, ms. */
  next(): number {
    const pause = this.pause;
    this.pause = Math.min(pause * 2, this.options.maxMs);
    return Math.round((pause / 2) * (1 + this.options.random()));
  }

  /** Something got through. */
  reset(): void {
    this.pause = this.options.minMs;
  }
}

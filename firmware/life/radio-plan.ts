/**
 * When a device on batteries starts its radio: for a number of readings, where the log fills up, where the clock isn't
 * known well enough; and after a wake on which nothing came of it, not before a pause that grows with each, so that a
 * dead router costs little (20 s of radio in two to four hours) and no reading.
 */
import { Backoff } from '../backoff.js';

export interface Tries {
  /** wakes in a row on which the radio gained nothing */
  failures: number;
  /** uptime before which the radio stays off, ms */
  notBefore: number;
}

/** What the radio would be for. */
export interface Need {
  /** readings not acknowledged */
  pending: number;
  /** of the log, 0 to 1 */
  fullness: number;
  /** what the clock may be off by, ms; Infinity while it isn't known */
  clockError: number;
}

export interface RadioPlanOptions {
  /** before the sleep; default: none yet */
  tries?: Tries;
  /** readings from one upload to the next */
  uploadEvery: number;
  /** from 0 to below 1 */
  random: () => number;
}

/** The log is to be emptied from here on, whatever `uploadEvery` says. */
const FULL = 0.5;
/** The clock is to be set from here on, ms. */
const ERROR_MAX = 30_000;
const PAUSE_MIN_MS = 120_000;
const PAUSE_MAX_MS = 4 * 3_600_000;

export class RadioPlan {
  private readonly options: RadioPlanOptions;
  private tried: Tries;

  constructor(options: RadioPlanOptions) {
    this.options = options;
    this.tried = options.tries ?? { failures: 0, notBefore: 0 };
  }

  get tries(): Tries {
    return this.tried;
  }

  /** Whether to start the radio at that uptime, ms. */
  wants(uptime: number, { pending, fullness, clockError }: Need): boolean {
    if (uptime < this.tried.notBefore) return false;
    return pending >= this.options.uploadEvery || (pending > 0 && fullness > FULL) || clockError > ERROR_MAX;
  }

  /** Something came of it; the collector wants to be left alone for `restMs`. */
  gained(uptime: number, restMs = 0): void {
    this.tried = { failures: 0, notBefore: restMs > 0 ? uptime + restMs : 0 };
  }

  /** Nothing came of it. */
  failed(uptime: number, restMs = 0): void {
    this.tried = this.ifFailed(uptime, restMs);
  }

  /** What `failed` would make of it. */
  ifFailed(uptime: number, restMs = 0): Tries {
    const { failures } = this.tried;
    const { random } = this.options;
    const pause = new Backoff({ minMs: PAUSE_MIN_MS, maxMs: PAUSE_MAX_MS, random, failures }).next();
    return { failures: failures + 1, notBefore: uptime + Math.max(pause, restMs) };
  }
}

/**
 * The time by the collector's clock, which dates what arrives: a browser whose own is an hour off would call fresh values
 * stale, or end the chart before the newest ones.
 */

/** Below this it is the answer's way, and that a date has whole seconds, ms. */
const TOLERANCE_MS = 60_000;

export class Clock {
  /** how far the collector's clock is ahead of the browser's, ms */
  #ahead = 0;

  /** ms */
  now(): number {
    return Date.now() + this.#ahead;
  }

  /** @param date of an answer that has just come; null: the collector doesn't know the time */
  hear(date: string | null): void {
    const ahead = Date.parse(date ?? '') - Date.now();
    if (Number.isNaN(ahead)) return;
    // what changes little stays, so that a span which ends now never goes back a second
    if (Math.abs(ahead - this.#ahead) > TOLERANCE_MS) this.#ahead = Math.abs(ahead) > TOLERANCE_MS ? ahead : 0;
  }
}

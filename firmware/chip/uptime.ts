/** The device's time: milliseconds since power-up, over the SDK's `time`. */
import Time from 'time';

/** Ticks wrap after 24.8 days, only their difference is right: so this must be asked more often than that. */
export class Uptime {
  private last = Time.ticks;
  private total: number;

  /** @param total what it is now; the ticks themselves begin anew after each sleep */
  constructor(total = 0) {
    this.total = total;
  }

  now(): number {
    const ticks = Time.ticks;
    this.total += Time.delta(this.last, ticks);
    this.last = ticks;
    return this.total;
  }
}

/** How long the SDK's timers have to wait for so many ms of the device's time. */
export function ticksFor(ms: number): number {
  return Math.max(0, ms);
}

/** Stands in for `chip/uptime.ts`, where time goes faster. */
import Time from 'time';
import { openBoard } from 'firmware/lin/board';

export class Uptime {
  private readonly start = Time.ticks;
  private readonly speed = openBoard().lin_speed();
  private readonly total: number;

  constructor(total = 0) {
    this.total = total;
  }

  now(): number {
    return this.total + (Time.ticks - this.start) * this.speed;
  }
}

/** Never early, though the timer's ticks are whole ms: a probe would still be converting. */
export function ticksFor(ms: number): number {
  return ms <= 0 ? 0 : Math.ceil(ms / openBoard().lin_speed()) + 1;
}

/** Blinks, shortly: a LED takes as much as the chip. */
import type { Timers } from './timer.js';

const ON_MS = 15;
const OFF_MS = 200;

export class Led {
  private readonly light: (on: boolean) => void;
  private readonly timers: Timers;
  private left = 0;

  /** @param light switches it; does nothing where there is none */
  constructor(light: (on: boolean) => void, timers: Timers) {
    this.light = light;
    this.timers = timers;
  }

  /** Once: all is well. Three times: the collector isn't reached. Does nothing while it blinks. */
  blink(times: number): void {
    if (this.left > 0) return;
    this.left = times;
    this.on();
  }

  private on(): void {
    this.light(true);
    this.timers.after(ON_MS, () => {
      this.light(false);
      if (--this.left > 0) this.timers.after(OFF_MS, () => this.on());
    });
  }
}

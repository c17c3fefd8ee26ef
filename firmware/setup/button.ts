/** A button that is held: looked at now and then, since a wire as long as a hand catches more than one edge. */
import type { Timers } from '../timer.js';

export interface ButtonOptions {
  timers: Timers;
  /** whether it is pressed now */
  pressed: () => boolean;
  /** for so long it has to be held, ms */
  holdMs: number;
  onHeld: () => void;
}

const LOOK_MS = 250;

export class Button {
  private readonly options: ButtonOptions;
  private looks = 0;
  private cancel = (): void => {};

  constructor(options: ButtonOptions) {
    this.options = options;
  }

  open(): void {
    this.close();
    this.cancel = this.options.timers.after(LOOK_MS, () => this.look());
  }

  close(): void {
    this.cancel();
    this.looks = 0;
  }

  private look(): void {
    const { timers, pressed, holdMs, onHeld } = this.options;
    this.cancel = timers.after(LOOK_MS, () => this.look());
    this.looks = pressed() ? this.looks + 1 : 0;
    if (this.looks === Math.ceil(holdMs / LOOK_MS)) onHeld();
  }
}

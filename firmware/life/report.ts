/** What went wrong since power-up, and why the chip was reset last: `status` of each batch. */
import type { Reset } from '../power.js';
import { TEXT_MAX } from '../protocol/limits.js';

export class Report {
  /** why the device started anew last, sleeps apart */
  readonly reset: Reset;
  /** the newest thing that went wrong; '' for none */
  private newest: string;

  /** @param earlier that of the life before, where memory has kept it */
  constructor(reset: Reset, earlier: { reset: Reset; trouble: string } | null) {
    this.reset = reset === 'deep-sleep' ? (earlier?.reset ?? reset) : reset;
    this.newest = earlier?.trouble ?? '';
  }

  get trouble(): string {
    return this.newest;
  }

  get status(): { reset: string; trouble: string | null } {
    return { reset: this.reset, trouble: this.newest === '' ? null : this.newest };
  }

  failed(error: unknown): void {
    this.newest = String(error).slice(0, TEXT_MAX);
  }
}

/** Asks a time server: once a minute until it answers, then a few times a day, since a crystal drifts by seconds. */
import type { Clock } from './clock.js';
import type { Timers } from './timer.js';

/** Asks once and calls back once: the Unix time at some moment of the last `tookMs`, or null where none came. May throw. */
export type AskTime = (done: (heard: { time: number; tookMs: number } | null) => void) => void;

export interface TimeServerOptions {
  ask: AskTime;
  clock: Clock;
  timers: Timers;
}

const UNHEARD_MS = 60_000;
const HEARD_MS = 6 * 3_600_000;

export class TimeServer {
  private readonly options: TimeServerOptions;
  /** a question is under way; it can't be taken back */
  private asking = false;
  private running = false;
  private cancel = (): void => {};

  constructor(options: TimeServerOptions) {
    this.options = options;
  }

  /** The network is up. */
  open(): void {
    this.running = true;
    this.ask();
  }

  /** The network is down. What an answer under way says is still believed. */
  close(): void {
    this.running = false;
    this.cancel();
  }

  private ask(): void {
    this.cancel();
    if (this.asking || !this.running) return;
    this.asking = true;
    try {
      this.options.ask((heard) => {
        this.asking = false;
        const believed = heard !== null && this.options.clock.hear(heard.time, 'ntp', heard.tookMs);
        this.later(believed ? HEARD_MS : UNHEARD_MS);
      });
    } catch {
      this.asking = false;
      this.later(UNHEARD_MS);
    }
  }

  private later(ms: number): void {
    if (this.running) this.cancel = this.options.timers.after(ms, () => this.ask());
  }
}

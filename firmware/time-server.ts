/** Asks a time server: once a minute until it answers, then a few times a day, since a crystal drifts by seconds. */
import type { Clock } from './clock.js';
import type { Timers } from './timer.js';

/**
 * Asks once and calls back once: the Unix time at some moment of the last `tookMs`, or null where none came. May throw,
 * and may forget to call back. What it returns takes the question back.
 */
export type AskTime = (done: (heard: { time: number; tookMs: number } | null) => void) => () => void;

export interface TimeServerOptions {
  ask: AskTime;
  clock: Clock;
  timers: Timers;
}

const UNHEARD_MS = 60_000;
const HEARD_MS = 6 * 3_600_000;
/** NTP's seconds have 32 bits, and begin anew in 2036: what seems to be before 1970 is after that (RFC 4330 §3). */
const ERA_MS = 0x1_0000_0000 * 1000;

export class TimeServer {
  private readonly options: TimeServerOptions;
  /** the question that is under way, or the pause before the next one */
  private cancel = (): void => {};

  constructor(options: TimeServerOptions) {
    this.options = options;
  }

  /** The network is up. */
  open(): void {
    this.ask();
  }

  /** The network is down. */
  close(): void {
    this.cancel();
  }

  private ask(): void {
    this.cancel();
    const { ask, clock, timers } = this.options;
    let asking = true;
    let takeBack: (() => void) | null = null;
    // The SDK's client may throw in a callback of its own: nobody hears of it any more.
    const cancelNext = timers.after(UNHEARD_MS, () => this.ask());
    this.cancel = () => {
      if (!asking) return;
      asking = false;
      cancelNext();
      takeBack?.();
    };
    try {
      takeBack = ask((heard) => {
        if (!asking) return;
        const believed = heard !== null && clock.hear(heard.time + (heard.time < 0 ? ERA_MS : 0), 'ntp', heard.tookMs);
        this.cancel();
        this.cancel = timers.after(believed ? HEARD_MS : UNHEARD_MS, () => this.ask());
      });
    } catch {
      // Then it is asked again in a minute.
    }
  }
}

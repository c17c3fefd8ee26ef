/**
 * Keeps the device in its Wi-Fi:
 *
 *   closed → joining → up
 *              ↑  ↓     ↓        waiting: longer after each failure, within bounds
 *             waiting ←─┘
 *
 * The chips don't report every step, and the ESP8266 joins again by itself: so a step ends by a timer at the latest, and
 * what the radio's link says is believed whatever the state.
 */
import { Backoff } from './backoff.js';
import type { Timers } from './timer.js';

/** `up`: with an address. */
export type Link = 'down' | 'joining' | 'up';

/** The Wi-Fi interface. It reports changes to whoever made it, who calls `changed()`. */
export interface Radio {
  readonly link: Link;
  /** Begins to join; may throw, and may join again by itself later. */
  join(): void;
  leave(): void;
}

export interface NetworkOptions {
  radio: Radio;
  timers: Timers;
  /** from 0 to below 1 */
  random: () => number;
  onUp: () => void;
  onDown: () => void;
}

/** Longest a join may take, ms; a slow DHCP server takes some ten seconds. */
const JOIN_MS = 30_000;
/** Between two tries, ms: from the first to the longest. */
const WAIT_MIN_MS = 2_000;
const WAIT_MAX_MS = 300_000;
/** Up, and yet nothing is answered for so long, ms: it may only seem to be up. */
const SILENT_MS = 3_600_000;

type State = 'closed' | 'waiting' | 'joining' | 'up';

export class Network {
  private readonly options: NetworkOptions;
  private state: State = 'closed';
  private readonly backoff: Backoff;
  private cancel = (): void => {};
  /** up, and the newest question had no answer */
  private silent = false;

  constructor(options: NetworkOptions) {
    this.options = options;
    this.backoff = new Backoff({ minMs: WAIT_MIN_MS, maxMs: WAIT_MAX_MS, random: options.random });
  }

  get up(): boolean {
    return this.state === 'up';
  }

  open(): void {
    if (this.state === 'closed') this.join();
  }

  close(): void {
    if (this.state === 'closed') return;
    this.leave();
    this.enter('closed');
    this.backoff.reset();
  }

  /** Whether the collector answered. Where it hasn't for long the network is left, and joined anew. */
  heard(answered: boolean): void {
    if (this.state !== 'up' || this.silent !== answered) return;
    this.silent = !answered;
    this.cancel();
    if (this.silent) this.cancel = this.options.timers.after(SILENT_MS, () => this.giveUp());
  }

  /** To be called whenever the radio's link may have changed. */
  changed(): void {
    const { link } = this.options.radio;
    if (this.state === 'closed') return;
    if (link === 'up') this.enter('up');
    else if (link === 'joining') this.enter('joining');
    else this.enter('waiting');
  }

  private join(): void {
    this.enter('joining');
    const { radio } = this.options;
    try {
      radio.join();
    } catch {
      // It is joining by itself, and the time for it runs; or it can't now, and is asked again soon.
      if (radio.link === 'down') return this.enter('waiting');
    }
    if (radio.link === 'up') this.enter('up');
  }

  private enter(state: State): void {
    const { timers, onUp, onDown } = this.options;
    const before = this.state;
    if (state === before) return;
    this.cancel();
    this.silent = false;
    this.state = state;
    if (state === 'up') this.backoff.reset();
    else if (state === 'joining') {
      this.cancel = timers.after(JOIN_MS, () => this.giveUp());
    } else if (state === 'waiting') {
      this.cancel = timers.after(this.backoff.next(), () => this.join());
    }
    if (state === 'up') onUp();
    else if (before === 'up') onDown();
  }

  private giveUp(): void {
    this.leave();
    this.enter('waiting');
  }

  private leave(): void {
    try {
      this.options.radio.leave();
    } catch {
      // It had left.
    }
  }
}

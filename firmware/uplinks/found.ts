/**
 * An uplink to a collector that nobody named: it is looked for when there is something to send, and again after it has
 * not answered for some tries, since it may have another address by then.
 */
import type { Answer } from '../protocol/reply.js';
import type { Timers } from '../timer.js';
import { attempt } from './attempt.js';
import { NO_ANSWER, type Uplink } from './uplink.js';

/** Where a collector is, as it announces itself. */
export interface Found {
  /** IPv4 */
  host: string;
  http: number;
  /** port of its own MQTT broker; null: it has none */
  mqtt: number | null;
}

/** Begins to look; the answer ends it. May call back at once, and more than once. May throw. */
export type Find = (onFound: (found: Found) => void) => () => void;

export interface FoundUplinkOptions {
  find: Find;
  /** null: that one can't be used */
  open: (found: Found) => Uplink | null;
  timers: Timers;
}

/** Longest search for one batch, ms: mDNS asks four times within seven seconds. */
const SEARCH_MS = 10_000;
/** Tries without an answer until it is looked for again. */
const MISSES = 3;

export class FoundUplink implements Uplink {
  private readonly options: FoundUplinkOptions;
  private uplink: Uplink | null = null;
  private misses = 0;
  /** ends the search under way with that uplink; null while there is none */
  private end: ((uplink: Uplink | null) => void) | null = null;

  constructor(options: FoundUplinkOptions) {
    this.options = options;
  }

  send(body: string, done: (answer: Answer) => void): void {
    if (this.uplink !== null) return this.passOn(this.uplink, body, done);
    if (this.end !== null) return done(NO_ANSWER);
    this.search((uplink) => {
      this.uplink = uplink;
      if (uplink === null) done(NO_ANSWER);
      else this.passOn(uplink, body, done);
    });
  }

  /** Where the collector is stays known. */
  close(): void {
    this.end?.(null);
    this.uplink?.close();
  }

  private passOn(uplink: Uplink, body: string, done: (answer: Answer) => void): void {
    uplink.send(body, (answer) => {
      this.misses = answer.status === null ? this.misses + 1 : 0;
      if (this.misses >= MISSES) {
        this.misses = 0;
        this.uplink = null;
        uplink.close();
      }
      done(answer);
    });
  }

  private search(done: (uplink: Uplink | null) => void): void {
    const { find, open, timers } = this.options;
    let stop: (() => void) | null = null;
    let over = false;
    const end = (uplink: Uplink | null): void => {
      if (over) return;
      over = true;
      cancel();
      this.end = null;
      attempt(() => stop?.());
      done(uplink);
    };
    this.end = end;
    const cancel = timers.after(SEARCH_MS, () => end(null));
    const take = (found: Found): void => {
      const uplink = over ? null : open(found);
      if (uplink !== null) end(uplink);
    };
    attempt(
      () => {
        stop = find((found) => attempt(() => take(found)));
        if (over) stop();
      },
      () => end(null),
    );
  }
}

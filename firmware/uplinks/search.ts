/**
 * Looks for a collector that nobody named, and remembers where it is. What was found may be somebody else's: then another
 * one is looked for.
 */
import type { Timers } from '../timer.js';
import { attempt } from './attempt.js';

/** Where a collector is, as it announces itself. */
export interface Found {
  /** IPv4 */
  host: string;
  http: number;
  /** port of its own MQTT broker; null: it has none */
  mqtt: number | null;
  /** what its certificate is made out to; null: it speaks no TLS */
  tls: string | null;
}

/** Begins to look; the answer ends it. May call back at once, and more than once. May throw. */
export type Find = (onFound: (found: Found) => void) => () => void;

export interface SearchOptions {
  find: Find;
  /** false: that one can't be used */
  takes: (found: Found) => boolean;
  timers: Timers;
}

/** Longest search, ms: mDNS asks four times within seven seconds. */
const SEARCH_MS = 10_000;

export class Search {
  private readonly options: SearchOptions;
  private known: Found | null = null;
  /** addresses of those that won't have this device */
  private refused: string[] = [];

  constructor(options: SearchOptions) {
    this.options = options;
  }

  /** Calls back once, at once where one is known, with null where none is found in time; the answer ends it without. */
  look(done: (found: Found | null) => void): () => void {
    if (this.known !== null) {
      done(this.known);
      return () => {};
    }
    const { find, timers } = this.options;
    let stop: (() => void) | null = null;
    let over = false;
    const end = (): void => {
      over = true;
      cancel();
      // Not from within its callback: the SDK's would go on with what is gone by then.
      timers.after(0, () => attempt(() => stop?.()));
    };
    const tell = (found: Found | null): void => {
      if (over) return;
      end();
      this.known = found;
      done(found);
    };
    const cancel = timers.after(SEARCH_MS, () => tell(null));
    attempt(
      () => (stop = find((found) => attempt(() => this.takes(found) && tell(found)))),
      () => tell(null),
    );
    return end;
  }

  /** It doesn't answer: it may have another address by now. */
  lost(): void {
    this.known = null;
    this.refused = [];
  }

  /** It isn't ours. */
  refuse({ host, http }: Found): void {
    this.known = null;
    this.refused.push(`${host}:${http}`);
  }

  private takes(found: Found): boolean {
    return !this.refused.includes(`${found.host}:${found.http}`) && this.options.takes(found);
  }
}

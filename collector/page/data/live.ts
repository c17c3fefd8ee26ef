/**
 * Keeps the page fresh. The base is asking again now and then, which also brings what no event carries (new devices,
 * names, ledgers); server-sent events on `GET /live` bring points at once. While the stream is broken the page asks
 * more often; while the collector is away it goes on asking, so it comes back by itself.
 */
import type { PointShape } from '../../../firmware/protocol/rest.js';
import { ApiError } from './api.js';

/**
 * `live`: the stream is open; `polling`: only asking works; `away`: the collector doesn't answer; `refused`: it does, but
 * not to this reader.
 */
export type Connection = 'connecting' | 'live' | 'polling' | 'away' | 'refused';

export interface LiveListener {
  point(point: PointShape): void;
  /** asks the collector for everything; rejects with an ApiError when it doesn't answer */
  poll(): Promise<void>;
  connection(state: Connection): void;
}

/** From an answer to the next question. */
const PAUSE_MS: Record<Connection, number> = {
  connecting: 1_000,
  live: 15_000,
  polling: 5_000,
  away: 2_000,
  refused: 60_000,
};
/** Several reasons to ask at once are one. */
const SOON_MS = 250;
/** How long after a live point the ledgers, which it has changed, are asked for. */
const FOLLOW_MS = 3_000;

export class Live {
  readonly #url: string;
  readonly #listener: LiveListener;
  #source: EventSource | null = null;
  #timer = 0;
  #due = Infinity;
  #polling = false;
  #again = false;
  #state: Connection = 'connecting';

  constructor(url: string, listener: LiveListener) {
    this.#url = url;
    this.#listener = listener;
  }

  open(): void {
    this.#stream();
    void this.#poll();
    document.addEventListener('visibilitychange', () => this.#seen());
    addEventListener('online', () => this.soon());
  }

  /** Asks in a moment rather than when it is due. */
  soon(): void {
    this.#within(SOON_MS);
  }

  /**
   * A page that nobody sees needs no stream: a browser has six connections for all tabs of a collector, and with six streams
   * in the background the next tab would wait for ever. Nor does a stream that has slept with its laptop know that it is dead.
   */
  #seen(): void {
    this.#source?.close();
    if (document.hidden) return;
    this.#stream();
    this.soon();
  }

  #stream(): void {
    const source = new EventSource(this.#url);
    this.#source = source;
    source.addEventListener('point', ({ data }) => {
      this.#listener.point(JSON.parse(data as string) as PointShape);
      this.#within(FOLLOW_MS);
    });
    // Between the last answer and the opening something may have been stored that no event told.
    source.addEventListener('open', () => this.soon());
    source.addEventListener('error', () => this.soon());
  }

  async #poll(): Promise<void> {
    clearTimeout(this.#timer);
    // also where the timer has fired in vain: a time that has passed would keep every later one from being set
    this.#due = Infinity;
    if (this.#polling) {
      this.#again = true;
      return;
    }
    this.#polling = true;
    this.#again = false;
    try {
      await this.#listener.poll();
      // A browser gives a stream up for good when it is answered with an error, a starting collector's 503 for example.
      if (this.#source?.readyState === EventSource.CLOSED && !document.hidden) this.#stream();
      this.#enter(this.#source?.readyState === EventSource.OPEN ? 'live' : 'polling');
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#enter(error.status === 401 || error.status === 403 ? 'refused' : 'away');
    } finally {
      this.#polling = false;
      this.#within(this.#again ? SOON_MS : PAUSE_MS[this.#state]);
    }
  }

  /** Asks after `ms` at the latest. */
  #within(ms: number): void {
    const due = Date.now() + ms;
    if (due >= this.#due) return;
    clearTimeout(this.#timer);
    this.#due = due;
    this.#timer = setTimeout(() => void this.#poll(), ms);
  }

  #enter(state: Connection): void {
    this.#state = state;
    this.#listener.connection(state);
  }
}

/**
 * An uplink to a collector that nobody named: it is looked for when there is something to send, and again after it has
 * not answered for some tries, since it may have another address by then. One that refuses the token is somebody else's,
 * and so may be one that has never answered (a broker that refuses a login just closes): there may be another.
 */
import type { Answer } from '../protocol/reply.js';
import type { Found, Search } from './search.js';
import { NO_ANSWER, type Uplink } from './uplink.js';

export interface FoundUplinkOptions {
  search: Search;
  open: (found: Found) => Uplink;
}

/** Tries without an answer until it is looked for again. */
const MISSES = 3;

export class FoundUplink implements Uplink {
  private readonly options: FoundUplinkOptions;
  private uplink: Uplink | null = null;
  private found: Found | null = null;
  /** it has answered */
  private proved = false;
  private misses = 0;
  private closing = false;
  /** ends the search under way; null while there is none */
  private end: (() => void) | null = null;

  constructor(options: FoundUplinkOptions) {
    this.options = options;
  }

  send(body: string, done: (answer: Answer) => void): void {
    if (this.uplink !== null) return this.passOn(this.uplink, body, done);
    if (this.end !== null) return done(NO_ANSWER);
    this.look(body, done, NO_ANSWER);
  }

  /** Where the collector is stays known. */
  close(): void {
    this.closing = true;
    this.end?.();
    this.uplink?.close();
    this.closing = false;
  }

  /** @param otherwise the answer where none is found */
  private look(body: string, done: (answer: Answer) => void, otherwise: Answer): void {
    const { search, open } = this.options;
    let over = false;
    const take = (found: Found | null): void => {
      if (over) return;
      over = true;
      this.end = null;
      this.found = found;
      this.uplink = found && open(found);
      if (this.uplink !== null) return this.passOn(this.uplink, body, done);
      search.lost();
      done(otherwise);
    };
    let stop: (() => void) | null = null;
    this.end = () => {
      stop?.();
      take(null);
    };
    stop = search.look(take);
  }

  private passOn(uplink: Uplink, body: string, done: (answer: Answer) => void): void {
    const { search } = this.options;
    uplink.send(body, (answer) => {
      // What ends because the network is gone says nothing of the collector.
      if (this.closing) return done(answer);
      const { status } = answer;
      this.misses = status === null ? this.misses + 1 : 0;
      if (status === 401 || status === 403 || (status === null && !this.proved)) {
        this.leave(uplink);
        search.refuse(this.found!);
        return this.look(body, done, answer);
      }
      this.proved = true;
      if (this.misses >= MISSES) {
        this.leave(uplink);
        search.lost();
      }
      done(answer);
    });
  }

  private leave(uplink: Uplink): void {
    this.misses = 0;
    this.proved = false;
    this.uplink = null;
    uplink.close();
  }
}

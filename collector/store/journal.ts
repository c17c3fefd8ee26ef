/**
 * The append-only log that makes a change durable, one line a record (journal-line.ts), in segments (segment.ts).
 *
 *   append() ──▶ queue ──▶ group n: one write, one fdatasync ──▶ apply each in order ──▶ answer each
 *                  ▲                     │
 *                  └── group n + 1 collects while n is on its way and for a moment more (gathering.ts), and is written
 *                      only after n is synced
 *
 * A change takes effect in memory only when its group is on disk, so whatever can be read is durable, and a group that
 * could not be written leaves nothing to be undone.
 */
import { setImmediate } from 'node:timers/promises';
import type { Disk } from './disk.js';
import { Gathering } from './gathering.js';
import type { Entry } from './journal-group.js';
import { Pace } from './pace.js';
import type { Kind, Records } from './record.js';
import { Segment, type JournalEnd } from './segment.js';
import type { StoreError } from './store.js';

interface Waiting extends Entry {
  apply: () => unknown;
  resolve: (value: never) => void;
  reject: (reason: unknown) => void;
}

interface Rotation {
  boundary: () => void;
  resolve: () => void;
  reject: (reason: unknown) => void;
}

export class Journal {
  readonly #segment: Segment;
  readonly #pace: Pace;
  readonly #gathering = new Gathering();
  #written = 0;
  #queue: Waiting[] = [];
  #rotation: Rotation | null = null;
  #running: Promise<void> | null = null;
  #applied = (): void => undefined;

  /** `folder` is the data folder; `pace` says when a group may be written. */
  constructor(disk: Disk, folder: string, pace: Pace) {
    this.#segment = new Segment(disk, folder);
    this.#pace = pace;
  }

  /** Goes on where recovery ended, after it has read `written` bytes; `bytes` 0 begins the segment. */
  async open(end: JournalEnd, written: number): Promise<void> {
    this.#written = written;
    await this.#segment.open(end);
  }

  /** Where the synced part ends. */
  get end(): Readonly<JournalEnd> {
    return this.#segment.end;
  }

  /** Bytes written to all segments, those of recovery included. */
  get written(): number {
    return this.#written;
  }

  /** Why nothing is written any more, or null. */
  get failure(): StoreError | null {
    return this.#segment.failure;
  }

  /**
   * Writes a record. When it is on disk `apply` is called, in the order of the appends, and its result is the answer.
   * @throws StoreError `full` (nothing of it is stored), `failed` (unknown until the next start)
   */
  append<K extends Kind, T>(kind: K, body: Records[K], apply: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#gathering.arrived(this.#queue.push({ kind, body, apply, resolve, reject }));
      this.#running ??= this.#run();
    });
  }

  /**
   * Begins another segment. `boundary` is called at the moment when everything before it is applied and nothing after.
   */
  rotate(boundary: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#rotation = { boundary, resolve, reject };
      this.#running ??= this.#run();
    });
  }

  /** Calls `listener` whenever a group is on disk and applied. */
  whenApplied(listener: () => void): void {
    this.#applied = listener;
  }

  /** What waits for the commit delay waits no longer. */
  hurry(): void {
    this.#pace.hurry();
  }

  /** Waits for what was appended, then closes the file. */
  async close(): Promise<void> {
    await this.#running;
    await this.#segment.close();
  }

  async #run(): Promise<void> {
    // One turn of the event loop: requests that arrived together share a sync.
    await setImmediate();
    while (this.#rotation !== null || this.#queue.length > 0) {
      if (this.#rotation !== null) await this.#rotate(this.#rotation);
      else {
        await this.#pace.turn();
        if (this.#gathering.isWorthwhile(this.#queue.length)) await this.#gathering.wait();
        await this.#commit();
      }
    }
    this.#running = null;
  }

  async #commit(): Promise<void> {
    const waiting = this.#queue;
    this.#queue = [];
    // when all are here who write, none of them is kept waiting by a sync that is waited for on the spot
    const atOnce = this.#segment.isQuick && this.#gathering.isComplete(waiting.length);
    try {
      this.#written += await this.#segment.add(waiting, atOnce);
    } catch (error) {
      for (const { reject } of waiting) reject(error);
      return;
    }
    let arrived = this.#queue.length;
    for (const { apply, resolve, reject } of waiting) {
      try {
        resolve(apply() as never);
      } catch (error) {
        reject(error);
      }
    }
    this.#applied();
    if (atOnce) {
      // nobody could come while everything stood still; who tried to is read now
      await setImmediate();
      arrived = this.#queue.length;
    }
    this.#gathering.answered(waiting.length, arrived, this.#segment.syncMs);
  }

  async #rotate({ boundary, resolve, reject }: Rotation): Promise<void> {
    this.#rotation = null;
    try {
      await this.#segment.next();
    } catch (error) {
      reject(error);
      return;
    }
    boundary();
    resolve();
  }
}

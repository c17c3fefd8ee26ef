/**
 * The append-only file that makes a change durable: `journal/00000012.ndjson`, one line a record (journal-line.ts).
 *
 *   append() ──▶ queue ──▶ group n: one write, one fdatasync ──▶ apply each in order ──▶ answer each
 *                  ▲                     │
 *                  └── group n + 1 collects while n is on its way, and is written only after n is synced
 *
 * A change takes effect in memory only when its group is on disk, so whatever can be read is durable, and a group that
 * could not be written leaves nothing to be undone.
 *
 * A segment is longer than what was written to it: blanks follow, into which the next groups go (journal-group.ts).
 */
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { isFull, syncFolder, writeAll, writeError, type Disk, type DiskFile } from './disk.js';
import { GroupEncoder, type Encoded, type Entry } from './journal-group.js';
import { encodeLine, encodeRecord } from './journal-line.js';
import { Pace } from './pace.js';
import type { Kind, Records } from './record.js';
import { StoreError } from './store.js';

export const JOURNAL = 'journal';

/** Where the next group goes. */
export interface JournalEnd {
  segment: number;
  /** the last group written */
  group: number;
  /** bytes of the segment that are whole and synced */
  bytes: number;
}

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
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #pace: Pace;
  #end: JournalEnd = { segment: 0, group: 0, bytes: 0 };
  #written = 0;
  #file: DiskFile | null = null;
  readonly #groups = new GroupEncoder();
  /** bytes of the segment that are in place, written or blank */
  #allocated = 0;
  #queue: Waiting[] = [];
  #rotation: Rotation | null = null;
  #running: Promise<void> | null = null;
  #failure: StoreError | null = null;

  /** `folder` is the data folder; `pace` says when a group may be written. */
  constructor(disk: Disk, folder: string, pace: Pace) {
    this.#disk = disk;
    this.#folder = folder;
    this.#pace = pace;
  }

  /** Goes on where recovery ended, after it has read `written` bytes; `bytes` 0 begins the segment. */
  async open(end: JournalEnd, written: number): Promise<void> {
    this.#written = written;
    if (end.bytes === 0) return this.#begin(end.segment, end.group);
    this.#file = await this.#disk.open(this.#path(end.segment), 'r+');
    this.#end = { ...end };
    this.#allocated = end.bytes;
  }

  /** Where the synced part ends. */
  get end(): Readonly<JournalEnd> {
    return this.#end;
  }

  /** Bytes written to all segments, those of recovery included. */
  get written(): number {
    return this.#written;
  }

  /** Why nothing is written any more, or null. */
  get failure(): StoreError | null {
    return this.#failure;
  }

  /**
   * Writes a record, given as a value or as its JSON text. When it is on disk `apply` is called, in the order of the
   * appends, and its result is the answer.
   * @throws StoreError `full` (nothing of it is stored), `failed` (unknown until the next start)
   */
  append<K extends Kind, T>(kind: K, body: Records[K] | string, apply: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#queue.push({ kind, body, apply, resolve, reject });
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

  /** What waits for the commit delay waits no longer. */
  hurry(): void {
    this.#pace.hurry();
  }

  /** Waits for what was appended, then closes the file. */
  async close(): Promise<void> {
    await this.#running;
    const file = this.#file;
    this.#file = null;
    await file?.close();
  }

  async #run(): Promise<void> {
    // One turn of the event loop: requests that arrived together share a sync.
    await setImmediate();
    while (this.#rotation !== null || this.#queue.length > 0) {
      if (this.#rotation !== null) await this.#rotate(this.#rotation);
      else {
        await this.#pace.turn();
        await this.#commit();
      }
    }
    this.#running = null;
  }

  async #commit(): Promise<void> {
    const waiting = this.#queue;
    this.#queue = [];
    const group = this.#end.group + 1;
    try {
      await this.#write(this.#groups.encode(group, waiting, this.#end.bytes, this.#allocated), group);
    } catch (error) {
      for (const { reject } of waiting) reject(error);
      return;
    }
    for (const { apply, resolve, reject } of waiting) {
      try {
        resolve(apply() as never);
      } catch (error) {
        reject(error);
      }
    }
  }

  /** Puts a group on disk, or leaves the file as it was. */
  async #write({ bytes, length }: Encoded, group: number): Promise<void> {
    if (this.#failure !== null) throw this.#failure;
    const file = this.#file!;
    const { segment, bytes: position } = this.#end;
    try {
      await this.#put(file, bytes, position);
    } catch (error) {
      // There may be no room for the blanks only.
      if (bytes.length === length || this.#failure !== null) throw error;
      await this.#put(file, bytes.subarray(0, length), position);
    }
    try {
      await file.datasync();
    } catch (error) {
      // What is on disk is unknown now, even if a second sync should succeed.
      throw this.#fail(error);
    }
    this.#end = { segment, group, bytes: position + length };
    this.#written += length;
  }

  /** Writes bytes to the file, or leaves it as long as it was. @throws StoreError `full`, `failed` */
  async #put(file: DiskFile, bytes: Buffer, position: number): Promise<void> {
    try {
      await writeAll(file, bytes, position);
      this.#allocated = Math.max(this.#allocated, position + bytes.length);
    } catch (error) {
      if (!isFull(error)) throw this.#fail(error);
      await file.truncate(position).catch((reason: unknown) => this.#fail(reason));
      this.#allocated = position;
      throw writeError(error, segmentName(this.#end.segment));
    }
  }

  async #rotate({ boundary, resolve, reject }: Rotation): Promise<void> {
    this.#rotation = null;
    const { segment, group } = this.#end;
    const file = this.#file;
    try {
      if (this.#failure !== null) throw this.#failure;
      await this.#begin(segment + 1, group);
      await file?.close();
    } catch (error) {
      reject(error);
      return;
    }
    boundary();
    resolve();
  }

  /** Makes segment `number`, whose first line is a group of its own. */
  async #begin(number: number, group: number): Promise<void> {
    const bytes = Buffer.from(encodeLine(group + 1, 1, 1, encodeRecord('segment', { version: 2, number })));
    let file: DiskFile | null = null;
    try {
      file = await this.#disk.open(this.#path(number), 'w');
      await writeAll(file, bytes, 0);
      await file.datasync();
      await syncFolder(this.#disk, path.join(this.#folder, JOURNAL));
    } catch (error) {
      await file?.close().catch(() => undefined);
      await this.#discard(number).catch((reason: unknown) => this.#fail(reason));
      throw writeError(error, segmentName(number));
    }
    this.#file = file;
    this.#end = { segment: number, group: group + 1, bytes: bytes.length };
    this.#allocated = bytes.length;
  }

  /** Removes a half-made segment: after one that is still being written none may stand, not even after a power cut. */
  async #discard(number: number): Promise<void> {
    await this.#disk.rm(this.#path(number), { force: true });
    await syncFolder(this.#disk, path.join(this.#folder, JOURNAL));
  }

  #fail(error: unknown): StoreError {
    const what = error instanceof Error ? error.message : String(error);
    this.#failure ??= new StoreError('failed', `${segmentName(this.#end.segment)} could not be written: ${what}`, {
      cause: error,
    });
    return this.#failure;
  }

  #path(segment: number): string {
    return path.join(this.#folder, segmentName(segment));
  }
}

/** `journal/00000012.ndjson`, relative to the data folder. */
export function segmentName(segment: number): string {
  return `${JOURNAL}/${String(segment).padStart(8, '0')}.ndjson`;
}

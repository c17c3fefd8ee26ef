/**
 * The file half of the journal: the segment that is written to, `journal/00000012.ndjson`. A group goes into it as one
 * write and one fdatasync, or not at all: what could not be written is taken away again, and after a failure that leaves
 * it unknown what is on disk, nothing more is written.
 *
 * A segment is longer than what was written to it: blanks follow, into which the next groups go (journal-group.ts).
 */
import path from 'node:path';
import { isFull, syncFolder, writeAll, writeError, type Disk, type DiskFile } from './disk.js';
import { GroupEncoder, type Encoded, type Entry } from './journal-group.js';
import { encodeLine, encodeRecord } from './journal-line.js';
import { StoreError } from './store.js';

export const JOURNAL = 'journal';

/**
 * Where a sync usually takes less, ms, it may be waited for on the spot: to hand it to another thread and to be called
 * back takes a good part of that. Work in the background has slices as long (pauses.ts).
 */
const QUICK = 1;

/** What the newest sync counts for in what is usual. */
const NEWEST = 1 / 4;

/** From one look whether the file is still in its folder to the next, ms: what is put into one that isn't is lost. */
const LOOK = 1000;

/** Where the next group goes. */
export interface JournalEnd {
  segment: number;
  /** the last group written */
  group: number;
  /** bytes of the segment that are whole and synced */
  bytes: number;
}

export class Segment {
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #groups = new GroupEncoder();
  #end: JournalEnd = { segment: 0, group: 0, bytes: 0 };
  #file: DiskFile | null = null;
  /** bytes that are in place, written or blank */
  #allocated = 0;
  #failure: StoreError | null = null;
  #syncMs = QUICK;
  #looked = Number.NEGATIVE_INFINITY;

  /** `folder` is the data folder. */
  constructor(disk: Disk, folder: string) {
    this.#disk = disk;
    this.#folder = folder;
  }

  /** Where the synced part ends. */
  get end(): Readonly<JournalEnd> {
    return this.#end;
  }

  /** Why nothing is written any more, or null. */
  get failure(): StoreError | null {
    return this.#failure;
  }

  /** Whether a sync is usually over so soon that it may be waited for on the spot. */
  get isQuick(): boolean {
    return this.#syncMs < QUICK;
  }

  /** What a sync usually takes, ms. */
  get syncMs(): number {
    return this.#syncMs;
  }

  /** Goes on where the file ends; `bytes` 0 begins it. */
  async open(end: JournalEnd): Promise<void> {
    if (end.bytes === 0) return this.#begin(end.segment, end.group);
    this.#file = await this.#disk.open(this.#path(end.segment), 'r+');
    this.#end = { ...end };
    this.#allocated = end.bytes;
  }

  /** Begins the next one; when that is refused, goes on with this one. @throws StoreError `full`, `failed` */
  async next(): Promise<void> {
    if (this.#failure !== null) throw this.#failure;
    const file = this.#file;
    await this.#begin(this.#end.segment + 1, this.#end.group);
    await file?.close();
  }

  /**
   * Puts entries on disk as the next group; the bytes of it. `atOnce`: everything stands still for the sync.
   * @throws StoreError `full`, `failed`
   */
  async add(entries: Entry[], atOnce: boolean): Promise<number> {
    if (this.#failure !== null) throw this.#failure;
    const { segment, bytes: position } = this.#end;
    const group = this.#end.group + 1;
    const encoded = this.#groups.encode(group, entries, position, this.#allocated);
    await this.#put(encoded, position);
    const begin = performance.now();
    try {
      await this.#file!.datasync(atOnce);
    } catch (error) {
      // What is on disk is unknown now, even if a second sync should succeed.
      throw this.#fail(error);
    }
    const end = performance.now();
    this.#syncMs += (end - begin - this.#syncMs) * NEWEST;
    if (end - this.#looked > LOOK) await this.#look(end);
    this.#end = { segment, group, bytes: position + encoded.length };
    return encoded.length;
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    await file?.close();
  }

  /** A file that was removed takes everything and keeps nothing. @throws StoreError `failed` */
  async #look(now: number): Promise<void> {
    this.#looked = now;
    const { nlink } = await this.#file!.stat();
    if (nlink === 0) throw this.#fail(new Error('it was removed from the data folder'));
  }

  async #put({ bytes, length }: Encoded, position: number): Promise<void> {
    try {
      await this.#write(bytes, position);
    } catch (error) {
      // There may be no room for the blanks only.
      if (bytes.length === length || this.#failure !== null) throw error;
      await this.#write(bytes.subarray(0, length), position);
    }
  }

  /** Writes bytes to the file, or leaves it as long as it was. */
  async #write(bytes: Buffer, position: number): Promise<void> {
    const file = this.#file!;
    try {
      await writeAll(file, bytes, position);
      this.#allocated = Math.max(this.#allocated, position + bytes.length);
    } catch (error) {
      if (!isFull(error)) throw this.#fail(error);
      await file.truncate(position).catch((reason: unknown) => {
        // What is on disk is unknown now.
        throw this.#fail(reason);
      });
      this.#allocated = position;
      throw writeError(error, segmentName(this.#end.segment));
    }
  }

  /** Makes segment `number`, whose first line is a group of its own. */
  async #begin(number: number, group: number): Promise<void> {
    const bytes = Buffer.from(encodeLine(group + 1, 1, 1, encodeRecord('segment', { version: 3, number })));
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

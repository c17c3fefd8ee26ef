/**
 * Batches that were refused but whose place in their log is known, `quarantine/<16 hex digits>.json`, named by the SHA-256
 * of the body, so that the same body again is the same entry. Which of them stand for readings that the ledgers count as
 * quarantined is in the catalog and the journal. What the envelope (durable-file.ts) holds:
 *
 *   {"device_id":"…","user":1,"received":…,"log":"…","first":…,"oldest":…,"length":…,"detail":"why","body":"as it came"}
 */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { Low } from 'lowdb';
import { damage, errno, list, makeFolder, syncFolder, writeError, type Disk } from './disk.js';
import { DurableFile } from './durable-file.js';
import { StoreError, type QuarantineUpload } from './store.js';
import { Turns } from './turns.js';

export const QUARANTINE = 'quarantine';

/** What a file takes on disk is whole blocks: so small batches can't be many more than the disk has room for. */
const BLOCK = 4096;

/** The name of a body's entry. */
export function entryName(body: string): string {
  return createHash('sha256').update(body).digest('hex').slice(0, 16);
}

/** Where an entry is, relative to the data folder. */
export function entryFile(name: string): string {
  return `${QUARANTINE}/${name}.json`;
}

export class Quarantine {
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #limit: number;
  /** bytes of all entries; null until they were counted */
  #bytes: number | null = null;
  readonly #turns = new Turns<typeof QUARANTINE>();

  /** `limit`: bytes of all entries together. */
  constructor(disk: Disk, folder: string, limit: number) {
    this.#disk = disk;
    this.#folder = folder;
    this.#limit = limit;
  }

  /** Has the upload on disk under its name. @throws StoreError `quarantine-full`, `full`, `failed` */
  async keep(name: string, upload: QuarantineUpload): Promise<void> {
    try {
      await this.#turns.take(QUARANTINE, () => this.#keep(entryFile(name), upload));
    } catch (error) {
      throw writeError(error, QUARANTINE);
    }
  }

  /** @throws StoreError `damaged`, also when the file is gone */
  async read(name: string): Promise<QuarantineUpload> {
    const file = entryFile(name);
    const low = new Low<QuarantineUpload | null>(new DurableFile(this.#disk, this.#folder, file), null);
    await low.read();
    if (low.data === null) throw damage(file, 0, 'the file is missing');
    if (typeof low.data.body !== 'string' || entryName(low.data.body) !== name)
      throw damage(file, 0, 'it is whole, but another batch');
    return low.data;
  }

  /** What an entry takes of the limit. @throws StoreError `failed` */
  async weigh(name: string): Promise<number> {
    try {
      await this.#turns.take(QUARANTINE, () => this.#open());
      return (await this.#size(entryFile(name))) ?? 0;
    } catch (error) {
      throw writeError(error, QUARANTINE);
    }
  }

  /** An entry of this weight is gone. */
  free(weight: number): void {
    if (this.#bytes !== null) this.#bytes -= weight;
  }

  async #keep(file: string, upload: QuarantineUpload): Promise<void> {
    await this.#open();
    if ((await this.#size(file)) !== null) {
      // Perhaps from a run that died before it had synced the folder.
      return syncFolder(this.#disk, path.join(this.#folder, QUARANTINE));
    }
    if (this.#bytes! + inBlocks(Buffer.byteLength(upload.body)) > this.#limit)
      throw new StoreError('quarantine-full', `${QUARANTINE}/ holds ${this.#bytes} of at most ${this.#limit} bytes`);
    await new Low(new DurableFile<QuarantineUpload>(this.#disk, this.#folder, file), upload).write();
    this.#bytes! += (await this.#size(file)) ?? 0;
  }

  async #open(): Promise<void> {
    if (this.#bytes !== null) return;
    const folder = path.join(this.#folder, QUARANTINE);
    await makeFolder(this.#disk, folder);
    let bytes = 0;
    for (const name of await list(this.#disk, folder)) bytes += (await this.#size(`${QUARANTINE}/${name}`)) ?? 0;
    this.#bytes = bytes;
  }

  /** Bytes a file takes; null when there is none. */
  async #size(name: string): Promise<number | null> {
    try {
      return inBlocks((await this.#disk.stat(path.join(this.#folder, name))).size);
    } catch (error) {
      if (errno(error) === 'ENOENT') return null;
      throw error;
    }
  }
}

function inBlocks(bytes: number): number {
  return Math.ceil(bytes / BLOCK) * BLOCK;
}

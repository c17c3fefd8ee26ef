/**
 * Batches that were refused but whose place in their log is known, `quarantine/<16 hex digits>.json`, named by the SHA-256
 * of the body, so that the same body again is the same entry. What the envelope (durable-file.ts) holds:
 *
 *   {"device_id":"…","user":1,"received":…,"log":"…","first":…,"oldest":…,"length":…,"detail":"why","body":"as it came"}
 */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { Low } from 'lowdb';
import { errno, list, makeFolder, syncFolder, writeError, type Disk } from './disk.js';
import { DurableFile } from './durable-file.js';
import { StoreError, type QuarantineUpload } from './store.js';
import { Turns } from './turns.js';

export const QUARANTINE = 'quarantine';

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

  /** Has the upload on disk and gives the entry's name. @throws StoreError `quarantine-full`, `full`, `failed` */
  async keep(upload: QuarantineUpload): Promise<string> {
    try {
      return await this.#turns.take(QUARANTINE, () => this.#keep(upload));
    } catch (error) {
      throw writeError(error, QUARANTINE);
    }
  }

  async #keep(upload: QuarantineUpload): Promise<string> {
    const name = createHash('sha256').update(upload.body).digest('hex').slice(0, 16);
    const file = `${QUARANTINE}/${name}.json`;
    await this.#open();
    if ((await this.#size(file)) !== null) {
      // Perhaps from a run that died before it had synced the folder.
      await syncFolder(this.#disk, path.join(this.#folder, QUARANTINE));
      return name;
    }
    if (this.#bytes! + Buffer.byteLength(upload.body) > this.#limit)
      throw new StoreError('quarantine-full', `${QUARANTINE}/ holds ${this.#bytes} of at most ${this.#limit} bytes`);
    await new Low(new DurableFile<QuarantineUpload>(this.#disk, this.#folder, file), upload).write();
    this.#bytes! += (await this.#size(file)) ?? 0;
    return name;
  }

  async #open(): Promise<void> {
    if (this.#bytes !== null) return;
    const folder = path.join(this.#folder, QUARANTINE);
    await makeFolder(this.#disk, folder);
    let bytes = 0;
    for (const name of await list(this.#disk, folder)) bytes += (await this.#size(`${QUARANTINE}/${name}`)) ?? 0;
    this.#bytes = bytes;
  }

  /** Bytes of a file; null when there is none. */
  async #size(name: string): Promise<number | null> {
    try {
      return (await this.#disk.stat(path.join(this.#folder, name))).size;
    } catch (error) {
      if (errno(error) === 'ENOENT') return null;
      throw error;
    }
  }
}

/**
 * lowdb's adapter for a file that is whole or not there, whatever happens while it is written: temporary file beside it,
 * fsync, rename, fsync of the folder. What is in it is an envelope (envelope.ts), or several (bundle-code.ts).
 */
import path from 'node:path';
import type { Adapter } from 'lowdb';
import { damage, errno, isUnreadable, syncFolder, writeAll, writeError, type Disk } from './disk.js';
import { Envelope, PART, type Codec } from './envelope.js';
import { StoreError } from './store.js';

/** Ends the name of a file that was still being written. */
export const TEMPORARY = '.tmp';

export interface FileOptions<T> {
  codec?: Codec<T>;
  /** false: the folder is synced by who writes several files, once for all */
  syncName?: boolean;
}

export class DurableFile<T> implements Adapter<T> {
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #name: string;
  readonly #codec: Codec<T>;
  readonly #syncName: boolean;

  /** `name` is relative to the data folder and names the file in errors. */
  constructor(disk: Disk, folder: string, name: string, { codec, syncName = true }: FileOptions<T> = {}) {
    this.#disk = disk;
    this.#folder = folder;
    this.#name = name;
    this.#codec = codec ?? new Envelope(name);
    this.#syncName = syncName;
  }

  /** The data; null when there is no file. @throws StoreError `damaged`, `failed` */
  async read(): Promise<T | null> {
    let bytes: Buffer;
    try {
      bytes = await this.#disk.readFile(this.#path);
    } catch (error) {
      if (errno(error) === 'ENOENT') return null;
      if (isUnreadable(error)) throw damage(this.#name, 0, `it can't be read: ${String(error)}`, error);
      throw new StoreError('failed', `reading ${this.#name} failed: ${String(error)}`, { cause: error });
    }
    return this.#codec.decode(bytes);
  }

  /** Replaces the file. @throws StoreError `full`, `failed` */
  async write(data: T): Promise<void> {
    const temporary = this.#path + TEMPORARY;
    try {
      const handle = await this.#disk.open(temporary, 'w');
      try {
        for await (const { at, bytes } of this.#codec.encode(data)) {
          await writeAll(handle, bytes, at);
          // so that no sync of the journal has to wait for more than this
          if (bytes.length >= PART) await handle.datasync();
        }
        await handle.sync();
      } finally {
        await handle.close();
      }
      await this.#disk.rename(temporary, this.#path);
      if (this.#syncName) await syncFolder(this.#disk, path.dirname(this.#path));
    } catch (error) {
      await this.#disk.rm(temporary, { force: true }).catch(() => undefined);
      throw writeError(error, this.#name);
    }
  }

  get #path(): string {
    return path.join(this.#folder, this.#name);
  }
}

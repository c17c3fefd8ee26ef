/**
 * lowdb's adapter for a file that is whole or not there, whatever happens while it is written:
 *
 *   {"version":1,"checksum":"9f3a17c2","data":{…}}\n
 *
 * `version`: 2 for chunks since there are slices in them (slices.ts), 1 for all else. `checksum` is the CRC-32, in hex, of the text of `data`, byte for byte. A name that ends in `.gz` is the same text,
 * compressed. Writing is: temporary file beside it, fsync, rename, fsync of the folder.
 */
import path from 'node:path';
import { promisify } from 'node:util';
import { crc32, gunzip, gunzipSync, gzip, type ZlibOptions } from 'node:zlib';
import type { Adapter } from 'lowdb';
import { damage, errno, syncFolder, writeAll, writeError, type Disk } from './disk.js';
import { jsonPieces } from './json-pieces.js';
import { Pause } from './pause.js';
import { StoreError } from './store.js';

const VERSION = 1;
/** The highest that can be read. */
const NEWEST = 2;
const HEAD = /^\{"version":(\d+),"checksum":"([0-9a-f]{8})","data":/;
const TAIL = '}\n';

/** Packed bytes that are unpacked here and now: it takes 0.1 ms, and as much again to have somebody else do it. */
const AT_ONCE = 16 * 1024;

/** Ends the name of a file that was still being written. */
export const TEMPORARY = '.tmp';

export interface WriteOptions {
  /** how to pack it, where it is packed */
  gzip?: ZlibOptions;
  /** false: the folder is synced by who writes several files, once for all */
  syncName?: boolean;
  version?: number;
}

export class DurableFile<T> implements Adapter<T> {
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #name: string;
  readonly #gzip: ZlibOptions;
  readonly #syncName: boolean;
  readonly #version: number;

  /** `name` is relative to the data folder and names the file in errors. */
  constructor(disk: Disk, folder: string, name: string, options: WriteOptions = {}) {
    this.#disk = disk;
    this.#folder = folder;
    this.#name = name;
    this.#gzip = options.gzip ?? {};
    this.#syncName = options.syncName ?? true;
    this.#version = options.version ?? VERSION;
  }

  /** The data; null when there is no file. @throws StoreError `damaged`, `failed` */
  async read(): Promise<T | null> {
    let bytes: Buffer;
    try {
      bytes = await this.#disk.readFile(this.#path);
    } catch (error) {
      if (errno(error) === 'ENOENT') return null;
      if (errno(error) === 'EIO') throw this.#damage(0, `it can't be read: ${String(error)}`, error);
      throw new StoreError('failed', `reading ${this.#name} failed: ${String(error)}`, { cause: error });
    }
    return this.#open(await this.#unpack(bytes));
  }

  /** Replaces the file. @throws StoreError `full`, `failed` */
  async write(data: T): Promise<void> {
    const temporary = this.#path + TEMPORARY;
    try {
      const handle = await this.#disk.open(temporary, 'w');
      try {
        await writeAll(handle, await this.#pack(await seal(data, this.#version)), 0);
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

  #open(text: string): T {
    const [head, version, checksum] = HEAD.exec(text) ?? [];
    if (head === undefined) throw this.#damage(0, 'it does not begin with version and checksum');
    if (!(Number(version) >= VERSION && Number(version) <= NEWEST))
      throw this.#damage(0, `version ${version} is not known to this collector`);
    if (!text.endsWith(TAIL)) throw this.#damage(text.length, 'its end is missing');
    const data = text.slice(head.length, -TAIL.length);
    if (hex(crc32(data)) !== checksum) throw this.#damage(head.length, 'the data does not match its checksum');
    return JSON.parse(data) as T;
  }

  async #pack(bytes: Buffer): Promise<Buffer> {
    return this.#name.endsWith('.gz') ? promisify(gzip)(bytes, this.#gzip) : bytes;
  }

  async #unpack(bytes: Buffer): Promise<string> {
    if (!this.#name.endsWith('.gz')) return bytes.toString();
    try {
      return (bytes.length <= AT_ONCE ? gunzipSync(bytes) : await promisify(gunzip)(bytes)).toString();
    } catch (error) {
      throw this.#damage(0, `it can't be unpacked: ${String(error)}`, error);
    }
  }

  #damage(offset: number, what: string, cause?: unknown): StoreError {
    return damage(this.#name, offset, what, cause);
  }
}

async function seal(data: unknown, version: number): Promise<Buffer> {
  const pause = new Pause();
  const pieces: Buffer[] = [];
  let checksum = 0;
  for (const piece of jsonPieces(data)) {
    const bytes = Buffer.from(piece);
    checksum = crc32(bytes, checksum);
    pieces.push(bytes);
    if (pause.due) await pause.take();
  }
  const head = Buffer.from(`{"version":${version},"checksum":"${hex(checksum)}","data":`);
  return Buffer.concat([head, ...pieces, Buffer.from(TAIL)]);
}

/** A CRC-32 as eight hex digits. */
export function hex(crc: number): string {
  return crc.toString(16).padStart(8, '0');
}

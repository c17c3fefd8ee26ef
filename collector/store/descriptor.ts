import fs from 'node:fs';
import type { FileHandle } from 'node:fs/promises';

/** An open file, as the store needs it. */
export interface DiskFile extends Pick<FileHandle, 'truncate' | 'sync' | 'close'> {
  /** `atOnce`: on the spot, with everything else standing still, where the disk can do so */
  datasync(atOnce?: boolean): Promise<void>;
  write(bytes: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesWritten: number }>;
  /** `nlink`: names it has left, where that is known */
  stat(): Promise<{ size: number; nlink?: number }>;
}

/**
 * Bytes that are written here and now: they only go to the page cache, and little is ever waiting there, since every write
 * of ours is followed by a sync. To hand them to another thread and wait for it takes longer than that.
 */
const AT_ONCE = 64 * 1024;

/**
 * An open file, by its descriptor. It does what a FileHandle does with less ado around each call: the journal's write
 * and sync are what every acknowledgement waits for.
 */
export class Descriptor implements DiskFile {
  readonly #fd: number;

  private constructor(fd: number) {
    this.#fd = fd;
  }

  static open(path: string, flags: 'r' | 'r+' | 'w'): Promise<Descriptor> {
    return new Promise((resolve, reject) => {
      fs.open(path, flags, (error, fd) => (error === null ? resolve(new Descriptor(fd)) : reject(error)));
    });
  }

  write(bytes: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesWritten: number }> {
    if (length <= AT_ONCE) return this.#writeAtOnce(bytes, offset, length, position);
    return new Promise((resolve, reject) => {
      fs.write(this.#fd, bytes, offset, length, position, (error, bytesWritten) =>
        error === null ? resolve({ bytesWritten }) : reject(error),
      );
    });
  }

  async #writeAtOnce(
    bytes: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ bytesWritten: number }> {
    return { bytesWritten: fs.writeSync(this.#fd, bytes, offset, length, position) };
  }

  truncate(length = 0): Promise<void> {
    return done((callback) => fs.ftruncate(this.#fd, length, callback));
  }

  datasync(atOnce = false): Promise<void> {
    return atOnce ? this.#datasyncAtOnce() : done((callback) => fs.fdatasync(this.#fd, callback));
  }

  async #datasyncAtOnce(): Promise<void> {
    fs.fdatasyncSync(this.#fd);
  }

  sync(): Promise<void> {
    return done((callback) => fs.fsync(this.#fd, callback));
  }

  close(): Promise<void> {
    return done((callback) => fs.close(this.#fd, callback));
  }

  stat(): Promise<{ size: number; nlink: number }> {
    return new Promise((resolve, reject) => {
      fs.fstat(this.#fd, (error, stats) => (error === null ? resolve(stats) : reject(error)));
    });
  }
}

function done(call: (callback: (error: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => call((error) => (error === null ? resolve() : reject(error))));
}

import path from 'node:path';
import { nodeDisk, type Disk, type DiskFile } from '../../store/disk.js';
import { quickDisk } from './quick-disk.js';

export type Operation = 'open' | 'write' | 'sync' | 'truncate' | 'rename';

/** A disk that fails as it is told. */
export class Faults {
  /**
   * The code of a system error for an operation on a file, by its name without the folder; null where it works.
   * `bytes`: how many a write has.
   */
  fails: (operation: Operation, name: string, bytes: number) => string | null = () => null;

  readonly disk: Disk = {
    ...nodeDisk,
    open: async (name, flags) => {
      this.#check('open', name);
      return this.#file(name, await quickDisk.open(name, flags));
    },
    rename: async (from, to) => {
      this.#check('rename', to);
      await nodeDisk.rename(from, to);
    },
  };

  #file(name: string, file: DiskFile): DiskFile {
    const sync = async (): Promise<void> => this.#check('sync', name);
    return {
      sync,
      datasync: sync,
      stat: () => file.stat(),
      close: () => file.close(),
      truncate: async (length) => {
        this.#check('truncate', name);
        await file.truncate(length);
      },
      // Half of it is written before it fails.
      write: async (bytes, offset, length, position) => {
        const code = this.fails('write', path.basename(name), length);
        if (code === null) return file.write(bytes, offset, length, position);
        await file.write(bytes, offset, length >> 1, position);
        throw failure(code);
      },
    };
  }

  #check(operation: Operation, name: string): void {
    const code = this.fails(operation, path.basename(name), 0);
    if (code !== null) throw failure(code);
  }
}

function failure(code: string): Error {
  return Object.assign(new Error(`${code}: made to fail`), { code });
}

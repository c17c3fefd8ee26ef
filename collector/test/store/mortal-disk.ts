/**
 * A disk that stops at a chosen step, with two answers to what is left of it: everything that was written (the process
 * died), or only what was synced, names by the sync of their folder, contents by the sync of the file (the power went).
 * Contents that were never synced are empty then, as they are on a file system with delayed allocation.
 */
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { nodeDisk, type Disk, type DiskFile } from '../../store/disk.js';
import { quickDisk } from './quick-disk.js';

/** A file whatever its name; `synced` is what of it survives. */
interface Inode {
  path: string;
  synced: Buffer;
}

type Names = Map<string, Inode | 'folder'>;

export class MortalDisk implements Disk {
  /** steps made so far */
  steps = 0;
  readonly #root: string;
  readonly #last: number;
  readonly #names: Names = new Map();
  /** folder → its names when it was last synced */
  readonly #synced = new Map<string, Names>();

  /** `root`: the data folder; `last`: the step that fails half-way, and after which nothing works any more. */
  constructor(root: string, last: number) {
    this.#root = root;
    this.#last = last;
  }

  /** What a dead process leaves. */
  async written(into: string): Promise<void> {
    await mkdir(this.#root, { recursive: true });
    await cp(this.#root, into, { recursive: true, filter: (source) => path.basename(source) !== 'lock' });
  }

  /** What a power cut leaves. */
  async survived(into: string): Promise<void> {
    const restore = async (folder: string): Promise<void> => {
      await mkdir(path.join(into, path.relative(this.#root, folder)), { recursive: true });
      for (const [name, inode] of this.#synced.get(folder) ?? []) {
        if (inode === 'folder') await restore(name);
        else await writeFile(path.join(into, path.relative(this.#root, name)), inode.synced);
      }
    };
    await restore(this.#root);
  }

  async mkdir(name: string, options: { recursive: true }): Promise<string | undefined> {
    this.#step();
    const made = await nodeDisk.mkdir(name, options);
    for (let folder = name; folder.length >= (made ?? name + 1).length; folder = path.dirname(folder))
      this.#names.set(folder, 'folder');
    return made;
  }

  async open(name: string, flags: 'r' | 'r+' | 'w'): Promise<DiskFile> {
    this.#step();
    const file = await quickDisk.open(name, flags);
    if (flags === 'r') return this.#folder(name, file);
    let inode = this.#names.get(name) as Inode | undefined;
    if (inode === undefined) this.#names.set(name, (inode = { path: name, synced: Buffer.alloc(0) }));
    return this.#file(inode, file);
  }

  async rename(from: string, to: string): Promise<void> {
    this.#step();
    await nodeDisk.rename(from, to);
    const inode = this.#names.get(from) as Inode;
    inode.path = to;
    this.#names.set(to, inode);
    this.#names.delete(from);
  }

  async rm(name: string, options: { force: boolean }): Promise<void> {
    this.#step();
    await nodeDisk.rm(name, options);
    this.#names.delete(name);
  }

  async rmdir(name: string): Promise<void> {
    this.#step();
    await nodeDisk.rmdir(name);
    this.#names.delete(name);
  }

  readFile(name: string): Promise<Buffer> {
    return nodeDisk.readFile(name);
  }

  readdir(name: string): Promise<string[]> {
    return nodeDisk.readdir(name);
  }

  stat(name: string): Promise<{ size: number }> {
    return nodeDisk.stat(name);
  }

  /** Counts a step; true when it is the one that fails half-way. */
  #dies(): boolean {
    if (++this.steps > this.#last) throw new Error('the disk is dead');
    return this.steps === this.#last;
  }

  #step(): void {
    if (this.#dies()) throw new Error('the disk died');
  }

  #folder(name: string, file: DiskFile): DiskFile {
    const sync = async (): Promise<void> => {
      this.#step();
      const inside = [...this.#names].filter(([one]) => path.dirname(one) === name);
      this.#synced.set(name, new Map(inside));
    };
    return { ...plain(file), sync, datasync: sync };
  }

  #file(inode: Inode, file: DiskFile): DiskFile {
    const sync = async (): Promise<void> => {
      this.#step();
      inode.synced = await readFile(inode.path);
    };
    return {
      ...plain(file),
      sync,
      datasync: sync,
      truncate: async (length) => {
        this.#step();
        await file.truncate(length);
      },
      write: async (bytes, offset, length, position) => {
        if (!this.#dies()) return file.write(bytes, offset, length, position);
        await file.write(bytes, offset, length >> 1, position);
        throw new Error('the disk died');
      },
    };
  }
}

/** A file's own methods, bound to it. */
function plain(file: DiskFile): DiskFile {
  return {
    write: (...args) => file.write(...args),
    truncate: (length) => file.truncate(length),
    sync: () => file.sync(),
    datasync: () => file.datasync(),
    stat: () => file.stat(),
    close: () => file.close(),
  };
}

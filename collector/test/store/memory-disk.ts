/**
 * A disk in memory that knows what of it would be left. Contents are on it for good by the sync of their file, names by
 * the sync of their folder; of what was changed since then each change may be lost by itself. What a failed sync of a
 * file has lost no later one brings back, as Linux drops the pages it could not write; names stay to be synced.
 */
import path from 'node:path';
import type { Disk, DiskFile } from '../../store/disk.js';

export type Operation =
  | 'mkdir'
  | 'open'
  | 'readFile'
  | 'readdir'
  | 'rename'
  | 'rm'
  | 'rmdir'
  | 'stat'
  | 'write'
  | 'truncate'
  | 'sync';

/** The code of a system error, or a write of which only half is done, and which says so. */
export type Fault = 'EIO' | 'ENOSPC' | 'short';

interface Inode {
  content: Buffer;
  synced: Buffer;
  /** changes since the last sync */
  changes: Change[];
}

type Change = { at: number; bytes: Buffer } | { length: number };
type Entry = Inode | 'folder';

export class MemoryDisk implements Disk {
  /** operations so far */
  steps = 0;
  /** what becomes of an operation on a file or folder, by its path in the data folder; null where it works */
  fault: (operation: Operation, name: string, step: number) => Fault | null = () => null;
  /** whether a change that wasn't synced reaches the disk, asked when its sync fails or the power goes */
  lucky: () => boolean = () => false;
  readonly #root: string;
  readonly #names = new Map<string, Entry>();
  readonly #synced = new Map<string, Entry>();
  /** names that came or went since their folder was last synced, null for gone */
  #renamed: [name: string, entry: Entry | null][] = [];

  /** `root`: the data folder, which is there already. */
  constructor(root: string, files: Iterable<[name: string, content: Buffer]> = []) {
    this.#root = root;
    for (const folder of [root, path.dirname(root)]) this.#names.set(folder, 'folder');
    for (const [name, content] of files) {
      const whole = path.join(root, name);
      for (let folder = path.dirname(whole); folder !== root; folder = path.dirname(folder))
        this.#names.set(folder, 'folder');
      this.#names.set(whole, { content, synced: content, changes: [] });
    }
    this.#synced = new Map(this.#names);
  }

  /** What a dead process leaves: every file by its path in the data folder. */
  written(): Map<string, Buffer> {
    return this.#files(this.#names, ({ content }) => content);
  }

  /** What a power cut leaves. */
  survived(): Map<string, Buffer> {
    const names = new Map(this.#synced);
    for (const [name, entry] of this.#renamed) if (this.lucky()) set(names, name, entry);
    return this.#files(names, ({ synced, changes }) => changes.filter(this.lucky).reduce(changed, synced));
  }

  async mkdir(name: string): Promise<string | undefined> {
    this.#step('mkdir', name);
    if (this.#names.has(name)) return undefined;
    const above = path.dirname(name);
    const made = this.#names.has(above) ? undefined : await this.mkdir(above);
    this.#set(name, 'folder');
    return made ?? name;
  }

  async open(name: string, flags: 'r' | 'r+' | 'w'): Promise<DiskFile> {
    this.#step('open', name);
    if (this.#names.get(name) === 'folder') return this.#file(name, null);
    if (flags === 'w' && !this.#names.has(name)) {
      if (this.#names.get(path.dirname(name)) !== 'folder') throw failure('ENOENT', name);
      this.#set(name, { content: Buffer.alloc(0), synced: Buffer.alloc(0), changes: [] });
    }
    const inode = this.#inode(name);
    if (flags === 'w') change(inode, { length: 0 });
    return this.#file(name, inode);
  }

  async readFile(name: string): Promise<Buffer> {
    this.#step('readFile', name);
    return this.#inode(name).content;
  }

  async readdir(name: string): Promise<string[]> {
    this.#step('readdir', name);
    if (this.#names.get(name) !== 'folder') throw failure('ENOENT', name);
    return [...this.#names.keys()].filter((one) => isIn(one, name)).map((one) => path.basename(one));
  }

  async rename(from: string, to: string): Promise<void> {
    this.#step('rename', to);
    const inode = this.#inode(from);
    this.#set(to, inode);
    this.#set(from, null);
  }

  async rm(name: string): Promise<void> {
    this.#step('rm', name);
    if (this.#names.has(name)) this.#set(name, null);
  }

  async rmdir(name: string): Promise<void> {
    this.#step('rmdir', name);
    if (!this.#names.has(name)) throw failure('ENOENT', name);
    if ([...this.#names.keys()].some((one) => isIn(one, name))) throw failure('ENOTEMPTY', name);
    this.#set(name, null);
  }

  async stat(name: string): Promise<{ size: number }> {
    this.#step('stat', name);
    return { size: this.#inode(name).content.length };
  }

  /** An open file, or a folder, which can only be synced. */
  #file(name: string, inode: Inode | null): DiskFile {
    const sync = async (): Promise<void> => {
      const fault = this.#fault('sync', name);
      if (inode !== null) {
        const reaches = fault === null ? () => true : this.lucky;
        inode.synced = inode.changes.filter(reaches).reduce(changed, inode.synced);
        inode.changes = [];
      } else if (fault === null) this.#syncNames(name);
      if (fault !== null) throw failure(fault, name);
    };
    return {
      sync,
      datasync: sync,
      stat: async () => ({ size: inode!.content.length }),
      close: async () => undefined,
      truncate: async (length = 0) => {
        this.#step('truncate', name);
        change(inode!, { length });
      },
      write: async (bytes, offset, length, position) => {
        const fault = this.#fault('write', name);
        const bytesWritten = fault === null ? length : length >> 1;
        change(inode!, { at: position, bytes: Buffer.from(bytes.subarray(offset, offset + bytesWritten)) });
        if (fault !== null && fault !== 'short') throw failure(fault, name);
        return { bytesWritten };
      },
    };
  }

  #syncNames(folder: string): void {
    for (const [one, entry] of this.#renamed) if (isIn(one, folder)) set(this.#synced, one, entry);
    this.#renamed = this.#renamed.filter(([one]) => !isIn(one, folder));
  }

  #set(name: string, entry: Entry | null): void {
    set(this.#names, name, entry);
    this.#renamed.push([name, entry]);
  }

  #inode(name: string): Inode {
    const entry = this.#names.get(name);
    if (entry === undefined || entry === 'folder') throw failure('ENOENT', name);
    return entry;
  }

  #fault(operation: Operation, name: string): Fault | null {
    return this.fault(operation, path.relative(this.#root, name), ++this.steps);
  }

  #step(operation: Operation, name: string): void {
    const fault = this.#fault(operation, name);
    if (fault !== null) throw failure(fault, name);
  }

  /** The files that can be reached by these names. */
  #files(names: Map<string, Entry>, content: (inode: Inode) => Buffer): Map<string, Buffer> {
    const reached = (name: string): boolean => name === this.#root || (names.has(name) && reached(path.dirname(name)));
    const files = new Map<string, Buffer>();
    for (const [name, entry] of names)
      if (entry !== 'folder' && reached(name)) files.set(path.relative(this.#root, name), content(entry));
    return files;
  }
}

function isIn(name: string, folder: string): boolean {
  return path.dirname(name) === folder && name !== folder;
}

function set(names: Map<string, Entry>, name: string, entry: Entry | null): void {
  if (entry === null) names.delete(name);
  else names.set(name, entry);
}

function change(inode: Inode, made: Change): void {
  inode.content = changed(inode.content, made);
  inode.changes.push(made);
}

/** Content after a change; a hole is zeros. */
function changed(content: Buffer, made: Change): Buffer {
  const length = 'length' in made ? made.length : Math.max(content.length, made.at + made.bytes.length);
  const after = Buffer.alloc(length);
  content.copy(after);
  if ('bytes' in made) made.bytes.copy(after, made.at);
  return after;
}

function failure(code: string, name: string): Error {
  return Object.assign(new Error(`${code}: made to fail, '${name}'`), { code });
}

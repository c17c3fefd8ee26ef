import fs from 'node:fs/promises';
import path from 'node:path';
import { Descriptor, type DiskFile } from './descriptor.js';
import { makeFolders } from './folders.js';
import { readWhole } from './read-file.js';
import { StoreError } from './store.js';

export type { DiskFile } from './descriptor.js';

/**
 * The file system the store works on: a handful of calls of `node:fs/promises`, passed in so that a test can put a
 * failing disk or a power cut under the very same code.
 */
export interface Disk {
  /** the first folder made, undefined when all were there */
  mkdir(path: string, options: { recursive: true }): Promise<string | undefined>;
  open(path: string, flags: 'r' | 'r+' | 'w'): Promise<DiskFile>;
  readFile(path: string): Promise<Buffer>;
  readdir(path: string): Promise<string[]>;
  rename(from: string, to: string): Promise<void>;
  rm(path: string, options: { force: boolean }): Promise<void>;
  rmdir(path: string): Promise<void>;
  stat(path: string): Promise<{ size: number }>;
}

export const nodeDisk: Disk = {
  ...fs,
  mkdir: makeFolders,
  readFile: readWhole,
  open: (file, flags) => Descriptor.open(file, flags),
};

/** The code of a system error (`ENOENT`), or undefined. */
export function errno(error: unknown): string | undefined {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
}

/** Whether an error says that there is no room: the disk, the quota, or the largest file the process may write. */
export function isFull(error: unknown): boolean {
  const code = errno(error);
  return code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG';
}

/** Linux says of a file whose place on disk is broken, and Node has no names for: EUCLEAN, EBADMSG. */
const BROKEN = new Set<number | undefined>([-117, -74]);

/** Whether an error says that what is on disk can't be had back. */
export function isUnreadable(error: unknown): boolean {
  return errno(error) === 'EIO' || (error instanceof Error && BROKEN.has((error as NodeJS.ErrnoException).errno));
}

/** The StoreError for a failed write of `file`. */
export function writeError(error: unknown, file: string): StoreError {
  if (error instanceof StoreError) return error;
  const what = error instanceof Error ? error.message : String(error);
  if (isFull(error)) return new StoreError('full', `no room to write ${file}: ${what}`, { cause: error });
  return new StoreError('failed', `writing ${file} failed: ${what}`, { cause: error });
}

/** Damage, and where it is: at byte `offset` of what is in `file`, whose name is relative to the data folder. */
export class Damage extends StoreError {
  readonly file: string;
  readonly offset: number;
  readonly what: string;

  constructor(file: string, offset: number, what: string, cause?: unknown) {
    super('damaged', `${file} is damaged at byte ${offset}: ${what}`, { cause });
    this.file = file;
    this.offset = offset;
    this.what = what;
  }
}

/** The StoreError for `file`, damaged at byte `offset` of what is in it. */
export function damage(file: string, offset: number, what: string, cause?: unknown): Damage {
  return new Damage(file, offset, what, cause);
}

/** Makes names that were created, renamed or removed in a folder survive a power cut. */
export async function syncFolder(disk: Disk, folder: string): Promise<void> {
  const handle = await disk.open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Writes all of `bytes` at `position`, in as many calls as it takes. */
export async function writeAll(file: DiskFile, bytes: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    if (bytesWritten === 0) throw new Error('nothing could be written');
    done += bytesWritten;
  }
}

/** The names in a folder, none when it doesn't exist. */
export async function list(disk: Disk, folder: string): Promise<string[]> {
  try {
    return await disk.readdir(folder);
  } catch (error) {
    if (errno(error) === 'ENOENT') return [];
    throw error;
  }
}

/** Makes a folder, and the ones it is in, durably. */
export async function makeFolder(disk: Disk, folder: string): Promise<void> {
  const whole = path.resolve(folder);
  const made = await disk.mkdir(whole, { recursive: true });
  if (made === undefined) return syncName(disk, whole);
  for (let at = whole; at.length >= made.length; at = path.dirname(at)) await syncFolder(disk, path.dirname(at));
}

/** Syncs the name of a folder that was there: who made it may have died before, or failed. */
async function syncName(disk: Disk, folder: string): Promise<void> {
  try {
    await syncFolder(disk, path.dirname(folder));
  } catch (error) {
    // Made by somebody else, in a place that we may not open.
    if (errno(error) !== 'EACCES') throw error;
  }
}

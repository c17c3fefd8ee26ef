/** Temporary data folders. */
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const made: string[] = [];

export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'thermowell-store-'));
  made.push(folder);
  return path.join(folder, 'data');
}

/** A copy, without the lock, of a folder in which nothing is written meanwhile. */
export async function copyOf(folder: string): Promise<string> {
  const copy = await newFolder();
  await cp(folder, copy, { recursive: true, filter: (source) => path.basename(source) !== 'lock' });
  return copy;
}

/** Removes all folders made so far. */
export async function removeFolders(): Promise<void> {
  for (const folder of made.splice(0)) await rm(folder, { recursive: true, force: true });
}

/** All files, by path relative to the folder, sorted. */
export async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
}

/** The files in which chunks are, sorted. */
export async function chunkFilesOf(folder: string): Promise<string[]> {
  return (await filesOf(folder)).filter((name) => /^(series|bundles)\//.test(name));
}

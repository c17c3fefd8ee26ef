import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Bytes allocated to a folder and all in it: whole blocks, as the disk has them. */
export async function allocated(path: string): Promise<number> {
  const stats = await lstat(path);
  const names = stats.isDirectory() ? await readdir(path) : [];
  const inside = await Promise.all(names.map((name) => allocated(join(path, name))));
  return inside.reduce((sum, bytes) => sum + bytes, stats.blocks * 512);
}

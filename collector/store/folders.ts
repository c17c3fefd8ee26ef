import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';

/**
 * Makes a folder and the ones it is in; the answer is the first one made, undefined when all were there. What Node's
 * `recursive` does, but for places in which nothing can be made though they say that only the parent is missing (`/proc`):
 * there Node 20 tries for ever.
 */
export async function makeFolders(folder: string): Promise<string | undefined> {
  try {
    await mkdir(folder);
    return folder;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && (await stat(folder)).isDirectory()) return undefined;
    const parent = path.dirname(folder);
    if (code !== 'ENOENT' || parent === folder) throw error;
    const made = await makeFolders(parent);
    await mkdir(folder);
    return made ?? folder;
  }
}

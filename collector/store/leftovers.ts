/** Files that a crash left behind: of a checkpoint that didn't get as far as its catalog. */
import path from 'node:path';
import { BUNDLES } from './bundle.js';
import { SERIES } from './chunk-files.js';
import { list, type Disk } from './disk.js';

const FOLDER = /^\d+$/;
const FILE = /^\d+-\d+\.json\.gz(\.tmp)?$/;

/**
 * The files under `series/` and `bundles/`, relative to the data folder, that aren't listed. What isn't named as ours are
 * (`lost+found`, what a file manager leaves) is somebody else's, and stays.
 */
export async function findLeftovers(disk: Disk, folder: string, listed: ReadonlySet<string>): Promise<string[]> {
  const series = (await list(disk, path.join(folder, SERIES))).filter((name) => FOLDER.test(name));
  const found: string[] = [];
  for (const inner of [...series.map((name) => `${SERIES}/${name}`), BUNDLES])
    for (const name of await list(disk, path.join(folder, inner)))
      if (FILE.test(name) && !listed.has(`${inner}/${name}`)) found.push(`${inner}/${name}`);
  return found;
}

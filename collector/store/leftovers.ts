/** Files that a crash left behind: of a checkpoint that didn't get as far as its catalog. */
import path from 'node:path';
import { BUNDLES } from './bundle.js';
import { SERIES } from './chunk-files.js';
import { list, type Disk } from './disk.js';

/** The files under `series/` and `bundles/`, relative to the data folder, that aren't listed. */
export async function findLeftovers(disk: Disk, folder: string, listed: ReadonlySet<string>): Promise<string[]> {
  const found: string[] = [];
  for (const series of await list(disk, path.join(folder, SERIES)))
    for (const name of await list(disk, path.join(folder, SERIES, series)))
      if (!listed.has(`${SERIES}/${series}/${name}`)) found.push(`${SERIES}/${series}/${name}`);
  for (const name of await list(disk, path.join(folder, BUNDLES)))
    if (!listed.has(`${BUNDLES}/${name}`)) found.push(`${BUNDLES}/${name}`);
  return found;
}

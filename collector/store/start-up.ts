/** From what is on disk to a store that can be used: catalog, journal on top, leftovers away. */
import path from 'node:path';
import { CATALOG, isCatalog } from './catalog.js';
import { damage, list, makeFolder } from './disk.js';
import { JOURNAL } from './segment.js';
import { findLeftovers } from './leftovers.js';
import type { Parts } from './parts.js';
import { entryFile, QUARANTINE } from './quarantine.js';
import { recover } from './recovery.js';
import { replay } from './replay.js';

/** The folder is there and locked. @throws StoreError `damaged` */
export async function startUp(parts: Parts): Promise<void> {
  const { disk, folder, catalog, journal, files, state, notes } = parts;
  await makeFolder(disk, path.join(folder, JOURNAL));
  await catalog.read();
  const data = catalog.data;
  catalog.data = null;
  if (data !== null) {
    if (!isCatalog(data)) throw damage(CATALOG, 0, 'it is whole, but no catalog');
    state.load(data);
  }
  // No file goes before the record that says so is known to be on disk.
  const release = files.hold();
  try {
    const recovered = await recover(disk, folder, data?.journal ?? null, (line) => replay(state, line));
    if (recovered.cut !== null) notes.add(recovered.cut);
    if (data !== null) files.discard(data.obsolete);
    if (recovered.segments !== 1) await removeLeftovers(parts, data === null && recovered.segments === 0);
    await journal.open(recovered.end, recovered.bytes);
  } finally {
    release();
  }
  await lookForEntries(parts);
}

/** What stands in quarantine is to be mended by a person, who should hear of it when it is no longer there. */
async function lookForEntries({ disk, folder, state, notes }: Parts): Promise<void> {
  if (state.devices.quarantined.size === 0) return;
  try {
    const files = new Set(await list(disk, path.join(folder, QUARANTINE)));
    for (const { name, taken } of state.devices.quarantined.values())
      if (!files.has(path.basename(entryFile(name)))) notes.add(`${entryFile(name)}, ${taken} readings, is missing`);
  } catch (error) {
    notes.add(`${QUARANTINE} can't be looked at: ${String(error)}`);
  }
}

/** `fresh`: there is neither catalog nor journal, so that there must be no chunks either. */
async function removeLeftovers({ disk, folder, files, state, notes }: Parts, fresh: boolean): Promise<void> {
  const listed = new Set([...state.series.values()].flatMap(({ chunks }) => chunks.map(({ file }) => file)));
  const leftovers = await findLeftovers(disk, folder, listed);
  if (leftovers.length === 0) return;
  if (fresh) throw damage(CATALOG, 0, `the file is missing, but there is ${leftovers[0]!}`);
  files.discard(leftovers);
  notes.add(`removed ${leftovers.length} files of an unfinished checkpoint`);
}

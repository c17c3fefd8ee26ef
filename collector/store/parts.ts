/** What a JsonStore is made of, for those of its rooms that work with all of it. */
import { Audience } from './audience.js';
import type { Budgets } from './budgets.js';
import { openCatalog, type Catalog } from './catalog.js';
import { ChunkFiles, seriesFolder } from './chunk-files.js';
import { Damages } from './damages.js';
import type { Disk } from './disk.js';
import { Effort } from './effort.js';
import { Journal } from './journal.js';
import { Notes } from './notes.js';
import { Pace } from './pace.js';
import { entryFile } from './quarantine.js';
import { Pauses } from './pauses.js';
import { State } from './state.js';

export interface Parts {
  disk: Disk;
  /** the data folder */
  folder: string;
  catalog: Catalog;
  journal: Journal;
  files: ChunkFiles;
  state: State;
  audience: Audience;
  notes: Notes;
  effort: Effort;
  damages: Damages;
}

interface Terms {
  budgets: Budgets;
  disk: Disk;
  /** between two syncs of the journal at least, ms */
  commitDelayMs: number;
  log: (text: string) => void;
}

/** Nothing is opened yet. */
export function assemble(folder: string, { budgets, disk, commitDelayMs, log }: Terms): Parts {
  const notes = new Notes(log);
  const damages = new Damages(notes);
  const files = new ChunkFiles(disk, folder, budgets.cache, damages);
  const audience = new Audience(notes);
  const state = new State({
    added: (series, rows) => audience.added(series, rows),
    changed: (id) => audience.changed(id),
    dropped: (names, id) => files.discard([...names, seriesFolder(id)]),
    released: (name) => files.discard([entryFile(name)]),
  });
  const journal = new Journal(disk, folder, new Pace(commitDelayMs));
  const effort = new Effort();
  const catalog = openCatalog(disk, folder, new Pauses(effort.slice));
  return { disk, folder, catalog, journal, files, state, audience, notes, damages, effort };
}

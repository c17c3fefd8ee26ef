import type { Catalog } from './catalog.js';
import type { ChunkFiles } from './chunk-files.js';
import type { Disk } from './disk.js';
import type { Journal } from './journal.js';
import type { State } from './state.js';

/** What a JsonStore is made of, for those of its rooms that work with all of it. */
export interface Parts {
  disk: Disk;
  /** the data folder */
  folder: string;
  catalog: Catalog;
  journal: Journal;
  files: ChunkFiles;
  state: State;
  /** for the log and for `health()` */
  note: (text: string) => void;
}

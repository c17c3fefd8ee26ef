import { CHUNK_POINTS } from './chunk.js';

/** What the store may use; bytes where nothing else is said. */
export interface Budgets {
  /** journal since the last checkpoint; bounds memory and the time of a start. Four times this at most, and of `head` */
  journal: number;
  /** points of one series since the last checkpoint: while they become chunks they take 24 bytes each, or more */
  head: number;
  /** chunks kept in memory */
  cache: number;
  /** all of `quarantine/` */
  quarantine: number;
  /** points of a chunk */
  chunk: number;
}

const MIB = 1024 * 1024;
export const BUDGETS: Readonly<Budgets> = Object.freeze({
  journal: 8 * MIB,
  head: 64 * 1024,
  cache: 16 * MIB,
  quarantine: 256 * MIB,
  chunk: CHUNK_POINTS,
});

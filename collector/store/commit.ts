import type { Kind, Records } from './record.js';

/**
 * Journals a record; once it is on disk `apply` changes the state, and what it gives is the answer.
 */
export type Commit = <K extends Kind, T>(kind: K, body: Records[K], apply: () => T) => Promise<T>;

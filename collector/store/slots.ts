/** Which points in memory belong to which chunk: those from where it begins to where the next one does. */
import type { ChunkRef } from './chunk.js';
import { firstFrom, slice, type Rows } from './rows.js';

/** One part of `rows` for each chunk, in order; what is older than all chunks goes to the first. */
export function slots(chunks: ChunkRef[], rows: Rows): Rows[] {
  const starts = chunks.map(({ from }, i) => (i === 0 ? 0 : firstFrom(rows.time, from)));
  return starts.map((start, i) => slice(rows, start, starts[i + 1] ?? rows.length));
}

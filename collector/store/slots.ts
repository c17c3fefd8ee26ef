/** Which points in memory belong to which chunk: those from where it begins to where the next one does. */
import type { ChunkRef } from './chunk.js';
import { firstFrom, slice, type Rows } from './rows.js';

/** One part of `rows` for each chunk, in order; what is older than all chunks goes to the first. */
export function slots(chunks: ChunkRef[], rows: Rows): Rows[] {
  const starts = chunks.map(({ from }, i) => (i === 0 ? 0 : firstFrom(rows.time, from)));
  return starts.map((start, i) => slice(rows, start, starts[i + 1] ?? rows.length));
}

/**
 * The chunks in groups of which only those of one group overlap: each alone, but for points that had to be put beside a
 * chunk that could not be read at the time. Within a group a later chunk's points have the higher ids at equal times.
 */
export function groups(chunks: ChunkRef[]): ChunkRef[][] {
  const all: ChunkRef[][] = [];
  let to = Number.NEGATIVE_INFINITY;
  for (const chunk of chunks) {
    if (chunk.from < to) all.at(-1)!.push(chunk);
    else all.push([chunk]);
    to = Math.max(to, chunk.to);
  }
  return all;
}

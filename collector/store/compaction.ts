/**
 * How the chunks of a series take in the points that were in memory, and lose the deleted ones:
 *
 *   - a chunk that neither concerns stays as it is;
 *   - one that a late point or a deletion falls into is written again with it, and in smaller ones, since more late
 *     points may fall there;
 *   - what follows the last chunk makes new ones, together with the chunks at the end that are no larger than it. So sizes
 *     halve towards the end, and a point is written a few times in its life, however small the steps it came in.
 */
import { isHit, type ChunkRef } from './chunk.js';
import { firstFrom, merge, NO_ROWS, slice, without, type Rows } from './rows.js';
import { slots } from './slots.js';
import { StoreError } from './store.js';

/** Where late points fall, chunks are so many times smaller than they may be. */
const LATE = 4;

/** A chunk that stays as it is, or the points of a new one. */
export type Piece = { keep: ChunkRef } | { write: Rows };

export interface CompactionInput {
  /** points of a chunk at most */
  largest: number;
  chunks: ChunkRef[];
  /** the points that were in memory, without the dead, by (time, id) */
  recent: Rows;
  dead: ReadonlySet<number>;
  /** whether a chunk has to leave its file, though nothing of it changes */
  moves: (chunk: ChunkRef) => boolean;
  load: (chunk: ChunkRef) => Promise<Rows>;
  /** told of a chunk that can't be read; it stays, and its new points go beside it */
  damaged: (chunk: ChunkRef, error: StoreError) => void;
}

/** The chunks as they shall be, by time; one after the other, so that few are in memory at once. */
export async function* compact(input: CompactionInput): AsyncGenerator<Piece> {
  const { chunks, recent, dead, largest, moves } = input;
  const parts = slots(chunks, recent);
  const tail = tailStart(chunks, parts.at(-1) ?? NO_ROWS, largest);
  const following = chunks.length === 0 ? recent : parts.slice(Math.min(tail, chunks.length - 1)).reduce(merge);
  for (const [i, chunk] of chunks.slice(0, tail).entries()) {
    const part = i === chunks.length - 1 ? NO_ROWS : parts[i]!;
    if (part.length === 0 && !isHit(chunk, dead) && !moves(chunk)) yield { keep: chunk };
    else yield* rewrite(input, [chunk], part, (points) => evenly(points, part.length > 0 ? largest / LATE : largest));
  }
  yield* rewrite(input, chunks.slice(tail), following, () => largest);
}

/** The first of the chunks at the end that are written anew together with `part`, what belongs to the last one. */
function tailStart(chunks: ChunkRef[], part: Rows, largest: number): number {
  const last = chunks.at(-1);
  if (last === undefined || part.length === 0) return chunks.length;
  let tail = chunks.length;
  let points = part.length;
  if (part.time[0]! < last.to) points += chunks[--tail]!.points;
  for (; tail > 0; tail--) {
    const before = chunks[tail - 1]!.points;
    if (before >= largest || before > points) break;
    points += before;
  }
  return tail;
}

async function* rewrite(
  { dead, load, damaged, moves }: CompactionInput,
  chunks: ChunkRef[],
  part: Rows,
  size: (points: number) => number,
): AsyncGenerator<Piece> {
  let stored = NO_ROWS;
  let rest = part;
  for (const chunk of chunks) {
    try {
      stored = merge(stored, await load(chunk));
    } catch (error) {
      if (!(error instanceof StoreError) || error.code !== 'damaged') throw error;
      damaged(chunk, error);
      const older = firstFrom(rest.time, chunk.from);
      yield* split(without(merge(stored, slice(rest, 0, older)), dead), size);
      yield { keep: chunk };
      stored = NO_ROWS;
      rest = slice(rest, older, rest.length);
    }
  }
  const rows = without(merge(stored, rest), dead);
  // A deleted point's number was in its range, the point in another chunk.
  if (rows === stored && chunks.length === 1 && rows.length > 0 && !moves(chunks[0]!)) yield { keep: chunks[0]! };
  else yield* split(rows, size);
}

function* split(rows: Rows, size: (points: number) => number): Generator<Piece> {
  const points = size(rows.length);
  for (let i = 0; i < rows.length; i += points) yield { write: slice(rows, i, Math.min(rows.length, i + points)) };
}

/** Parts of a chunk that grew too large leave room in each for more late points. */
function evenly(points: number, largest: number): number {
  return Math.ceil(points / Math.ceil(points / largest));
}

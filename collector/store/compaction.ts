/**
 * How the chunks of a series take in the points that were in memory, and lose the deleted ones:
 *
 *   - a chunk that neither concerns stays as it is;
 *   - one that a late point or a deletion falls into is written again with it, and in smaller ones, since more late
 *     points may fall there;
 *   - what follows the last chunk makes new ones, together with the chunks at the end that are no larger than it. So sizes
 *     halve towards the end, and a point is written a few times in its life, however small the steps it came in.
 *
 * All of it a part at a time, so that neither many points are unpacked at once nor anybody kept waiting.
 */
import type { ChunkRef } from './chunk.js';
import type { Dead } from './dead.js';
import type { Recent } from './recent.js';
import { firstAfter, firstFrom, merge, mergeAll, NO_ROWS, slice, without, workOf, type Rows } from './rows.js';
import type { Pauses } from './pauses.js';
import { StoreError } from './store.js';

/** Where late points fall, chunks are so many times smaller than they may be. */
const LATE = 4;

/** Points from memory that are worked on at once. */
const PART = 8192;

/** A chunk that stays as it is, or the points of a new one. */
export type Piece = { keep: ChunkRef } | { write: Rows };

export interface CompactionInput {
  /** points of a chunk at most */
  largest: number;
  chunks: ChunkRef[];
  /** the points that were in memory, a slot for each chunk; a single one where there is none */
  recent: Recent;
  dead: Dead;
  /** whether a chunk has to leave its file, though nothing of it changes */
  moves: (chunk: ChunkRef) => boolean;
  load: (chunk: ChunkRef) => Promise<Rows>;
  /** told of a chunk that can't be read; it stays, and its new points go beside it */
  damaged: (chunk: ChunkRef) => void;
  pauses: Pauses;
}

/** The chunks as they shall be, by time. */
export async function* compact(input: CompactionInput): AsyncGenerator<Piece> {
  const { chunks, recent, dead, largest, moves } = input;
  const tail = tailStart(chunks, recent, largest);
  for (let i = 0; i < tail; i++) {
    const chunk = chunks[i]!;
    // what follows the last one belongs to the tail
    const late = i === chunks.length - 1 ? 0 : recent.counts[i]!;
    if (late > 0) yield* new Rewriting(input, evenly(chunk.points + late, largest / LATE)).run(i, i + 1);
    else if (dead.mayHit(chunk) || moves(chunk)) yield* reduced(input, chunk);
    else yield { keep: chunk };
  }
  yield* new Rewriting(input, largest).run(tail, Math.max(1, chunks.length));
}

/** The first of the chunks at the end that are written anew together with what follows the last one. */
function tailStart(chunks: ChunkRef[], { counts, oldest }: Recent, largest: number): number {
  const last = chunks.at(-1);
  let points = counts.at(-1)!;
  if (last === undefined || points === 0) return chunks.length;
  let tail = chunks.length;
  if (oldest.at(-1)! < last.to) points += chunks[--tail]!.points;
  for (; tail > 0; tail--) {
    const before = chunks[tail - 1]!.points;
    if (before >= largest || before > points) break;
    points += before;
  }
  return tail;
}

/** A chunk without its deleted points. */
async function* reduced(input: CompactionInput, chunk: ChunkRef): AsyncGenerator<Piece> {
  const { largest, dead, load, damaged, moves, pauses } = input;
  let stored: Rows;
  try {
    stored = await pauses.wait(load(chunk));
    await pauses.did(workOf(stored));
  } catch (error) {
    mustBeDamage(error);
    damaged(chunk);
    yield { keep: chunk };
    return;
  }
  const rows = without(stored, dead.ids);
  // a deleted point's number was in its range, the point in another chunk
  if (rows === stored && !moves(chunk)) yield { keep: chunk };
  else for (const write of pieces(rows, evenly(rows.length, largest))) yield { write };
}

/** Chunks that follow one another are written again, with what belongs to them, as chunks of `size` points. */
class Rewriting {
  readonly #input: CompactionInput;
  readonly #size: number;
  /** of the chunks, what may still have something before it */
  #stored = NO_ROWS;
  /** what comes next, in order, and how much it is */
  #out: Rows[] = [];
  #points = 0;

  constructor(input: CompactionInput, size: number) {
    this.#input = input;
    this.#size = size;
  }

  /** Slots `first` up to `end`; beyond the last chunk there is what follows it. */
  async *run(first: number, end: number): AsyncGenerator<Piece> {
    const { chunks, load, damaged, pauses } = this.#input;
    for (let i = Math.min(first, end - 1); i < end; i++) {
      let from = i === 0 ? Number.NEGATIVE_INFINITY : chunks[i]!.from;
      const to = chunks[i + 1]?.from ?? Number.POSITIVE_INFINITY;
      const chunk = i < first ? undefined : chunks[i];
      if (chunk !== undefined) {
        try {
          const rows = await pauses.wait(load(chunk));
          await pauses.did(workOf(rows));
          this.#stored = merge(this.#stored, without(rows, this.#input.dead.ids));
          await pauses.did(workOf(this.#stored));
        } catch (error) {
          mustBeDamage(error);
          damaged(chunk);
          yield* this.#take(i, from, chunk.from);
          yield* this.#end();
          yield { keep: chunk };
          from = chunk.from;
        }
      }
      yield* this.#take(i, from, to);
    }
    yield* this.#end();
  }

  /** What is in memory of a slot between two times, and what was stored before the second. */
  async *#take(slot: number, from: number, to: number): AsyncGenerator<Piece> {
    const { recent, pauses } = this.#input;
    for (const { rows, work } of recent.parts(slot, from, to, PART)) {
      if (rows.length > 0) {
        const older = firstAfter(this.#stored.time, rows.time[rows.length - 1]!);
        yield* this.#put(merge(slice(this.#stored, 0, older), rows));
        this.#stored = slice(this.#stored, older, this.#stored.length);
      }
      await pauses.did(work);
    }
    const older = firstFrom(this.#stored.time, to);
    yield* this.#put(slice(this.#stored, 0, older));
    this.#stored = slice(this.#stored, older, this.#stored.length);
  }

  *#put(rows: Rows): Generator<Piece> {
    if (rows.length > 0) this.#out.push(rows);
    this.#points += rows.length;
    if (this.#points < this.#size) return;
    const all = mergeAll(this.#out);
    let at = 0;
    for (; all.length - at >= this.#size; at += this.#size) yield { write: slice(all, at, at + this.#size) };
    this.#out = at < all.length ? [slice(all, at, all.length)] : [];
    this.#points = all.length - at;
  }

  *#end(): Generator<Piece> {
    for (const write of pieces(merge(mergeAll(this.#out), this.#stored), this.#size)) yield { write };
    this.#out = [];
    this.#points = 0;
    this.#stored = NO_ROWS;
  }
}

function* pieces(rows: Rows, points: number): Generator<Rows> {
  for (let i = 0; i < rows.length; i += points) yield slice(rows, i, Math.min(rows.length, i + points));
}

/** Parts of a chunk that grew too large leave room in each for more late points. */
function evenly(points: number, largest: number): number {
  return Math.ceil(points / Math.ceil(points / largest));
}

function mustBeDamage(error: unknown): void {
  if (!(error instanceof StoreError) || error.code !== 'damaged') throw error;
}

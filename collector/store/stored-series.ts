/** One series as the store has it: what is told of it, its chunks on disk and its newest points in memory. */
import type { ChunkRef } from './chunk.js';
import { Head } from './head.js';
import { numberOf } from './point-id.js';
import { mergeAll, without, type Rows } from './rows.js';
import type { Point, Series } from './store.js';

/** What a checkpoint works on: fixed, while more is added beside it. */
export interface Frozen {
  chunks: ChunkRef[];
  heads: Head[];
  dead: ReadonlySet<number>;
}

/** The newest point with a value, and when it was looked for: an added point moves `next`, a deleted one `count`. */
export interface Latest {
  next: number;
  count: number;
  calibration: Series['calibration'];
  point: Point | undefined;
}

export class StoredSeries {
  readonly info: Series;
  /** whether `device_desc` was set by hand, so that batches leave it alone */
  described: boolean;
  /** the next point's number; never goes back */
  next: number;
  /** by time; they don't overlap */
  chunks: ChunkRef[];
  /** ids of deleted points that are still in a chunk or a head */
  readonly dead: Set<number>;
  /** of the last search, if any (latest.ts) */
  latest: Latest | null = null;
  /** in the order of their points' numbers; only the last is written to */
  readonly #heads: Head[] = [];
  #active: Head | null = null;

  constructor(info: Series, described = false, next = 1, chunks: ChunkRef[] = [], dead: number[] = []) {
    this.info = info;
    this.described = described;
    this.next = next;
    this.chunks = chunks;
    this.dead = new Set(dead);
  }

  /** Adds `count` points by means of `add`; the answer is what was added, in storage order. */
  add(count: number, add: (head: Head) => void): () => Rows {
    if (this.#active === null) this.#heads.push((this.#active = new Head(this.info.id, this.next)));
    const head = this.#active;
    const from = head.length;
    add(head);
    this.next += count;
    this.info.count += count;
    return () => head.stored(from, from + count);
  }

  /** Points that came since it was last frozen. */
  get active(): number {
    return this.#active?.length ?? 0;
  }

  /** The latest time of all its points, deleted ones among them, ms; -Infinity when it never had any. */
  get newest(): number {
    let newest = Number.NEGATIVE_INFINITY;
    for (const { to } of this.chunks) newest = Math.max(newest, to);
    for (const head of this.#heads) newest = Math.max(newest, head.newest);
    return newest;
  }

  /** Whether no point is at `time` or later. */
  endsBefore(time: number): boolean {
    const chunk = this.chunks.at(-1);
    return (chunk === undefined || chunk.to < time) && this.#heads.every((head) => head.newest < time);
  }

  /** Points in memory, deleted ones left out, by (time, id). */
  recent(from: number, to: number): Rows {
    return without(recent(this.#heads, from, to), this.dead);
  }

  /** A point in memory as a single row, or null. */
  recentPoint(id: number): Rows | null {
    const number = numberOf(id);
    for (const head of this.#heads) {
      const row = number - head.firstNumber;
      if (row >= 0 && row < head.length) return this.dead.has(id) ? null : head.stored(row, row + 1);
    }
    return null;
  }

  /** Points in memory with numbers above `number`, deleted ones among them, in storage order. */
  recentAfter(number: number): Rows[] {
    return this.#heads.flatMap((head) => head.after(number));
  }

  /** Plain points in memory at exactly this time, deleted ones left out, in storage order; others may be among them. */
  recentAt(time: number): Rows[] {
    return this.#heads.flatMap((head) => head.plainAt(time)).filter((rows) => !this.dead.has(rows.id[0]!));
  }

  /** Fixes what is there now, for a checkpoint; null when all of it is in chunks already. */
  freeze(): Frozen | null {
    if (this.#heads.length === 0 && this.dead.size === 0) return null;
    this.#active = null;
    return { chunks: this.chunks, heads: [...this.#heads], dead: new Set(this.dead) };
  }

  /** Takes over what a checkpoint has made of the frozen part; `buried` are the dead that are gone now. */
  settle(frozen: Frozen, chunks: ChunkRef[], buried: Iterable<number>): void {
    this.chunks = chunks;
    this.#heads.splice(0, frozen.heads.length);
    for (const id of buried) this.dead.delete(id);
  }
}

/** The points of heads, oldest head first, by (time, id). */
export function recent(heads: Head[], from: number, to: number): Rows {
  return mergeAll(heads.flatMap((head) => head.sorted(from, to)));
}

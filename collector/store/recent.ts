/**
 * The points in memory that a checkpoint moves, by the chunk to which they belong (slots.ts), and unpacked a part at a time:
 * however many there are, few are in memory as rows at once.
 */
import type { ChunkRef } from './chunk.js';
import type { Head } from './head.js';
import type { Portion } from './portion.js';
import { firstAfter, firstFrom, mergeAll, NO_ROWS, slice, without, workOf, type Rows } from './rows.js';

/** So many times what a part should have is divided, and not less. */
const MANY = 2;

/** Rows, and how much work it was to come by them. */
export interface Part {
  rows: Rows;
  work: number;
}

export class Recent {
  readonly #sorted = new Map<Portion, Rows>();
  readonly #slots: Portion[][];
  readonly #dead: ReadonlySet<number>;
  /** points in each slot, deleted ones among them */
  readonly counts: number[];
  /** the least time in each slot, ms; Infinity where there is none */
  readonly oldest: number[];

  constructor(heads: readonly Head[], dead: ReadonlySet<number>, chunks: readonly ChunkRef[]) {
    const starts = startsOf(chunks);
    this.#dead = dead;
    this.#slots = Array.from(starts, () => []);
    this.counts = Array.from(starts, () => 0);
    this.oldest = Array.from(starts, () => Number.POSITIVE_INFINITY);
    for (const { portions } of heads) for (const portion of portions) this.#place(portion, starts);
  }

  /**
   * Those of a slot that are not before `from` and before `to`, by (time, id), in parts that follow one another, each with
   * about `points`; a part without rows is work on the way to the next.
   */
  *parts(slot: number, from: number, to: number, points: number): Generator<Part> {
    const portions = this.#slots[slot]!.filter(({ oldest, newest }) => oldest < to && newest >= from);
    let begin = from;
    let gathered = 0;
    for (const { oldest, length } of portions.toSorted((a, b) => a.oldest - b.oldest)) {
      if (gathered >= points && oldest > begin) {
        yield* this.#between(portions, begin, oldest, points);
        begin = oldest;
        gathered = 0;
      }
      gathered += length;
    }
    yield* this.#between(portions, begin, to, points);
  }

  *#between(portions: readonly Portion[], from: number, to: number, points: number): Generator<Part> {
    const there = portions.filter(({ oldest, newest }) => oldest < to && newest >= from);
    const many = there.reduce((sum, { length }) => sum + length, 0) > MANY * points;
    if (many) yield* this.#sort(there);
    const parts = there.map((portion) => between(this.#sorted.get(portion) ?? portion.sorted(from, to), from, to));
    const middle = many ? middleOf(parts, points) : null;
    if (middle !== null && middle > from) {
      yield* this.#between(there, from, middle, points);
      yield* this.#between(there, middle, to, points);
      return;
    }
    const merged = mergeAll(parts);
    const rows = without(merged, this.#dead);
    if (merged.length > 0) yield { rows, work: workOf(merged) };
  }

  /** Portions whose times overlap are looked at again and again. */
  *#sort(portions: readonly Portion[]): Generator<Part> {
    for (const portion of portions) {
      if (this.#sorted.has(portion)) continue;
      const rows = portion.sorted(portion.oldest, portion.newest);
      this.#sorted.set(portion, rows);
      yield { rows: NO_ROWS, work: workOf(rows) };
    }
  }

  #place(portion: Portion, starts: Float64Array): void {
    const { oldest, newest, length } = portion;
    const first = slotOf(starts, oldest);
    const last = slotOf(starts, newest);
    if (first === last) return this.#count(portion, first, length, oldest);
    const { time } = portion.sorted(oldest, newest);
    for (let slot = first; slot <= last; slot++) {
      const from = slot === first ? 0 : firstFrom(time, starts[slot]!);
      const to = slot === last ? time.length : firstFrom(time, starts[slot + 1]!);
      if (from < to) this.#count(portion, slot, to - from, time[from]!);
    }
  }

  #count(portion: Portion, slot: number, points: number, oldest: number): void {
    this.#slots[slot]!.push(portion);
    this.counts[slot]! += points;
    this.oldest[slot] = Math.min(this.oldest[slot]!, oldest);
  }
}

/** Where the slot of each chunk begins, ms: what is older than all belongs to the first. */
function startsOf(chunks: readonly ChunkRef[]): Float64Array {
  const starts = Float64Array.from(chunks, ({ from }) => from);
  return chunks.length === 0 ? Float64Array.of(Number.NEGATIVE_INFINITY) : starts.fill(Number.NEGATIVE_INFINITY, 0, 1);
}

/** The last slot that begins at or before `time`. */
function slotOf(starts: Float64Array, time: number): number {
  return firstAfter(starts, time) - 1;
}

function between(rows: Rows, from: number, to: number): Rows {
  return slice(rows, firstFrom(rows.time, from), firstFrom(rows.time, to));
}

/** A time at which parts that overlap can be divided; null when they are few points together. */
function middleOf(parts: readonly Rows[], points: number): number | null {
  if (parts.reduce((sum, { length }) => sum + length, 0) <= MANY * points) return null;
  const { time, length } = parts.reduce((most, part) => (part.length > most.length ? part : most));
  return time[length >>> 1]!;
}

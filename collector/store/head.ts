/**
 * The newest points of one series, in memory, in the order in which they were stored: portion after portion, large batches in
 * code as the journal has them (a byte or two a point), all else in columns that grow.
 */
import { CodedRows, type CodedReadings } from './coded-rows.js';
import { GrowingRows } from './growing-rows.js';
import type { Portion } from './portion.js';
import type { Rows } from './rows.js';

/** Rows that grow together: those that came out of order are sorted in a moment. */
const GROWN = 8192;

export class Head {
  readonly #series: number;
  /** number of the first point */
  readonly firstNumber: number;
  readonly #portions: Portion[] = [];
  /** the first row of each portion */
  readonly #starts: number[] = [];
  /** the last portion, where it can grow */
  #growing: GrowingRows | null = null;
  #newest = Number.NEGATIVE_INFINITY;

  constructor(series: number, firstNumber: number) {
    this.#series = series;
    this.firstNumber = firstNumber;
  }

  /** In the order of their points' numbers. */
  get portions(): readonly Portion[] {
    return this.#portions;
  }

  get length(): number {
    return this.#portions.length === 0 ? 0 : this.#starts.at(-1)! + this.#portions.at(-1)!.length;
  }

  /** The latest time of all its points, ms. */
  get newest(): number {
    return Math.max(this.#newest, this.#growing?.newest ?? Number.NEGATIVE_INFINITY);
  }

  /** Where points go that come one by one or a few at once. */
  get growing(): GrowingRows {
    if (this.#growing !== null && this.#growing.length < GROWN) return this.#growing;
    this.#newest = this.newest;
    this.#add((this.#growing = new GrowingRows(this.#series, this.firstNumber + this.length)));
    return this.#growing;
  }

  /** Readings in code. */
  addCoded(readings: CodedReadings): void {
    this.#newest = this.newest;
    this.#growing = null;
    const portion = new CodedRows(this.#series, this.firstNumber + this.length, readings);
    this.#newest = Math.max(this.#newest, portion.newest);
    this.#add(portion);
  }

  /** Rows `from` up to `to`, all of one portion, in storage order. */
  stored(from: number, to: number): Rows {
    let i = this.#starts.length - 1;
    while (this.#starts[i]! > from) i--;
    return this.#portions[i]!.stored(from - this.#starts[i]!, to - this.#starts[i]!);
  }

  /** The points with numbers above `number`, in storage order. */
  after(number: number): Rows[] {
    return this.#portions.flatMap((portion, i) => {
      const first = this.firstNumber + this.#starts[i]!;
      const skipped = Math.max(0, number + 1 - first);
      return skipped < portion.length ? [portion.stored(skipped, portion.length)] : [];
    });
  }

  /** The points of a window: portion by portion by (time, id), those of a later one with the higher ids. */
  sorted(from: number, to: number): Rows[] {
    return this.#portions
      .filter(({ oldest, newest }) => oldest <= to && newest >= from)
      .map((portion) => portion.sorted(from, to));
  }

  /** The plain points at exactly this time, each as a single row, oldest first; others may be among them. */
  plainAt(time: number): Rows[] {
    return this.#portions.flatMap((portion) =>
      portion.oldest <= time && portion.newest >= time ? portion.plainAt(time) : [],
    );
  }

  #add(portion: Portion): void {
    this.#starts.push(this.length);
    this.#portions.push(portion);
  }
}

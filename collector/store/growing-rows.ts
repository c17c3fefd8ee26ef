/**
 * Points of one series that came one by one or a few at once, in memory, in the order in which they were stored. Their numbers
 * follow one another, so a point's row is its number minus the first one's. While times only ascend (the usual case) the
 * rows are sorted as they are; otherwise `#order` sorts the first rows, and what came after them is merged in when it is
 * needed.
 */
import type { JsonObject } from '../../firmware/protocol/json.js';
import { GrowingColumn, GrowingNumbers } from './growing.js';
import type { Portion } from './portion.js';
import { pointIds } from './point-id.js';
import { firstAfter, firstFrom, gather, NO_ROWS, orderByTime, type Rows } from './rows.js';
import type { Column } from './store.js';

/** Where the points from a row on come from. */
interface Origin {
  row: number;
  plain: boolean;
  estimated: boolean;
}

const PLAIN = { plain: true, estimated: false };

/** Rows beyond the sorted ones that are looked through one by one before sorting again. */
const UNSORTED = 256;

export class GrowingRows implements Portion {
  readonly #series: number;
  readonly #first: number;
  readonly #time = new GrowingNumbers();
  readonly #fields = new Map<string, GrowingColumn>();
  readonly #origins: Origin[] = [];
  #ascending = true;
  #oldest = Number.POSITIVE_INFINITY;
  #newest = Number.NEGATIVE_INFINITY;
  #order = new Uint32Array(0);

  /** `first`: number of the first point. */
  constructor(series: number, first: number) {
    this.#series = series;
    this.#first = first;
  }

  get length(): number {
    return this.#time.length;
  }

  get oldest(): number {
    return this.#oldest;
  }

  get newest(): number {
    return this.#newest;
  }

  /** A plain point, unless something else is said. */
  addPoint(time: number, fields: JsonObject, { plain, estimated } = PLAIN): void {
    const row = this.length;
    this.#addOrigin(plain, estimated);
    this.#addTime(time);
    for (const name of Object.keys(fields)) this.#column(name).set(row, fields[name]!);
  }

  /** Readings of a batch from index `skip` on. */
  addReadings(time: number[], fields: Record<string, (number | null)[]>, estimated: boolean, skip: number): void {
    const row = this.length;
    this.#addOrigin(false, estimated);
    this.#time.reserve(time.length - skip);
    for (let i = skip; i < time.length; i++) this.#addTime(time[i]!);
    for (const name of Object.keys(fields)) this.#column(name).setAll(row, fields[name]!, skip);
  }

  stored(from: number, to: number): Rows {
    if (to <= from) return NO_ROWS;
    const fields = new Map<string, Column>();
    for (const [name, column] of this.#fields) fields.set(name, column.view(from, to));
    return {
      length: to - from,
      time: this.#time.view(from, to),
      id: pointIds(this.#series, this.#first + from, to - from),
      fields,
      estimated: this.#flags('estimated', from, to),
      plain: this.#flags('plain', from, to),
    };
  }

  sorted(from: number, to: number): Rows {
    const times = this.#time.view(0, this.length);
    if (this.#ascending) return this.stored(firstFrom(times, from), firstAfter(times, to));
    this.#sort();
    const sortedTimes = Float64Array.from(this.#order, (row) => times[row]!);
    const order = this.#order.subarray(firstFrom(sortedTimes, from), firstAfter(sortedTimes, to));
    return gather(this.stored(0, this.length), NO_ROWS, order);
  }

  plainAt(time: number): Rows[] {
    return this.#rowsAt(time).map((row) => this.stored(row, row + 1));
  }

  /** The rows at exactly this time, oldest first. */
  #rowsAt(time: number): number[] {
    if (!this.#ascending && this.length - this.#order.length > UNSORTED) this.#sort();
    const sorted = this.#ascending ? this.length : this.#order.length;
    const rowOf = (i: number): number => (this.#ascending ? i : this.#order[i]!);
    let low = 0;
    let high = sorted;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#time.at(rowOf(middle)) < time) low = middle + 1;
      else high = middle;
    }
    const rows: number[] = [];
    for (let i = low; i < sorted && this.#time.at(rowOf(i)) === time; i++) rows.push(rowOf(i));
    for (let row = sorted; row < this.length; row++) if (this.#time.at(row) === time) rows.push(row);
    return rows;
  }

  #addTime(time: number): void {
    if (time < this.#oldest) this.#oldest = time;
    // Once one is out of order the rows are no longer sorted, whatever comes after.
    if (time >= this.#newest) this.#newest = time;
    else this.#ascending = false;
    this.#time.push(time);
  }

  #addOrigin(plain: boolean, estimated: boolean): void {
    const last = this.#origins.at(-1);
    if (last?.plain === plain && last.estimated === estimated) return;
    this.#origins.push({ row: this.length, plain, estimated });
  }

  #flags(name: 'plain' | 'estimated', from: number, to: number): Uint8Array | null {
    let flags: Uint8Array | null = null;
    for (const [i, origin] of this.#origins.entries()) {
      const start = Math.max(from, origin.row);
      const end = Math.min(to, this.#origins[i + 1]?.row ?? this.length);
      if (!origin[name] || start >= end) continue;
      flags ??= new Uint8Array(to - from);
      flags.fill(1, start - from, end - from);
    }
    return flags;
  }

  #column(name: string): GrowingColumn {
    let column = this.#fields.get(name);
    if (column === undefined) this.#fields.set(name, (column = new GrowingColumn()));
    return column;
  }

  /** Makes the order cover all rows. */
  #sort(): void {
    const done = this.#order;
    if (done.length === this.length) return;
    const time = this.#time.view(0, this.length);
    const rest = orderByTime(time, done.length);
    const order = new Uint32Array(this.length);
    let i = 0;
    let j = 0;
    for (let k = 0; k < order.length; k++) {
      const old = j === rest.length || (i < done.length && time[done[i]!]! <= time[rest[j]!]!);
      order[k] = old ? done[i++]! : rest[j++]!;
    }
    this.#order = order;
  }
}

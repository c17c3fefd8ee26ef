/**
 * Sums a window up in equal parts, by ascending time, in one pass: only the bucket that is being filled is in work, the
 * finished ones are the answer already.
 */
import { GrowingNumbers } from './growing.js';
import { StoreError, type Aggregate, type BucketQuery, type Buckets } from './store.js';
import {
  addSummary,
  clear,
  emptySummary,
  type AddRows,
  type Span,
  type Stretch,
  type Summary,
  type Times,
} from './summary.js';

/** Numbers that an answer may have: all of them are in memory until the last is known. */
const NUMBERS_MAX = 1_000_000;

/** Consecutive points of which only the sums are known, and that are all of one bucket. */
export interface Sums {
  /** time of the first, ms */
  from: number;
  sums: Readonly<Record<string, Summary>>;
}

/** Where the buckets of a window begin and end. */
class Bounds {
  readonly #from: number;
  readonly #span: number;
  readonly #buckets: number;

  constructor({ from, to, buckets }: BucketQuery) {
    this.#from = from;
    this.#span = to - from;
    this.#buckets = buckets;
  }

  /** Multiplied before it is divided, so that a time on a boundary falls on the right side of it. */
  bucketOf(time: number): number {
    return Math.min(this.#buckets - 1, Math.floor(((time - this.#from) * this.#buckets) / this.#span) || 0);
  }

  /** ms */
  start(bucket: number): number {
    return this.#from + Math.floor((bucket * this.#span) / this.#buckets);
  }

  /** The first integer that is beyond the bucket, ms. */
  end(bucket: number): number {
    if (bucket === this.#buckets - 1) return Number.POSITIVE_INFINITY;
    let end = Math.ceil(this.#from + ((bucket + 1) * this.#span) / this.#buckets);
    // what was rounded in between must not make a difference to `bucketOf`
    while (this.bucketOf(end) <= bucket) end++;
    while (this.bucketOf(end - 1) > bucket) end--;
    return end;
  }
}

/**
 * What is added must ascend in time, and be in the window. A mean is to the last bit the sum in order of time divided by
 * the count for what a DS18B20 sends (sixteenths add up without rounding), else as near as adding in another order comes.
 */
export class BucketTable {
  readonly #query: BucketQuery;
  readonly #bounds: Bounds;
  readonly #fields = new Map<string, Field>();
  /** the buckets so far */
  readonly #begun: number[] = [];
  /** 1 for those of them that have a number */
  readonly #filled: number[] = [];

  constructor(query: BucketQuery) {
    this.#query = query;
    this.#bounds = new Bounds(query);
  }

  addStretch({ begin, end, times, fields }: Stretch): void {
    const chosen = Array.from(fields).filter(([name]) => this.#takes(name));
    const adders = chosen.map(([name, add]) => ({ field: this.#field(name), add }));
    this.#addRows(times, { begin, end }, adders);
  }

  addSums({ from, sums }: Sums): void {
    const at = this.#begin(this.#bounds.bucketOf(from));
    for (const name of Object.keys(sums)) if (this.#takes(name)) addSummary(this.#field(name).cell(at), sums[name]!);
  }

  /** Whether two times are in the same bucket. */
  isOne(from: number, to: number): boolean {
    return this.#bounds.bucketOf(from) === this.#bounds.bucketOf(to);
  }

  /** Without the buckets that have no number, and the fields that have none. */
  end(): Buckets {
    const fields: Buckets['fields'] = {};
    for (const field of this.#fields.values()) field.cell(this.#begun.length);
    for (const [name, { isEmpty, columns }] of this.#fields) {
      if (isEmpty) continue;
      const lists = columns.map(({ of, values }) => [
        of,
        this.#kept(Array.from(values.view(0, values.length), orNull)),
      ]);
      fields[name] = Object.fromEntries(lists) as Buckets['fields'][string];
    }
    return { time: this.#kept(this.#begun).map((bucket) => this.#bounds.start(bucket)), fields };
  }

  #kept<T>(values: T[]): T[] {
    return this.#filled.includes(0) ? values.filter((_, at) => this.#filled[at] === 1) : values;
  }

  #takes(name: string): boolean {
    return this.#query.fields?.includes(name) ?? true;
  }

  #field(name: string): Field {
    let field = this.#fields.get(name);
    if (field === undefined) {
      this.#fields.set(name, (field = new Field(this.#query.aggregates, this.#filled)));
      this.#check();
    }
    return field;
  }

  /** Bucket by bucket. */
  #addRows(times: Times, { begin, end }: Span, adders: { field: Field; add: AddRows }[]): void {
    const bounds = this.#bounds;
    for (let row = begin; row < end;) {
      const bucket = bounds.bucketOf(times.timeAt(row));
      const stop = Math.min(end, times.firstFrom(bounds.end(bucket)));
      const at = this.#begin(bucket);
      for (const { field, add } of adders) add(field.cell(at), row, stop);
      row = stop;
    }
  }

  /** Which of the buckets so far it is: the last, or the next. */
  #begin(bucket: number): number {
    if (bucket !== this.#begun.at(-1)) {
      this.#begun.push(bucket);
      this.#filled.push(0);
      this.#check();
    }
    return this.#begun.length - 1;
  }

  /** @throws StoreError `too-many` */
  #check(): void {
    if (this.#begun.length * this.#fields.size * this.#query.aggregates.length <= NUMBERS_MAX) return;
    const what = `more than ${NUMBERS_MAX.toLocaleString('en')} numbers for one answer`;
    throw new StoreError('too-many', `${what}; ask for fewer buckets, fields or aggregates, or less time`);
  }
}

/** What the buckets come to in one field. */
class Field {
  /** NaN for what there is not */
  readonly columns: readonly { of: Aggregate; values: GrowingNumbers }[];
  isEmpty = true;
  readonly #filled: number[];
  readonly #cell = emptySummary();
  #at = 0;

  /** `filled`: told which buckets have a number. */
  constructor(aggregates: readonly Aggregate[], filled: number[]) {
    this.columns = aggregates.map((of) => ({ of, values: new GrowingNumbers() }));
    this.#filled = filled;
  }

  /** That of a bucket, to be added to; those before it are finished. */
  cell(at: number): Summary {
    while (this.#at < at) this.#finish(this.#at++);
    return this.#cell;
  }

  #finish(at: number): void {
    const cell = this.#cell;
    for (const { of, values } of this.columns) values.push(result(cell, of));
    if (cell.count === 0) return;
    this.#filled[at] = 1;
    this.isEmpty = false;
    clear(cell);
  }
}

function result(cell: Summary, of: Aggregate): number {
  if (of === 'count') return cell.count;
  if (cell.count === 0) return Number.NaN;
  return of === 'mean' ? cell.sum / cell.count : cell[of];
}

function orNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

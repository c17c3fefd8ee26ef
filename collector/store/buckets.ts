/**
 * Sums a window up in equal parts, by ascending time, in one pass: only the bucket that is being filled is in work, the
 * finished ones are the answer already.
 */
import type { Aggregate, BucketQuery, Buckets } from './store.js';
import { addSummary, clear, emptySummary, type Stretch, type Summary } from './summary.js';

/** Consecutive points of which only the sums are known, and that are all of one bucket. */
export interface Sums {
  /** time of the first, ms */
  from: number;
  sums: Readonly<Record<string, Summary>>;
}

/**
 * The parts must ascend in time, and be in the window. A mean is to the last bit the sum in order of time divided by the
 * count for what a DS18B20 sends (sixteenths add up without rounding), else as near as adding in another order comes.
 */
export async function aggregate(parts: AsyncIterable<Stretch | Sums>, query: BucketQuery): Promise<Buckets> {
  const table = new Table(query);
  for await (const part of parts) {
    if ('sums' in part) table.addSums(part);
    else table.addStretch(part);
  }
  return table.end();
}

/** Where the buckets of a window begin and end. */
export class Bounds {
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

class Table {
  readonly #bounds: Bounds;
  readonly #aggregates: readonly Aggregate[];
  /** null: all */
  readonly #chosen: ReadonlySet<string> | null;
  readonly #fields = new Map<string, Field>();
  /** the buckets so far: where each begins, and whether there is a number in it */
  readonly #time: number[] = [];
  readonly #filled: boolean[] = [];
  #bucket = -1;

  constructor(query: BucketQuery) {
    this.#bounds = new Bounds(query);
    this.#aggregates = query.aggregates;
    this.#chosen = query.fields === undefined ? null : new Set(query.fields);
  }

  addStretch({ begin, end, times, fields }: Stretch): void {
    const bounds = this.#bounds;
    const adders = Array.from(fields).filter(([name]) => this.#takes(name));
    const all = adders.map(([name, add]) => ({ field: this.#field(name), add }));
    for (let row = begin; row < end;) {
      const bucket = bounds.bucketOf(times.timeAt(row));
      const stop = Math.min(end, times.firstFrom(bounds.end(bucket)));
      const at = this.#begin(bucket);
      for (const { field, add } of all) add(field.cell(at), row, stop);
      row = stop;
    }
  }

  addSums({ from, sums }: Sums): void {
    const at = this.#begin(this.#bounds.bucketOf(from));
    for (const name of Object.keys(sums)) if (this.#takes(name)) addSummary(this.#field(name).cell(at), sums[name]!);
  }

  /** Without the buckets that have no number, and the fields that have none. */
  end(): Buckets {
    for (const field of this.#fields.values()) field.cell(this.#time.length);
    const whole = this.#filled.every(Boolean);
    const kept = <T>(values: T[]) => (whole ? values : values.filter((_, at) => this.#filled[at]));
    const fields: Buckets['fields'] = {};
    for (const [name, { isEmpty, columns }] of this.#fields)
      if (!isEmpty) fields[name] = Object.fromEntries(Array.from(columns, ([of, values]) => [of, kept(values)]));
    return { time: kept(this.#time), fields };
  }

  #takes(name: string): boolean {
    return this.#chosen?.has(name) ?? true;
  }

  #field(name: string): Field {
    let field = this.#fields.get(name);
    if (field === undefined) this.#fields.set(name, (field = new Field(this.#aggregates, this.#filled)));
    return field;
  }

  /** Which of the buckets so far it is. */
  #begin(bucket: number): number {
    if (bucket !== this.#bucket) {
      this.#bucket = bucket;
      this.#time.push(this.#bounds.start(bucket));
      this.#filled.push(false);
    }
    return this.#time.length - 1;
  }
}

/** What the buckets come to in one field. */
class Field {
  readonly columns: ReadonlyMap<Aggregate, (number | null)[]>;
  isEmpty = true;
  readonly #filled: boolean[];
  readonly #cell = emptySummary();
  #at = 0;

  /** `filled`: told which buckets have a number. */
  constructor(aggregates: readonly Aggregate[], filled: boolean[]) {
    this.columns = new Map(aggregates.map((of) => [of, []]));
    this.#filled = filled;
  }

  /** That of a bucket, to be added to; those before it are finished. */
  cell(at: number): Summary {
    while (this.#at < at) this.#finish(this.#at++);
    return this.#cell;
  }

  #finish(at: number): void {
    const cell = this.#cell;
    for (const [of, values] of this.columns) values.push(result(cell, of));
    if (cell.count === 0) return;
    this.#filled[at] = true;
    this.isEmpty = false;
    clear(cell);
  }
}

function result(cell: Summary, of: Aggregate): number | null {
  if (of === 'count') return cell.count;
  if (cell.count === 0) return null;
  if (of !== 'mean') return cell[of];
  const mean = cell.sum / cell.count;
  return Number.isFinite(mean) ? mean : null;
}

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
  const { aggregates, fields } = query;
  const bounds = new Bounds(query);
  const table = new Table(aggregates, fields === undefined ? null : new Set(fields));
  for await (const part of parts) {
    if ('sums' in part) {
      const bucket = bounds.bucketOf(part.from);
      table.begin(bucket, bounds.start(bucket));
      table.addSums(part.sums);
      continue;
    }
    const { times } = part;
    for (let row = part.begin; row < part.end;) {
      const bucket = bounds.bucketOf(times.timeAt(row));
      const end = Math.min(part.end, times.firstFrom(bounds.end(bucket)));
      table.begin(bucket, bounds.start(bucket));
      table.addRows(part, row, end);
      row = end;
    }
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
  readonly #aggregates: readonly Aggregate[];
  /** null: all */
  readonly #chosen: ReadonlySet<string> | null;
  readonly #cells = new Map<string, Summary>();
  readonly #columns = new Map<string, Map<Aggregate, (number | null)[]>>();
  readonly #time: number[] = [];
  #bucket = -1;
  #start = 0;

  constructor(aggregates: readonly Aggregate[], chosen: ReadonlySet<string> | null) {
    this.#aggregates = aggregates;
    this.#chosen = chosen;
  }

  begin(bucket: number, start: number): void {
    if (bucket === this.#bucket) return;
    this.#finish();
    this.#bucket = bucket;
    this.#start = start;
  }

  /** Rows `from` up to `to`. */
  addRows({ fields }: Stretch, from: number, to: number): void {
    for (const [name, add] of fields) if (this.#takes(name)) add(this.#cell(name), from, to);
  }

  addSums(sums: Readonly<Record<string, Summary>>): void {
    for (const name of Object.keys(sums)) if (this.#takes(name)) addSummary(this.#cell(name), sums[name]!);
  }

  end(): Buckets {
    this.#finish();
    const fields = Object.fromEntries(
      Array.from(this.#columns, ([name, columns]) => [name, Object.fromEntries(columns)]),
    );
    return { time: this.#time, fields };
  }

  #takes(name: string): boolean {
    return this.#chosen?.has(name) ?? true;
  }

  #cell(name: string): Summary {
    let cell = this.#cells.get(name);
    if (cell === undefined) this.#cells.set(name, (cell = emptySummary()));
    return cell;
  }

  #finish(): void {
    if ([...this.#cells.values()].every(({ count }) => count === 0)) return;
    for (const [name, cell] of this.#cells) this.#write(name, cell);
    this.#time.push(this.#start);
  }

  /** Enters a cell of the finished bucket and empties it; a field's column begins with its first number. */
  #write(name: string, cell: Summary): void {
    let columns = this.#columns.get(name);
    if (columns === undefined) {
      if (cell.count === 0) return;
      const before = (of: Aggregate) => new Array<number | null>(this.#time.length).fill(of === 'count' ? 0 : null);
      columns = new Map(this.#aggregates.map((of) => [of, before(of)]));
      this.#columns.set(name, columns);
    }
    for (const [of, values] of columns) values.push(result(cell, of));
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

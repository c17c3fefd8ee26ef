/**
 * Sums a window up in equal parts, by ascending time, in one pass: only the bucket that is being filled is in work, the
 * finished ones are the answer already.
 */
import type { Block, Column } from './store.js';

export const AGGREGATES = ['mean', 'min', 'max', 'first', 'last', 'count'] as const;
export type Aggregate = (typeof AGGREGATES)[number];

export interface BucketQuery {
  /** both ends inclusive, ms */
  from: number;
  to: number;
  /** how many equal parts */
  buckets: number;
  aggregates: readonly Aggregate[];
  /** only these; all when absent */
  fields?: readonly string[];
}

/**
 * Buckets in which at least one field has a number. Where a field has none, `count` is 0 and every other aggregate null.
 * Only numbers are counted: neither null nor text.
 */
export interface Buckets {
  /** where each begins, ms */
  time: number[];
  fields: Record<string, Partial<Record<Aggregate, (number | null)[]>>>;
}

/** The blocks must ascend in time. */
export async function aggregate(blocks: AsyncIterable<Block>, query: BucketQuery): Promise<Buckets> {
  const { from, to, buckets, aggregates, fields } = query;
  // Multiplied before it is divided, so that a time on a boundary falls on the right side of it.
  const indexOf = (time: number): number =>
    Math.min(buckets - 1, Math.floor(((time - from) * buckets) / (to - from)) || 0);
  const table = new Table(aggregates);
  for await (const { length, time, fields: columns } of blocks) {
    const chosen = [...columns].filter(([name]) => fields?.includes(name) ?? true);
    for (let row = 0; row < length;) {
      const bucket = indexOf(time[row]!);
      const start = row;
      while (row < length && indexOf(time[row]!) === bucket) row++;
      table.begin(bucket, from + Math.floor((bucket * (to - from)) / buckets));
      for (const [name, column] of chosen) table.add(name, column, start, row);
    }
  }
  return table.end();
}

/** One field in the bucket that is being filled. */
interface Cell {
  count: number;
  sum: number;
  min: number;
  max: number;
  first: number;
  last: number;
}

class Table {
  readonly #aggregates: readonly Aggregate[];
  readonly #cells = new Map<string, Cell>();
  readonly #columns = new Map<string, Map<Aggregate, (number | null)[]>>();
  readonly #time: number[] = [];
  #bucket = -1;
  #start = 0;

  constructor(aggregates: readonly Aggregate[]) {
    this.#aggregates = aggregates;
  }

  begin(bucket: number, start: number): void {
    if (bucket === this.#bucket) return;
    this.#finish();
    this.#bucket = bucket;
    this.#start = start;
  }

  /** The numbers of a column in rows `from` up to `to`. */
  add(name: string, column: Column, from: number, to: number): void {
    let cell = this.#cells.get(name);
    if (cell === undefined) this.#cells.set(name, (cell = emptyCell()));
    let { count, sum, min, max, first, last } = cell;
    for (let row = from; row < to; row++) {
      const value = column[row];
      if (typeof value !== 'number' || !Number.isFinite(value)) continue;
      if (count++ === 0) first = value;
      sum += value;
      if (value < min) min = value;
      if (value > max) max = value;
      last = value;
    }
    cell.count = count;
    cell.sum = sum;
    cell.min = min;
    cell.max = max;
    cell.first = first;
    cell.last = last;
  }

  end(): Buckets {
    this.#finish();
    const fields = Object.fromEntries(
      Array.from(this.#columns, ([name, columns]) => [name, Object.fromEntries(columns)]),
    );
    return { time: this.#time, fields };
  }

  #finish(): void {
    if ([...this.#cells.values()].every(({ count }) => count === 0)) return;
    for (const name of this.#cells.keys()) this.#write(name, this.#cells.get(name)!);
    this.#time.push(this.#start);
  }

  /** Enters a cell of the finished bucket and empties it; a field's column begins with its first number. */
  #write(name: string, cell: Cell): void {
    let columns = this.#columns.get(name);
    if (columns === undefined) {
      if (cell.count === 0) return;
      const before = (of: Aggregate) => new Array<number | null>(this.#time.length).fill(of === 'count' ? 0 : null);
      columns = new Map(this.#aggregates.map((of) => [of, before(of)]));
      this.#columns.set(name, columns);
    }
    for (const [of, values] of columns) values.push(result(cell, of));
    Object.assign(cell, emptyCell());
  }
}

function emptyCell(): Cell {
  return { count: 0, sum: 0, min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY, first: 0, last: 0 };
}

function result(cell: Cell, of: Aggregate): number | null {
  if (of === 'count') return cell.count;
  if (cell.count === 0) return null;
  return of === 'mean' ? cell.sum / cell.count : cell[of];
}

/** The last day of every trace in a few numbers: the sparkline, the lowest, the highest, and how often it reports. */
import type { BucketsShape } from '../../../firmware/protocol/rest.js';
import type { Api } from './api.js';
import { ApiError } from './api.js';
import type { Span } from './range.js';
import { traceKey } from './trace.js';

export interface Day {
  span: Span;
  /** start of each bucket, ms */
  time: number[];
  /** length of a bucket, ms */
  step: number;
  mean: (number | null)[];
  min: number;
  max: number;
  /** usual time between readings, ms; null when there are too few to tell */
  period: number | null;
}

const DAY_MS = 86_400_000;
const BUCKETS = 72;
const BUCKET_MS = DAY_MS / BUCKETS;
const REFRESH_MS = 10 * 60_000;

export class Days {
  readonly #api: Api;
  readonly #asked = new Map<number, number>();
  readonly #days = new Map<string, Day>();
  readonly #fields = new Map<number, string[]>();

  constructor(api: Api) {
    this.#api = api;
  }

  /** null when the trace had no value in the last day, or nobody has asked yet. */
  of(key: string): Day | null {
    return this.#days.get(key) ?? null;
  }

  /** The fields of a series that had values in the last day. */
  fieldsOf(series: number): readonly string[] {
    return this.#fields.get(series) ?? [];
  }

  /** Asks for the series that are due or `changed`; a series that can't be had keeps what it has. */
  async load(series: Iterable<number>, changed: Set<number>, now: number): Promise<void> {
    const due = [...series].filter((id) => changed.has(id) || now - (this.#asked.get(id) ?? 0) > REFRESH_MS);
    const span = { from: now - DAY_MS, to: now };
    await Promise.all(
      due.map(async (id) => {
        this.#asked.set(id, now);
        try {
          this.#take(id, await this.#api.buckets(id, span, BUCKETS, ['mean', 'min', 'max', 'count']), span);
        } catch (error) {
          if (!(error instanceof ApiError)) throw error;
          this.#asked.delete(id);
        }
      }),
    );
  }

  #take(series: number, { time, fields }: BucketsShape, span: Span): void {
    const valued: string[] = [];
    this.#fields.set(series, valued);
    for (const [field, column] of Object.entries(fields)) {
      const min = numbers(column?.min);
      const count = numbers(column?.count).reduce((all, n) => all + n, 0);
      const key = traceKey(series, field);
      this.#days.delete(key);
      if (min.length === 0) continue;
      valued.push(field);
      this.#days.set(key, {
        span,
        time,
        step: BUCKET_MS,
        mean: column?.mean ?? [],
        min: Math.min(...min),
        max: Math.max(...numbers(column?.max)),
        period: count < 3 ? null : ((time.at(-1) ?? 0) - (time[0] ?? 0) + BUCKET_MS) / count,
      });
    }
  }
}

function numbers(column: (number | null)[] | undefined): number[] {
  return (column ?? []).filter((value) => value !== null);
}

/**
 * The collector's REST API as the page uses it (protocol.md §2). Every address is relative to the page's own, so that
 * the page also works behind a reverse proxy that puts a prefix before it.
 */
import type { Span } from './range.js';

/** A series as `GET /series` lists it. */
export interface SeriesInfo {
  id: number;
  desc: string | null;
  device_id: string;
  device_desc: string;
  /** all its points */
  count: number;
}

/** One log's account, in readings: next = before + stored + lost + quarantined. */
export interface Ledger {
  log: string;
  next: number;
  before: number;
  stored: number;
  lost: number;
  quarantined: number;
  duplicates: number;
  late: number;
}

/** A device as `GET /devices` lists it. */
export interface DeviceInfo {
  device_id: string;
  device_desc: string;
  /** when its last batch arrived, ms */
  seen: number;
  status: Record<string, string | number | boolean | null> | null;
  /** sensor → series id */
  sensors: Record<string, number>;
  /** one per log */
  ledger: Ledger[];
}

/** A point, as every answer and every live event has it. */
export interface Point {
  id: number;
  series_id: number;
  /** ISO 8601, UTC */
  timestamp: string;
  fields: Record<string, unknown>;
}

/** Points as they were stored; null where a point has no value. */
export interface RawColumns {
  /** ms */
  time: number[];
  fields: Record<string, (number | null)[] | undefined>;
}

export type Aggregate = 'mean' | 'min' | 'max' | 'count';

/** Points summed up in buckets of equal length; empty buckets are left out. */
export interface BucketColumns {
  /** start of each bucket, ms */
  time: number[];
  fields: Record<string, Partial<Record<Aggregate, (number | null)[]>> | undefined>;
}

/** No answer (status 0), or one that is not a 2xx. */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ApiError';
    this.status = status;
  }
}

const TIMEOUT_MS = 20_000;

export class Api {
  readonly #base: string;

  /** @param base the page's own address */
  constructor(base: string) {
    this.#base = base;
  }

  /** Where live points are streamed from. */
  get liveUrl(): string {
    return this.#url('live', {});
  }

  /** By ascending id. */
  async series(): Promise<SeriesInfo[]> {
    return Object.values(await this.#get<Record<string, SeriesInfo>>('series'));
  }

  async devices(): Promise<DeviceInfo[]> {
    return this.#get('devices');
  }

  /** The newest point with a value, null when there is none. */
  async latest(series: number): Promise<Point | null> {
    try {
      return await this.#get<Point>(`series/${series}/latest`);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return null;
      throw error;
    }
  }

  /** At most `limit` points of one field, oldest first. */
  async raw(series: number, field: string, span: Span, limit: number): Promise<RawColumns> {
    return this.#get(`series/${series}`, { ...ends(span), format: 'columns', fields: field, limit: `${limit}` });
  }

  /** The fields of a series (all of them when none is named) in `buckets` parts of a span. */
  async buckets(
    series: number,
    span: Span,
    buckets: number,
    aggregates: Aggregate[],
    field?: string,
  ): Promise<BucketColumns> {
    return this.#get(`series/${series}`, {
      ...ends(span),
      format: 'columns',
      buckets: `${buckets}`,
      aggregate: aggregates.join(','),
      ...(field === undefined ? {} : { fields: field }),
    });
  }

  /** The time of the oldest point, ms; null when there is none. */
  async oldest(series: number): Promise<number | null> {
    const query = { from: '0', format: 'columns', limit: '1' };
    const { time } = await this.#get<RawColumns>(`series/${series}`, query);
    return time[0] ?? null;
  }

  #url(path: string, query: Record<string, string>): string {
    const url = new URL(path, this.#base);
    url.search = new URLSearchParams(query).toString();
    return url.href;
  }

  async #get<T>(path: string, query: Record<string, string> = {}): Promise<T> {
    try {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const answer = await fetch(this.#url(path, query), { cache: 'no-store', signal });
      if (!answer.ok) throw new ApiError(answer.status, `'${path}' was answered with ${answer.status}`);
      return (await answer.json()) as T;
    } catch (error) {
      if (error instanceof ApiError) throw error;
      throw new ApiError(0, `'${path}' was not answered`, { cause: error });
    }
  }
}

function ends({ from, to }: Span): { from: string; to: string } {
  return { from: `${Math.round(from)}`, to: `${Math.round(to)}` };
}

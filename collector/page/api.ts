/**
 * The collector's REST API as the page uses it (protocol.md §2). Every address is relative to the page's own, so that
 * the page also works behind a reverse proxy that puts a prefix before it.
 */
import type { BucketsShape, ColumnsShape, DeviceShape, PointShape, SeriesShape } from '../../firmware/protocol/rest.js';
import type { Span } from './range.js';

export type Aggregate = 'mean' | 'min' | 'max' | 'count';

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
  async series(): Promise<SeriesShape[]> {
    return Object.values(await this.#get<Record<string, SeriesShape>>('series'));
  }

  async devices(): Promise<DeviceShape[]> {
    return this.#get('devices');
  }

  /** The newest point with a value, null when there is none. */
  async latest(series: number): Promise<PointShape | null> {
    try {
      return await this.#get<PointShape>(`series/${series}/latest`);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return null;
      throw error;
    }
  }

  /** At most `limit` points of one field, oldest first. */
  async raw(series: number, field: string, span: Span, limit: number): Promise<ColumnsShape> {
    return this.#get(`series/${series}`, { ...ends(span), format: 'columns', fields: field, limit: `${limit}` });
  }

  /** The fields of a series (all of them when none is named) in `buckets` parts of a span. */
  async buckets(
    series: number,
    span: Span,
    buckets: number,
    aggregates: Aggregate[],
    field?: string,
  ): Promise<BucketsShape> {
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
    const { time } = await this.#get<ColumnsShape>(`series/${series}`, query);
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

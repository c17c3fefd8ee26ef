/**
 * The collector's REST API as the page uses it (protocol.md §2). Every address is relative to the page's own, so that
 * the page also works behind a reverse proxy that puts a prefix before it.
 */
import type {
  AlarmShape,
  BucketsShape,
  ColumnsShape,
  DeviceShape,
  PointShape,
  SeriesPatchShape,
  SeriesShape,
} from '../../../firmware/protocol/rest.js';
import type { Clock } from './clock.js';
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

/** No stored time is later, ms. */
const END = Date.UTC(2100, 0);

export class Api {
  readonly #base: string;
  readonly #clock: Clock;

  /** @param base the page's own address @param clock is told the collector's time */
  constructor(base: string, clock: Clock) {
    this.#base = base;
    this.#clock = clock;
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
    return this.#ask('devices', this.#url('devices', {}), {}, async (answer) => {
      this.#clock.hear(answer.headers.get('date'));
      return (await answer.json()) as DeviceShape[];
    });
  }

  /**
   * The newest point, after the newest one that has a value where that is another. `…/latest` is asked only where it has
   * an answer: a browser writes every 404 into its console.
   */
  async newest(series: number): Promise<PointShape[]> {
    const query = { from: '0', to: `${END}`, order: 'desc', limit: '1' };
    const points = await this.#get<PointShape[]>(`series/${series}`, query);
    const valued = points.some(({ fields }) => Object.values(fields).some((value) => value !== null));
    if (points.length === 0 || valued || (await this.count(series, { from: 0, to: END })) === 0) return points;
    return [await this.#get<PointShape>(`series/${series}/latest`), ...points];
  }

  /** The newest point that has a number in a field, or none; text before it is passed over, but not for ever. */
  async newestWith(series: number, field: string): Promise<PointShape[]> {
    const query = { from: '0', to: `${END}`, order: 'desc', limit: '8', ...only(field) };
    const points = await this.#get<PointShape[]>(`series/${series}`, query);
    return points.filter(({ fields }) => typeof fields[field] === 'number').slice(0, 1);
  }

  /** How many values a series has in a span: of the field that has the most. */
  async count(series: number, span: Span): Promise<number> {
    const { fields } = await this.buckets(series, span, 1, ['count']);
    return Math.max(0, ...Object.values(fields).flatMap(({ count = [] }) => count.map((n) => n ?? 0)));
  }

  /** At most `limit` points of one field, which must be listable, the oldest ones first (`asc`) or the newest. */
  async raw(
    series: number,
    field: string,
    span: Span,
    limit: number,
    order: 'asc' | 'desc' = 'asc',
  ): Promise<ColumnsShape> {
    const query = { ...ends(span), format: 'columns', fields: field, limit: `${limit}`, order };
    return this.#get(`series/${series}`, query);
  }

  /** The fields of a series (all of them when none is named, or one that isn't listable) in `buckets` parts of a span. */
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
      ...(field === undefined ? {} : only(field)),
    });
  }

  /** The time of the oldest point, ms; null when there is none. */
  async oldest(series: number): Promise<number | null> {
    const query = { from: '0', format: 'columns', limit: '1' };
    const { time } = await this.#get<ColumnsShape>(`series/${series}`, query);
    return time[0] ?? null;
  }

  /** Changes what people say of a series. @param token lets the reader write */
  async patchSeries(series: number, patch: SeriesPatchShape, token: string): Promise<void> {
    await this.#write('PATCH', `series/${series}`, patch, token);
  }

  /** Deletes a series with all its points. @param token lets the reader write */
  async deleteSeries(series: number, token: string): Promise<void> {
    await this.#write('DELETE', `series/${series}`, {}, token);
  }

  /** What is watched for, and how it stands. */
  async alarms(): Promise<AlarmShape[]> {
    return this.#get('alarms');
  }

  /** @param rule as `PUT /alarms/new` takes it */
  async addAlarm(rule: object, token: string): Promise<void> {
    await this.#write('PUT', 'alarms/new', rule, token);
  }

  async deleteAlarm(alarm: number, token: string): Promise<void> {
    await this.#write('DELETE', `alarms/${alarm}`, {}, token);
  }

  #url(path: string, query: Record<string, string>): string {
    const url = new URL(path, this.#base);
    url.search = new URLSearchParams(query).toString();
    return url.href;
  }

  async #get<T>(path: string, query: Record<string, string> = {}): Promise<T> {
    return this.#ask(path, this.#url(path, query), {}, async (answer) => (await answer.json()) as T);
  }

  async #write(method: string, path: string, body: object, token: string): Promise<void> {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const request = { method, headers, body: JSON.stringify(body) };
    await this.#ask(path, this.#url(path, {}), request, async () => undefined);
  }

  /** @throws ApiError with the collector's own words where it has any */
  async #ask<T>(path: string, url: string, request: RequestInit, read: (answer: Response) => Promise<T>): Promise<T> {
    try {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const answer = await fetch(url, { cache: 'no-store', signal, ...request });
      if (!answer.ok) throw new ApiError(answer.status, await refusalOf(answer));
      return await read(answer);
    } catch (error) {
      if (error instanceof ApiError) throw error;
      throw new ApiError(0, `'${path}' was not answered`, { cause: error });
    }
  }
}

/** What a refusal says (RFC 9457), or its status. */
async function refusalOf(answer: Response): Promise<string> {
  try {
    const { detail, title } = (await answer.json()) as { detail?: unknown; title?: unknown };
    if (typeof detail === 'string') return detail;
    if (typeof title === 'string') return title;
  } catch {
    // no JSON: a proxy's page
  }
  return `The collector answered ${answer.status}`;
}

/**
 * Whether `fields` can hold a name: it is divided at commas, and each part trimmed. Names in plain points are free
 * (protocol.md §2), so there are some that it can't.
 */
export function isListable(field: string): boolean {
  return field !== '' && field === field.trim() && !field.includes(',');
}

/** Asks for a field; for all of them where it can't be named. */
function only(field: string): { fields?: string } {
  return isListable(field) ? { fields: field } : {};
}

function ends({ from, to }: Span): { from: string; to: string } {
  return { from: `${Math.round(from)}`, to: `${Math.round(to)}` };
}

/** The collector's REST interface as the command line needs it (protocol.md §2). */
import { isObject } from '../firmware/protocol/json.js';
import type { Problem } from '../firmware/protocol/reply.js';
import type { BucketsShape, ColumnsShape, DeviceShape, PointShape, SeriesShape } from '../firmware/protocol/rest.js';
import { ToolError, type Exit } from './exit.js';

export type Query = Record<string, string | number | undefined>;

/** ms until the collector has to have begun its answer */
const PATIENCE = 30_000;
const REDIRECT_HINT = 'Give the address that it redirects to by --url.';

/** Every method throws a ToolError that says what went wrong and what to do about it. */
export class Client {
  readonly #base: URL;
  readonly #token: string | undefined;

  /** `base`: the collector's address, with a path where it stands behind one (`http://host/api`). */
  constructor(base: URL, token?: string) {
    this.#base = new URL(base.href.endsWith('/') ? base.href : `${base.href}/`);
    this.#token = token;
  }

  /** By ascending id. */
  async series(): Promise<SeriesShape[]> {
    const byId = await this.#json<Record<string, Omit<SeriesShape, 'id'>>>('series', isObject);
    return Object.entries(byId).map(([id, rest]) => ({ ...rest, id: Number(id) }));
  }

  /** The newest point with a value, or null. */
  async latest(series: number): Promise<PointShape | null> {
    try {
      return await this.#json<PointShape>(`series/${series}/latest`, isObject);
    } catch (error) {
      if (error instanceof ToolError && error.exit === 'missing') return null;
      throw error;
    }
  }

  columns(series: string, query: Query): Promise<ColumnsShape> {
    return this.#json(`series/${encodeURIComponent(series)}`, hasColumns, { ...query, format: 'columns' });
  }

  /** The window in `buckets` equal times, with the aggregates named in `aggregate`. */
  buckets(series: string, query: Query & { buckets: number; aggregate: string }): Promise<BucketsShape> {
    return this.#json(`series/${encodeURIComponent(series)}`, hasColumns, { ...query, format: 'columns' });
  }

  /** The points as the collector writes them, piece by piece, however many they are. */
  async *points(series: string, query: Query & { format: 'points' | 'csv' }): AsyncGenerator<Uint8Array> {
    const response = await this.#get(`series/${encodeURIComponent(series)}`, query);
    try {
      for await (const piece of response.body ?? []) yield piece;
    } catch (error) {
      throw new ToolError('unreachable', `the connection to ${this.#base.href} broke off`, { cause: error });
    }
  }

  devices(): Promise<DeviceShape[]> {
    return this.#json('devices', Array.isArray);
  }

  /** Gives a series another description. */
  async rename(series: number, desc: string): Promise<void> {
    const url = new URL(`series/${series}`, this.#base);
    const body = JSON.stringify({ desc });
    await this.#ask(url, { method: 'PATCH', body, headers: { 'content-type': 'application/json' } });
  }

  async #json<T>(path: string, fits: (value: unknown) => boolean, query: Query = {}): Promise<T> {
    const response = await this.#get(path, query);
    const value: unknown = await response.json().catch(() => undefined);
    if (!fits(value)) throw this.#stranger(response.status);
    return value as T;
  }

  #get(path: string, query: Query): Promise<Response> {
    const url = new URL(path, this.#base);
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, String(value));
    return this.#ask(url, { headers: { accept: '*/*' } });
  }

  async #ask(url: URL, init: RequestInit & { headers: Record<string, string> }): Promise<Response> {
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(new Error(`no answer within ${PATIENCE / 1000} s`)), PATIENCE);
    try {
      const { headers } = init;
      if (this.#token !== undefined) headers['authorization'] = `Bearer ${this.#token}`;
      const response = await fetch(url, { ...init, headers, redirect: 'manual', signal: patience.signal });
      if (!response.ok) throw await this.#refusal(response);
      return response;
    } catch (error) {
      throw error instanceof ToolError ? error : this.#unreachable(error);
    } finally {
      clearTimeout(timer);
    }
  }

  async #refusal(response: Response): Promise<ToolError> {
    const { status } = response;
    const body: unknown = await response.json().catch(() => undefined);
    const problem = isObject(body) ? (body as Partial<Problem>) : undefined;
    if (typeof problem?.message !== 'string') return this.#stranger(status);
    if (status === 401 || status === 403) {
      const hint =
        'Give the right token by --token or THERMOWELL_TOKEN; "thermowell token list" shows whose there are.';
      return new ToolError('denied', `the collector refused: ${problem.message}`, { hint });
    }
    const exit: Exit = status === 404 ? 'missing' : 'failure';
    return new ToolError(exit, problem.detail ?? problem.message);
  }

  #unreachable(error: unknown): ToolError {
    const hint = 'Start one with "thermowell serve", or say where it is by --url or THERMOWELL_URL.';
    return new ToolError('unreachable', `cannot reach a collector at ${this.#base.href} (${reason(error)})`, {
      cause: error,
      hint,
    });
  }

  #stranger(status: number): ToolError {
    const message = `${this.#base.href} answered (status ${status}), but not as a Thermowell collector does`;
    return new ToolError('failure', message, {
      hint: status >= 300 && status < 400 ? REDIRECT_HINT : 'Is the --url right?',
    });
  }
}

function hasColumns(value: unknown): boolean {
  return isObject(value) && Array.isArray(value['time']) && isObject(value['fields']);
}

/** fetch hides what happened in `cause`, and for a name with several addresses one level deeper. */
function reason(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return String(cause);
  const code = (cause as NodeJS.ErrnoException).code;
  return code !== undefined && !cause.message.includes(code) ? `${code} ${cause.message}`.trim() : cause.message;
}

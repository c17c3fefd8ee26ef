/** The collector's REST interface as the command line needs it (protocol.md §2). */
import { isObject, type JsonObject } from '../firmware/protocol/json.js';
import type { Problem, Reply } from '../firmware/protocol/reply.js';
import type {
  AlarmRule,
  AlarmShape,
  BucketsShape,
  ColumnsShape,
  DeviceShape,
  ImageShape,
  MqttShape,
  PointShape,
  QuarantinedShape,
  QuarantineShape,
  SeriesPatchShape,
  SeriesShape,
} from '../firmware/protocol/rest.js';
import { ToolError, type Exit } from './exit.js';
import { everyMember, has, listOf } from './shape.js';
import { unreachable } from './unreachable.js';

export type Query = Record<string, string | number | undefined>;

/** Points of one series, each with its time: `PUT /batch/new` of a plain client (protocol.md §3). */
export interface PlainUpload {
  series_id: number;
  points: { timestamp: number; fields: JsonObject }[];
}

/** A window around every time that can be stored. */
export const EVER = { from: '1970-01-02', to: '2100-01-02' };

/** ms until the collector has to have begun its answer */
const PATIENCE = 30_000;
const POINTS = listOf('id', 'timestamp', 'fields');
const SERIES_BY_ID = everyMember(has('device_id', 'device_desc', 'count'));
const REDIRECT_HINT = 'Give the address that it redirects to by --url.';
const TOKEN_HINT = `Give one by --token or THERMOWELL_TOKEN. On the collector's machine "thermowell token add <name>" makes
one, and "thermowell token list" shows whose there are.`;

/** Every method throws a ToolError that says what went wrong and what to do about it. */
export class Client {
  readonly #base: URL;
  readonly #token: string | undefined;

  /** `base`: the collector's address, with a path where it stands behind one (`http://host/api`). */
  constructor(base: URL, token?: string) {
    this.#base = new URL(base.href.endsWith('/') ? base.href : `${base.href}/`);
    this.#token = token;
  }

  /** How the collector is reached by MQTT; null: not at all. */
  async mqtt(): Promise<MqttShape | null> {
    const { mqtt } = await this.#json<{ mqtt?: MqttShape | 'off' }>('health', isObject);
    return mqtt === undefined || mqtt === 'off' ? null : mqtt;
  }

  /** By ascending id. */
  async series(): Promise<SeriesShape[]> {
    const byId = await this.#json<Record<string, Omit<SeriesShape, 'id'>>>('series', SERIES_BY_ID);
    return Object.entries(byId).map(([id, rest]) => ({ ...rest, id: Number(id) }));
  }

  /** The newest point with a value, or null. */
  async latest(series: number): Promise<PointShape | null> {
    try {
      return await this.#json<PointShape>(`series/${series}/latest`, has('timestamp', 'fields'));
    } catch (error) {
      if (error instanceof ToolError && error.exit === 'missing') return null;
      throw error;
    }
  }

  /** The newest points, with or without a value, newest first. */
  newest(series: number, limit: number): Promise<PointShape[]> {
    return this.#json(`series/${series}`, POINTS, { ...EVER, order: 'desc', limit });
  }

  /** Some points of a window, oldest first. */
  page(series: number, query: Query & { limit: number }): Promise<PointShape[]> {
    return this.#json(`series/${series}`, POINTS, query);
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
    yield* this.#pieces(await this.#get(`series/${encodeURIComponent(series)}`, query));
  }

  devices(): Promise<DeviceShape[]> {
    return this.#json('devices', listOf('device_id', 'device_desc', 'sensors', 'ledger'));
  }

  device(id: string): Promise<DeviceShape> {
    return this.#json(`devices/${encodeURIComponent(id)}`, has('device_id', 'device_desc', 'sensors', 'ledger'));
  }

  /** Makes a series that nobody uploads to by itself; its id. */
  async createSeries(series: { device_id: string; device_desc: string; desc: string | null }): Promise<number> {
    const response = await this.#write('PUT', 'series/new', series);
    return (await response.json()) as number;
  }

  /** Stores points, those that are there already left out; how many of each, in points. */
  async upload(upload: PlainUpload): Promise<{ stored: number; duplicates: number }> {
    const response = await this.#write('PUT', 'batch/new', upload);
    return (await response.json()) as { stored: number; duplicates: number };
  }

  /** Stores one point whose fields may have any name; one that is there already is left as it is. */
  async addPoint(point: { series_id: number; timestamp: number; fields: JsonObject }): Promise<void> {
    await this.#write('PUT', 'point/new', point);
  }

  /** @throws ToolError `missing` */
  async seriesNamed(id: number): Promise<SeriesShape> {
    const found = (await this.series()).find((one) => one.id === id);
    if (found === undefined) throw new ToolError('missing', `Series ${id} doesn't exist`);
    return found;
  }

  /** What `PATCH /series/<id>` takes; the series as it is then. */
  async patchSeries(id: number, patch: SeriesPatchShape): Promise<SeriesShape> {
    const response = await this.#write('PATCH', `series/${id}`, patch);
    return (await response.json()) as SeriesShape;
  }

  alarms(): Promise<AlarmShape[]> {
    return this.#json('alarms', listOf('id', 'series_id', 'kind', 'field'));
  }

  /** Its id. */
  async createAlarm(rule: Partial<AlarmRule>): Promise<number> {
    const response = await this.#write('PUT', 'alarms/new', rule);
    return (await response.json()) as number;
  }

  async deleteAlarm(id: number): Promise<void> {
    await this.#write('DELETE', `alarms/${id}`, {});
  }

  /** Deletes a series and its points. */
  async deleteSeries(series: number): Promise<void> {
    await this.#write('DELETE', `series/${series}`, {});
  }

  quarantine(): Promise<QuarantineShape[]> {
    return this.#json('quarantine', listOf('name', 'device_id', 'taken', 'received'));
  }

  quarantined(name: string): Promise<QuarantinedShape> {
    return this.#json(`quarantine/${encodeURIComponent(name)}`, isObject);
  }

  /** Stores a batch of the quarantine; `mended` is empty where it shall be as it came. */
  async replay(name: string, mended: JsonObject): Promise<Reply> {
    const { token: _, ...body } = mended;
    const response = await this.#write('POST', `quarantine/${encodeURIComponent(name)}/replay`, body);
    return (await response.json()) as Reply;
  }

  async dropQuarantine(name: string): Promise<void> {
    await this.#write('DELETE', `quarantine/${encodeURIComponent(name)}`, {});
  }

  firmware(): Promise<ImageShape[]> {
    return this.#json('firmware', listOf('name', 'platform', 'version', 'length'));
  }

  /** Brings an image for the devices of the token's user. */
  async addFirmware(version: string, bytes: Uint8Array<ArrayBuffer>): Promise<ImageShape> {
    const url = new URL(`firmware/new?version=${encodeURIComponent(version)}`, this.#base);
    const headers = { 'content-type': 'application/octet-stream' };
    return (await (await this.#ask(url, { method: 'PUT', body: bytes, headers })).json()) as ImageShape;
  }

  async removeFirmware(name: string): Promise<void> {
    await this.#write('DELETE', `firmware/${encodeURIComponent(name)}`, {});
  }

  /** An answer without end, its bytes as they come. `last`: the last event that was seen, to go on after it. */
  async live(series: number | null, last: number | null, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    const headers: Record<string, string> = { accept: 'text/event-stream' };
    if (last !== null) headers['last-event-id'] = String(last);
    const url = new URL(series === null ? 'live' : `series/${series}/live`, this.#base);
    const { body } = await this.#ask(url, { headers }, signal);
    return body ?? noBytes();
  }

  /** The data folder as it is now, as a tar archive. */
  async backup(): Promise<AsyncIterable<Uint8Array>> {
    return this.#pieces(await this.#get('backup', {}));
  }

  async *#pieces({ body }: Response): AsyncGenerator<Uint8Array> {
    try {
      for await (const piece of body ?? []) yield piece;
    } catch (error) {
      throw new ToolError('unreachable', `the connection to ${this.#base.href} broke off`, { cause: error });
    }
  }

  #write(method: 'PUT' | 'POST' | 'PATCH' | 'DELETE', path: string, body: object): Promise<Response> {
    if (this.#token === undefined)
      throw new ToolError('denied', 'writing to a collector takes a token', { hint: TOKEN_HINT });
    const headers = { 'content-type': 'application/json' };
    return this.#ask(new URL(path, this.#base), { method, body: JSON.stringify(body), headers });
  }

  async #json<T>(path: string, fits: (value: unknown) => boolean, query: Query = {}): Promise<T> {
    const response = await this.#get(path, query).catch((error: unknown) => {
      // every collector has its lists
      const nowhere = error instanceof ToolError && error.exit === 'missing' && !path.includes('/');
      throw nowhere ? this.#stranger(404) : error;
    });
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

  async #ask(
    url: URL,
    init: RequestInit & { headers: Record<string, string> },
    ending?: AbortSignal,
  ): Promise<Response> {
    const patience = new AbortController();
    const signal = ending === undefined ? patience.signal : AbortSignal.any([patience.signal, ending]);
    const timer = setTimeout(() => patience.abort(new Error(`no answer within ${PATIENCE / 1000} s`)), PATIENCE);
    try {
      const { headers } = init;
      if (this.#token !== undefined) headers['authorization'] = `Bearer ${this.#token}`;
      const response = await fetch(url, { ...init, headers, redirect: 'manual', signal });
      if (!response.ok) throw await this.#refusal(response);
      return response;
    } catch (error) {
      throw error instanceof ToolError ? error : unreachable(this.#base, error);
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
      return new ToolError('denied', `the collector refused: ${problem.message}`, { hint: TOKEN_HINT });
    }
    const exit: Exit = status === 404 ? 'missing' : 'failure';
    return new ToolError(exit, problem.detail ?? problem.message);
  }

  #stranger(status: number): ToolError {
    const message = `${this.#base.href} answered (status ${status}), but not as a Thermowell collector does`;
    return new ToolError('failure', message, {
      hint: status >= 300 && status < 400 ? REDIRECT_HINT : 'Is the --url right?',
    });
  }
}

async function* noBytes(): AsyncGenerator<Uint8Array> {}

function hasColumns(value: unknown): boolean {
  return isObject(value) && Array.isArray(value['time']) && isObject(value['fields']);
}

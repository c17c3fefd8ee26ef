/**
 * Everything the collector has, by device, with the newest values. Filled by asking (`load`), kept fresh by live points
 * (`apply`). Asking again costs two requests and one more for each series whose number of points isn't the expected one.
 */
import type { DeviceShape, PointShape, SeriesShape } from '../../firmware/protocol/rest.js';
import type { Api } from './api.js';
import type { Device, Newest, Trace } from './trace.js';
import { traceKey } from './trace.js';
import { quantityOf } from './units.js';

export class Inventory {
  readonly #api: Api;
  readonly #newest = new Map<number, Map<string, Newest | null>>();
  readonly #counts = new Map<number, number>();
  readonly #tones = new Map<string, number>();

  devices: Device[] = [];
  /** by key, in the order of the page */
  traces = new Map<string, Trace>();
  /** what `GET /devices` says, by device_id */
  infos = new Map<string, DeviceShape>();

  constructor(api: Api) {
    this.#api = api;
  }

  /** All series ids. */
  get series(): number[] {
    return [...this.#counts.keys()];
  }

  /** How many points there are in all. */
  get points(): number {
    return [...this.#counts.values()].reduce((all, count) => all + count, 0);
  }

  /** Asks the collector; the answer is the series that have changed behind our back. */
  async load(): Promise<Set<number>> {
    const [series, devices] = await Promise.all([this.#api.series(), this.#api.devices()]);
    const changed = series.filter(({ id, count }) => this.#counts.get(id) !== count);
    await Promise.all(
      changed.map(async ({ id, count }) => {
        const point = count === 0 ? null : await this.#api.latest(id);
        this.#newest.delete(id);
        if (point !== null) this.#learn(point);
        this.#counts.set(id, count);
      }),
    );
    const listed = new Set(series.map(({ id }) => id));
    for (const id of this.series) if (!listed.has(id)) this.#counts.delete(id);
    this.infos = new Map(devices.map((info) => [info.device_id, info]));
    this.#group(series);
    return new Set(changed.map(({ id }) => id));
  }

  /** Takes a live point; false when it is of something not yet known, so that it is time to ask. */
  apply(point: PointShape): boolean {
    const count = this.#counts.get(point.series_id);
    if (count === undefined) return false;
    this.#counts.set(point.series_id, count + 1);
    this.#learn(point);
    const newest = this.#newest.get(point.series_id) ?? new Map<string, Newest | null>();
    let known = true;
    for (const [field, value] of newest) {
      const trace = this.traces.get(traceKey(point.series_id, field));
      if (trace === undefined) known = false;
      else trace.newest = value;
    }
    return known;
  }

  #learn({ series_id, timestamp, fields }: PointShape): void {
    const newest = this.#newest.get(series_id) ?? new Map<string, Newest | null>();
    this.#newest.set(series_id, newest);
    const time = Date.parse(timestamp);
    for (const [field, value] of Object.entries(fields)) {
      const before = newest.get(field) ?? null;
      if (typeof value === 'number' && (before === null || time >= before.time)) newest.set(field, { time, value });
      else if (value === null) newest.set(field, before);
    }
  }

  #group(series: SeriesShape[]): void {
    const devices = new Map<string, Device>();
    for (const { id, device_id, device_desc, desc } of series) {
      const device = devices.get(device_id) ?? {
        id: device_id,
        name: device_desc || device_id,
        traces: [],
        silent: [],
      };
      devices.set(device_id, device);
      const sensor = this.#sensorOf(device_id, id);
      const name = desc || sensor || `series ${id}`;
      const newest = [...(this.#newest.get(id) ?? [])];
      if (newest.length === 0) device.silent.push(name);
      for (const [field, value] of newest) {
        const quantity = quantityOf(field);
        device.traces.push({
          key: traceKey(id, field),
          series: id,
          field,
          label: newest.length === 1 ? name : `${name} ${quantity.name}`,
          sensor: sensor === name ? '' : sensor,
          device: device.name,
          quantity,
          tone: 0,
          newest: value,
        });
      }
    }
    this.devices = [...devices.values()];
    this.traces = new Map(this.devices.flatMap(({ traces }) => traces.map((trace) => [trace.key, trace])));
    this.#paint();
  }

  #sensorOf(device: string, series: number): string {
    const sensors = Object.entries(this.infos.get(device)?.sensors ?? {});
    return sensors.find(([, id]) => id === series)?.[0] ?? '';
  }

  /** A trace keeps its colour while the page is open; temperatures come first, since they are compared the most. */
  #paint(): void {
    const traces = [...this.traces.values()];
    const first = traces.filter(({ quantity }) => quantity.unit === '°C');
    for (const trace of [...first, ...traces]) {
      const tone = this.#tones.get(trace.key) ?? this.#tones.size;
      this.#tones.set(trace.key, tone);
      trace.tone = tone;
    }
  }
}

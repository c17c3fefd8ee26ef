/**
 * Everything the collector has, by device, with the newest values. Filled by asking (`load`), kept fresh by live points
 * (`apply`). Asking again costs three requests and one more for each series whose number of points isn't the expected one.
 */
import type { AlarmShape, DeviceShape, PointShape, SeriesShape } from '../../../firmware/protocol/rest.js';
import type { Preferences } from './preferences.js';
import type { Api } from './api.js';
import type { Device, Newest, Subject, Trace } from './trace.js';
import { traceKey } from './trace.js';
import { quantityOf } from '../words/units.js';

export class Inventory {
  readonly #api: Api;
  readonly #preferences: Preferences;
  #listed: SeriesShape[] = [];
  #active: AlarmShape[] = [];
  readonly #faults = new Map<string, number>();
  readonly #newest = new Map<number, Map<string, Newest | null>>();
  readonly #counts = new Map<number, number>();
  readonly #tones = new Map<string, number>();

  devices: Device[] = [];
  /** by key, in the order of the page */
  traces = new Map<string, Trace>();
  /** what `GET /devices` says, by device_id */
  infos = new Map<string, DeviceShape>();

  constructor(api: Api, preferences: Preferences) {
    this.#api = api;
    this.#preferences = preferences;
  }

  /** What `GET /series` says of a series. */
  listed(id: number): SeriesShape | undefined {
    return this.#listed.find((series) => series.id === id);
  }

  /** The series without a value that has this key. */
  silent(key: string): Subject | undefined {
    return this.devices.flatMap(({ silent }) => silent).find((subject) => subject.key === key);
  }

  /** The series of a device. */
  seriesOf(device: string): number[] {
    return this.#listed.filter(({ device_id }) => device_id === device).map(({ id }) => id);
  }

  /** All series ids. */
  get series(): number[] {
    return [...this.#counts.keys()];
  }

  /** How many alarms have gone off. */
  get alarms(): number {
    return this.#active.length;
  }

  /** How many points there are in all. */
  get points(): number {
    return [...this.#counts.values()].reduce((all, count) => all + count, 0);
  }

  /** Asks the collector; the answer is the series that have changed behind our back. */
  async load(): Promise<Set<number>> {
    const [series, devices, alarms] = await Promise.all([this.#api.series(), this.#api.devices(), this.#api.alarms()]);
    const changed = series.filter((one) => this.#counts.get(one.id) !== one.count || this.#recalibrated(one));
    await Promise.all(
      changed.map(async ({ id, count }) => {
        const points = count === 0 ? [] : await this.#newestOf(id);
        this.#newest.delete(id);
        for (const point of points) this.#learn(point);
        this.#counts.set(id, count);
      }),
    );
    const listed = new Set(series.map(({ id }) => id));
    for (const id of this.series) if (!listed.has(id)) this.#counts.delete(id);
    this.#active = alarms.filter(({ state }) => state === 'active');
    this.infos = new Map(devices.map((info) => [info.device_id, info]));
    this.#listed = series;
    this.group();
    return new Set(changed.map(({ id }) => id));
  }

  /**
   * Asks for fields that the newest points were without: humidity and temperature may come in points of their own. The
   * answer: whether there were any. @param fieldsOf which of a series had values lately
   */
  async complete(fieldsOf: (series: number) => readonly string[]): Promise<boolean> {
    const missing = this.series.flatMap((id) =>
      fieldsOf(id).flatMap((field) => (this.#newest.get(id)?.has(field) === true ? [] : [{ id, field }])),
    );
    const points = (await Promise.all(missing.map(({ id, field }) => this.#api.newestWith(id, field)))).flat();
    for (const point of points) this.#learn(point);
    if (points.length > 0) this.group();
    return points.length > 0;
  }

  /** A series' newest point, and for each other field that was known the newest one that has it. */
  async #newestOf(id: number): Promise<PointShape[]> {
    const points = await this.#api.newest(id);
    const known = [...(this.#newest.get(id)?.keys() ?? [])];
    const others = known.filter((field) => points.every(({ fields }) => typeof fields[field] !== 'number'));
    const older = await Promise.all(others.map((field) => this.#api.newestWith(id, field)));
    return [...older.flat(), ...points];
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
      else Object.assign(trace, { newest: value, fault: this.#faults.get(trace.key) ?? null });
    }
    return known;
  }

  #learn({ series_id, timestamp, fields }: PointShape): void {
    const newest = this.#newest.get(series_id) ?? new Map<string, Newest | null>();
    this.#newest.set(series_id, newest);
    const time = Date.parse(timestamp);
    for (const [field, value] of Object.entries(fields)) {
      const before = newest.get(field) ?? null;
      if (before !== null && time < before.time) continue;
      const key = traceKey(series_id, field);
      if (typeof value === 'number') {
        newest.set(field, { time, value });
        if (time >= (this.#faults.get(key) ?? 0)) this.#faults.delete(key);
      } else if (value === null) {
        newest.set(field, before);
        this.#faults.set(key, Math.max(time, this.#faults.get(key) ?? 0));
      }
    }
  }

  /** Makes devices and traces of what is known; also for another scale. */
  group(): void {
    const devices = new Map<string, Device>();
    for (const { id, device_id, device_desc, desc, unit, colour } of this.#listed) {
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
      const subject = {
        key: `${id}`,
        series: id,
        label: name,
        sensor: sensor === name ? '' : sensor,
        device: device.name,
        deviceId: device_id,
        tone: 0,
        colour: colour ?? null,
      };
      if (newest.length === 0) device.silent.push(subject);
      for (const [field, value] of newest) {
        const quantity = quantityOf(field, this.#preferences.scale, newest.length === 1 ? unit : undefined);
        device.traces.push({
          ...subject,
          key: traceKey(id, field),
          field,
          label: newest.length === 1 ? name : `${name} ${quantity.name}`,
          quantity,
          every: this.infos.get(device_id)?.every ?? null,
          newest: value,
          alarms: this.#active.filter((alarm) => alarm.series_id === id && (alarm.field ?? field) === field),
          fault: this.#faults.get(traceKey(id, field)) ?? null,
        });
      }
    }
    this.devices = [...devices.values()];
    this.traces = new Map(this.devices.flatMap(({ traces }) => traces.map((trace) => [trace.key, trace])));
    this.#paint();
  }

  /** Its values aren't what they were. */
  #recalibrated({ id, calibration }: SeriesShape): boolean {
    const before = this.listed(id);
    return before !== undefined && JSON.stringify(before.calibration) !== JSON.stringify(calibration);
  }

  #sensorOf(device: string, series: number): string {
    const sensors = Object.entries(this.infos.get(device)?.sensors ?? {});
    return sensors.find(([, id]) => id === series)?.[0] ?? '';
  }

  /** A trace keeps its colour while the page is open; temperatures come first, since they are compared the most. */
  #paint(): void {
    const traces = [...this.traces.values()];
    const first = traces.filter(({ quantity }) => quantity.temperature);
    for (const trace of [...first, ...traces]) {
      const tone = this.#tones.get(trace.key) ?? this.#tones.size;
      this.#tones.set(trace.key, tone);
      trace.tone = tone;
    }
  }
}

/** Where imported points go: to series that are found by device and description, or made; many points at a time. */
import { isFieldName, isPrototypeName } from '../../firmware/protocol/limits.js';
import type { Client } from '../client.js';
import { ToolError } from '../exit.js';
import type { Sample } from '../formats/sample.js';

/** For samples that don't tell their series. */
export interface Defaults {
  device_id: string | undefined;
  desc: string;
  /** where they are from */
  file: string;
}

/** Points sent at a time, and the size that an upload stays well below (protocol.md §3 "Limits"). */
const POINTS = 2000;
const BYTES = 256 * 1024;

interface Point {
  timestamp: number;
  fields: Sample['fields'];
}

interface Series {
  device_id: string;
  device_desc: string;
  desc: string;
  /** null until it is made */
  id: number | null;
  points: Point[];
  /** of what waits, roughly */
  bytes: number;
}

export class Destination {
  readonly counts = { points: 0, stored: 0, duplicates: 0 };
  readonly #client: Client;
  readonly #forced: number | undefined;
  readonly #series = new Map<string, Series>();
  /** ids of all series by device and description */
  readonly #known = new Map<string, number>();
  /** series that devices fill by themselves */
  readonly #fed = new Set<number>();

  /** `forced`: the series for all points. */
  constructor(client: Client, forced: number | undefined) {
    this.#client = client;
    this.#forced = forced;
  }

  async open(): Promise<void> {
    const all = await this.#client.series();
    if (this.#forced !== undefined && !all.some(({ id }) => id === this.#forced))
      throw new ToolError('missing', `Series ${this.#forced} doesn't exist`);
    for (const { id, device_id, desc } of all) {
      const key = keyOf(device_id, desc ?? '');
      if (!this.#known.has(key)) this.#known.set(key, id);
    }
    for (const { sensors } of await this.#client.devices()) for (const id of Object.values(sensors)) this.#fed.add(id);
  }

  /** Series that are written to, and how many of them weren't there. */
  get planned(): { series: number; made: number } {
    const all = [...this.#series.values()];
    return {
      series: all.length,
      made: all.filter(({ device_id, desc }) => !this.#known.has(keyOf(device_id, desc))).length,
    };
  }

  /** Finds the series of a sample, and whether it may go there. @throws ToolError */
  async plan(sample: Sample, defaults: Defaults): Promise<Series> {
    const forbidden = Object.keys(sample.fields).find(isPrototypeName);
    if (forbidden !== undefined)
      throw new ToolError('failure', `${defaults.file}: a field can't be called "${forbidden}"`);
    const { device_id, desc } = this.#telling(sample, defaults);
    const key = keyOf(device_id, desc);
    const planned = this.#series.get(key);
    if (planned !== undefined) return planned;
    const id = this.#forced ?? this.#known.get(key) ?? null;
    if (id !== null && this.#forced === undefined && this.#fed.has(id)) throw fed(id, device_id);
    const series: Series = { device_id, device_desc: sample.device_desc ?? '', desc, id, points: [], bytes: 0 };
    this.#series.set(key, series);
    return series;
  }

  async add(sample: Sample, defaults: Defaults): Promise<void> {
    const series = await this.plan(sample, defaults);
    series.points.push({ timestamp: sample.time, fields: sample.fields });
    series.bytes += 64 + JSON.stringify(sample.fields).length;
    if (series.points.length >= POINTS || series.bytes >= BYTES) await this.#send(series);
  }

  /** Sends what waits. */
  async flush(): Promise<void> {
    for (const series of this.#series.values()) if (series.points.length > 0) await this.#send(series);
  }

  async #send(series: Series): Promise<void> {
    const { points } = series;
    series.points = [];
    series.bytes = 0;
    const series_id = series.id ?? (await this.#make(series));
    let strict: Point[] = [];
    const upload = async (): Promise<void> => {
      if (strict.length === 0) return;
      const { stored, duplicates } = await this.#client.upload({ series_id, points: strict });
      this.counts.stored += stored;
      this.counts.duplicates += duplicates;
      strict = [];
    };
    for (const point of points) {
      if (Object.keys(point.fields).every(isFieldName)) {
        strict.push(point);
        continue;
      }
      // other names are taken one by one only; whether they were there the collector doesn't say
      await upload();
      await this.#client.addPoint({ series_id, ...point });
      this.counts.stored++;
    }
    await upload();
    this.counts.points += points.length;
  }

  /** Makes a series, and those before it in the files first: an export lists them in the same order again. Its id. */
  async #make(wanted: Series): Promise<number> {
    for (const series of this.#series.values()) {
      const { device_id, device_desc, desc } = series;
      series.id ??= await this.#client.createSeries({ device_id, device_desc, desc: desc === '' ? null : desc });
      if (series === wanted) return series.id;
    }
    throw new Error('a series that was never planned');
  }

  #telling(sample: Sample, { device_id, desc, file }: Defaults): { device_id: string; desc: string } {
    if (this.#forced !== undefined) return { device_id: '', desc: '' };
    const device = sample.device_id ?? device_id;
    if (device === undefined)
      throw new ToolError('usage', `${file} doesn't say which device its points are of`, {
        hint: 'Give --device <id>, or --series <id> for a series that is there.',
      });
    return { device_id: device, desc: sample.desc ?? (sample.device_id === undefined ? desc : '') };
  }
}

function keyOf(device_id: string, desc: string): string {
  return JSON.stringify([device_id, desc]);
}

function fed(id: number, device: string): ToolError {
  return new ToolError('failure', `series ${id} is filled by the device "${device}" itself`, {
    hint: `Imported points would stand beside its own, even where they are the same. Give --series ${id} if that is meant,
or import into a collector that the device doesn't upload to.`,
  });
}

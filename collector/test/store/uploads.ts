/** Uploads and readings for the tests of the store, and what they ask of it in short. */
import type { Batch, Values } from '../../../firmware/protocol/batch.js';
import type { Json } from '../../../firmware/protocol/json.js';
import { fieldsAt, NULL } from '../../store/rows.js';
import type { BatchUpload, NewPoint, NewSeries, QuarantineUpload, Replay, Store, Window } from '../../store/store.js';

export const T0 = Date.UTC(2026, 0, 1);
export const MINUTE = 60_000;
export const ALL: Window = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };

/** Its readings are in lists. */
export type ListedUpload = BatchUpload & { batch: Omit<Batch, 'clock'> };

export interface BatchOptions {
  device?: string;
  user?: number;
  log?: string;
  oldest?: number;
  time?: number[];
  sensors?: Record<string, Record<string, Values>>;
  estimated?: boolean;
  device_desc?: string;
  received?: number;
}

/** A batch of `count` readings a minute apart; reading number n has n as its temperature. */
export function batchOf(first: number, count: number, options: BatchOptions = {}): ListedUpload {
  const {
    device = 'esp',
    user = 1,
    log = 'log1',
    oldest = first,
    estimated = false,
    device_desc,
    received = T0,
  } = options;
  const numbers = Array.from({ length: count }, (_, i) => first + i);
  const time = options.time ?? numbers.map((n) => T0 + n * MINUTE);
  const sensors = options.sensors ?? { probe: { temp_C: numbers } };
  const described = device_desc === undefined ? {} : { device_desc };
  return { batch: { device_id: device, log, first, oldest, estimated, time, sensors, ...described }, user, received };
}

const packed = (values: Values) => Float64Array.from(values, (value) => value ?? NULL);

/** The same as the collector hands on what it could read at once: its readings packed. */
export function inColumns({ batch, ...rest }: ListedUpload): BatchUpload {
  const columns = Object.entries(batch.sensors).map(([sensor, fields]) => [
    sensor,
    Object.fromEntries(Object.entries(fields).map(([name, values]) => [name, packed(values)])),
  ]);
  return { batch: { ...batch, time: Float64Array.from(batch.time), sensors: Object.fromEntries(columns) }, ...rest };
}

export function refusedBatch(first: number, length: number, body: string, log = 'log1'): QuarantineUpload {
  return { device_id: 'esp', log, first, oldest: first, length, user: 1, received: T0, body, detail: 'not a number' };
}

/** An entry's readings, mended; each sensor has `temp_C`. */
export function replayOf(name: string, time: number[], sensors: Record<string, Values>): Replay {
  const columns = Object.fromEntries(Object.entries(sensors).map(([sensor, temp_C]) => [sensor, { temp_C }]));
  return { name, user: 1, time, sensors: columns, estimated: false };
}

export function newSeries(desc: string | null = 'kitchen'): NewSeries {
  return { device_id: 'd1', device_desc: 'a device', desc, user: 1, created: T0 };
}

/** How plain points are added: looking for repeats, or not. */
export const ONCE = { once: true, received: T0 };
export const ALWAYS = { once: false, received: T0 };

/** Plain points; the i-th has i as its temperature. */
export function pointsAt(...times: number[]): NewPoint[] {
  return times.map((time, i) => ({ time, fields: { temp_C: i } }));
}

/** A point as a test sees it. */
export type Seen = [id: number, time: number, fields: Record<string, Json>, estimated?: true];

/** All points of a window. */
export async function seen(store: Store, series: number, window: Window = ALL): Promise<Seen[]> {
  const points: Seen[] = [];
  for await (const block of store.read(series, window)) {
    for (let row = 0; row < block.length; row++) {
      const estimated: [true] | [] = block.estimated?.[row] === 1 ? [true] : [];
      points.push([block.id[row]!, block.time[row]!, fieldsAt(block, row), ...estimated]);
    }
  }
  return points;
}

/** The temperatures of a series, by time. */
export async function temperatures(store: Store, series: number): Promise<(Json | undefined)[]> {
  return (await seen(store, series)).map(([, , fields]) => fields['temp_C']);
}

/**
 * A batch: consecutive readings of one device's log in one upload (protocol.md §3), and how the collector reads it; what
 * the device writes is in body.ts. In memory the times are absolute; on the wire the first is absolute and each other one
 * is the difference to the one before.
 */
import { ProtocolError, pointer } from './error.js';
import { isObject, member, type Json, type JsonObject } from './json.js';
import { isFieldName, isName, LIMITS, RESERVED_DEVICE, TEXT_MAX, TIME_MAX, TIME_MIN, type Limits } from './limits.js';

/** `unix`: ms since 1970. `uptime`: ms on the device's own monotonic clock. */
export type ClockKind = 'unix' | 'uptime';

/** One value per reading; null where the probe gave none. */
export type Values = (number | null)[];

/** sensor → field → one value per reading. */
export type Sensors = Record<string, Record<string, Values>>;

/** What the device says of itself: reset reason, rssi, version, … */
export type Status = Record<string, string | number | boolean | null>;

export interface Batch {
  device_id: string;
  device_desc?: string;
  /** the device's buffer; changes when it is formatted */
  log: string;
  /** sequence number of the first reading */
  first: number;
  /** the lowest number still on the device */
  oldest: number;
  clock: ClockKind;
  /** the device's clock when it sent this, ms */
  now?: number;
  /** the device had to guess these times */
  estimated: boolean;
  /** absolute, ms, on `clock` */
  time: number[];
  sensors: Sensors;
  status?: Status;
}

/**
 * The batch in a parsed JSON value; members it doesn't know are passed over.
 * @throws ProtocolError naming the first offending member
 */
export function decodeBatch(value: unknown, limits: Limits = LIMITS): Batch {
  if (!isObject(value)) throw new ProtocolError('', 'a batch must be a JSON object');
  const first = integer(value, 'first', 0);
  const oldest = member(value, 'oldest') === undefined ? first : integer(value, 'oldest', 0);
  if (oldest > first) throw new ProtocolError('/oldest', 'oldest must not be above first');
  const clock = member(value, 'clock');
  if (clock !== 'unix' && clock !== 'uptime') throw new ProtocolError('/clock', 'clock must be "unix" or "uptime"');
  const estimated = member(value, 'estimated') ?? false;
  if (typeof estimated !== 'boolean') throw new ProtocolError('/estimated', 'estimated must be true or false');
  const device_id = name(value, 'device_id');
  if (device_id === RESERVED_DEVICE) throw new ProtocolError('/device_id', `"${RESERVED_DEVICE}" is reserved`);
  const batch: Batch = { device_id, log: name(value, 'log'), first, oldest, clock, estimated, time: [], sensors: {} };
  if (member(value, 'now') !== undefined) batch.now = integer(value, 'now', 0);
  else if (clock === 'uptime') throw new ProtocolError('/now', 'an uptime batch must say now');
  batch.time = decodeTime(member(value, 'time'), batch, limits);
  if (first + batch.time.length > Number.MAX_SAFE_INTEGER) throw new ProtocolError('/first', 'first is too large');
  batch.sensors = decodeSensors(member(value, 'sensors'), batch.time.length, limits);
  const desc = member(value, 'device_desc');
  if (desc !== undefined && desc !== null) {
    if (typeof desc !== 'string' || desc.length > TEXT_MAX)
      throw new ProtocolError('/device_desc', `device_desc must be a string of at most ${TEXT_MAX} characters`);
    batch.device_desc = desc;
  }
  const status = member(value, 'status');
  if (status !== undefined && status !== null) batch.status = decodeStatus(status, limits);
  return batch;
}

/** What must be readable in a refused batch so that it can be kept aside: protocol.md §3 "Quarantine". */
export interface Envelope {
  device_id: string;
  log: string;
  first: number;
  oldest: number;
  length: number;
}

/** The envelope of a batch that `decodeBatch` refused, or null where it can't be read. */
export function readEnvelope(value: unknown, limits: Limits = LIMITS): Envelope | null {
  if (!isObject(value)) return null;
  const { device_id, log, first, oldest, time } = value;
  if (!isName(device_id) || device_id === RESERVED_DEVICE || !isName(log) || !Array.isArray(time)) return null;
  if (!Number.isSafeInteger(first) || (first as number) < 0 || time.length === 0 || time.length > limits.readings)
    return null;
  if (!Number.isSafeInteger((first as number) + time.length)) return null;
  const low = Number.isSafeInteger(oldest) && (oldest as number) >= 0 && (oldest as number) <= (first as number);
  return { device_id, log, first: first as number, oldest: (low ? oldest : first) as number, length: time.length };
}

/** A safe integer from `min` on, or an error that names the member. */
function integer(object: JsonObject, name: string, min: number): number {
  const value = member(object, name);
  if (!Number.isSafeInteger(value) || (value as number) < min)
    throw new ProtocolError(`/${name}`, `${name} must be an integer of at least ${min}`);
  return value as number;
}

function name(object: JsonObject, key: string): string {
  const value = member(object, key);
  if (!isName(value))
    throw new ProtocolError(`/${key}`, `${key} must be 1 to 64 of A-Z a-z 0-9 _ . : -, the first a letter or digit`);
  return value;
}

function decodeTime(value: Json | undefined, { clock, now }: Batch, limits: Limits): number[] {
  if (!Array.isArray(value)) throw new ProtocolError('/time', 'time must be an array of integers (ms)');
  const count = value.length;
  if (count > limits.readings) throw new ProtocolError('/time', `at most ${limits.readings} readings, not ${count}`);
  const min = clock === 'unix' ? TIME_MIN : 0;
  const max = clock === 'unix' ? TIME_MAX : now!;
  const time = new Array<number>(count);
  let t = 0;
  for (let i = 0; i < count; i++) {
    const step = value[i];
    if (!Number.isSafeInteger(step)) throw new ProtocolError(pointer('time', i), 'a time must be an integer (ms)');
    t += step as number;
    if (t < min || t > max) throw new ProtocolError(pointer('time', i), outOfRange(t, clock));
    time[i] = t;
  }
  return time;
}

function outOfRange(t: number, clock: ClockKind): string {
  return clock === 'unix' ? `time ${t} is not between the years 2000 and 2100` : `uptime ${t} is not between 0 and now`;
}

function decodeSensors(value: Json | undefined, count: number, limits: Limits): Sensors {
  if (!isObject(value)) throw new ProtocolError('/sensors', 'sensors must be an object');
  const sensors = Object.keys(value);
  if (sensors.length > limits.sensors) throw new ProtocolError('/sensors', `at most ${limits.sensors} sensors`);
  for (const sensor of sensors) {
    if (!isName(sensor)) throw new ProtocolError(pointer('sensors', sensor), 'not a name a sensor may have');
    const fields = value[sensor];
    if (!isObject(fields)) throw new ProtocolError(pointer('sensors', sensor), 'must be an object of field to array');
    const names = Object.keys(fields);
    if (names.length === 0 || names.length > limits.fields)
      throw new ProtocolError(pointer('sensors', sensor), `a sensor has 1 to ${limits.fields} fields`);
    for (const field of names) {
      if (!isFieldName(field))
        throw new ProtocolError(pointer('sensors', sensor, field), 'not a name a field may have');
      checkValues(fields[field], count, sensor, field);
    }
  }
  return value as Sensors;
}

function checkValues(values: Json | undefined, count: number, sensor: string, field: string): void {
  if (!Array.isArray(values) || values.length !== count)
    throw new ProtocolError(pointer('sensors', sensor, field), `must be an array as long as time, ${count}`);
  for (let i = 0; i < count; i++) {
    const v = values[i];
    if (v !== null && !Number.isFinite(v))
      throw new ProtocolError(pointer('sensors', sensor, field, i), 'a value must be a finite number or null');
  }
}

function decodeStatus(value: Json, limits: Limits): Status {
  if (!isObject(value)) throw new ProtocolError('/status', 'status must be an object');
  const names = Object.keys(value);
  if (names.length > limits.fields) throw new ProtocolError('/status', `at most ${limits.fields} members`);
  for (const key of names) {
    const v = value[key];
    if (!isFieldName(key)) throw new ProtocolError(pointer('status', key), 'not a name a status member may have');
    if (typeof v === 'object' ? v !== null : typeof v === 'string' ? v.length > TEXT_MAX : !isScalar(v))
      throw new ProtocolError(pointer('status', key), 'must be a short string, a finite number, a boolean or null');
  }
  return value as Status;
}

function isScalar(value: unknown): boolean {
  return typeof value === 'boolean' || Number.isFinite(value);
}

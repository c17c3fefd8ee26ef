/**
 * The readings of a batch: many of them in code, which is a tenth of what lists take in the journal and in memory, and is
 * what chunks are made of; few as they came, which is easier to read.
 */
import type { Sensors, Values } from '../../firmware/protocol/batch.js';
import type { CodedReadings } from './coded-rows.js';
import { decodeColumn, encodeNumbers, type ColumnCode } from './column-code.js';
import type { Head } from './head.js';
import { fromSteps, toSteps, type BatchRecord, type CodedSensors } from './record.js';
import { NULL } from './rows.js';
import type { SentSensors } from './store.js';
import { decodeTime, encodeTime, type TimeCode } from './time-code.js';

export type Readings =
  | { code: null; time: number[]; sensors: Sensors }
  | { code: TimeCode; time: ArrayLike<number>; sensors: CodedSensors };

/** Fewer readings are not put in code. */
const MANY = 16;

/** From a batch, with absolute times. */
export function readingsOf(time: ArrayLike<number>, sensors: SentSensors): Readings {
  if (time.length < MANY) return inLists(time, sensors);
  return { code: encodeTime(time), time, sensors: mapFields(sensors, encodeValues) };
}

/** From a batch, whatever it has them in. */
export function inLists(time: ArrayLike<number>, sensors: SentSensors): Readings & { code: null } {
  return { code: null, time: Array.isArray(time) ? time : Array.from(time), sensors: mapFields(sensors, toList) };
}

/** As a record has them. */
export function recorded({ code, time, sensors }: Readings): Pick<BatchRecord, 'time' | 'sensors'> {
  return { time: code ?? toSteps(time), sensors };
}

/** From a record of `length` readings, or of none where all were duplicates. */
export function recordedReadings({ length, time, sensors }: BatchRecord): Readings {
  if (Array.isArray(time)) return { code: null, time: fromSteps(time), sensors: sensors as Sensors };
  return { code: time, time: decodeTime(time, length), sensors: sensors as CodedSensors };
}

/** In lists, as an upload has them. */
export function listed({ code, time, sensors }: Readings): { time: number[]; sensors: Sensors } {
  if (code === null) return { time, sensors };
  const lists = mapFields(sensors, (code) => toList(decodeColumn(code, time.length) as Values | Float64Array));
  return { time: Array.from(time), sensors: lists };
}

/** What all sensors of a batch have in common. */
export function codedTimes(code: TimeCode, time: ArrayLike<number>): Omit<CodedReadings, 'fields' | 'estimated'> {
  let oldest = time[0]!;
  let newest = oldest;
  let ascending = true;
  for (let i = 1; i < time.length; i++) {
    const t = time[i]!;
    if (t < time[i - 1]!) ascending = false;
    if (t > newest) newest = t;
    else if (t < oldest) oldest = t;
  }
  return { length: time.length, time: code, oldest, newest, ascending };
}

function encodeValues(values: Values | Float64Array): ColumnCode {
  return encodeNumbers(values instanceof Float64Array ? values : packed(values)) ?? { raw: toList(values) };
}

function packed(values: Values): Float64Array {
  const numbers = new Float64Array(values.length);
  // + 0 makes -0 what JSON makes of it, 0.
  for (let i = 0; i < values.length; i++) numbers[i] = values[i] === null ? NULL : values[i]! + 0;
  return numbers;
}

function toList(values: Values | Float64Array): Values {
  return Array.isArray(values) ? values : Array.from(values, (value) => (value === NULL ? null : value));
}

/** sensor → field → what `make` makes of it. */
function mapFields<A, B>(
  sensors: Record<string, Record<string, A>>,
  make: (field: A) => B,
): Record<string, Record<string, B>> {
  const made: Record<string, Record<string, B>> = {};
  for (const sensor of Object.keys(sensors)) {
    const fields: Record<string, B> = (made[sensor] = {});
    for (const name of Object.keys(sensors[sensor]!)) fields[name] = make(sensors[sensor]![name]!);
  }
  return made;
}

/** For each sensor what adds its readings to a head, the first `skip` left out. */
export function addersOf(readings: Readings, estimated: boolean, skip: number): [string, (head: Head) => void][] {
  if (readings.code === null) {
    const { time } = readings;
    return Object.entries(readings.sensors).map(([sensor, fields]) => [
      sensor,
      ({ growing }) => growing.addReadings(time, fields, estimated, skip),
    ]);
  }
  const times = codedTimes(readings.code, readings.time);
  return Object.entries(readings.sensors).map(([sensor, fields]) => [
    sensor,
    (head) => head.addCoded({ ...times, fields, estimated }),
  ]);
}

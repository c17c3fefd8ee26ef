/**
 * The readings of a batch: many of them in code, which is a tenth of what lists take in the journal and in memory, and is
 * what chunks are made of; few as they came, which is easier to read.
 */
import type { Sensors } from '../../firmware/protocol/batch.js';
import type { CodedReadings } from './coded-rows.js';
import { decodeColumn, encodeNumbers, type ColumnCode } from './column-code.js';
import type { Head } from './head.js';
import { fromSteps, toSteps, type BatchRecord, type CodedSensors } from './record.js';
import { NULL, valueAt } from './rows.js';
import { decodeTime, encodeTime, type TimeCode } from './time-code.js';

export type Readings =
  | { code: null; time: number[]; sensors: Sensors }
  | { code: TimeCode; time: ArrayLike<number>; sensors: CodedSensors };

/** Fewer readings are not put in code. */
const MANY = 16;

/** From a batch, with absolute times. */
export function readingsOf(time: number[], sensors: Sensors): Readings {
  if (time.length < MANY) return { code: null, time, sensors };
  const coded: CodedSensors = {};
  for (const sensor of Object.keys(sensors)) {
    const fields: Record<string, ColumnCode> = (coded[sensor] = {});
    for (const name of Object.keys(sensors[sensor]!)) fields[name] = encodeValues(sensors[sensor]![name]!);
  }
  return { code: encodeTime(time), time, sensors: coded };
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
  const lists: Sensors = {};
  for (const [sensor, fields] of Object.entries(sensors)) {
    const values: Sensors[string] = (lists[sensor] = {});
    for (const [name, column] of Object.entries(fields)) {
      const decoded = decodeColumn(column, time.length);
      values[name] = Array.from({ length: time.length }, (_, row) => valueAt(decoded, row) as number | null);
    }
  }
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

function encodeValues(values: (number | null)[]): ColumnCode {
  const numbers = new Float64Array(values.length);
  // + 0 makes -0 what JSON makes of it, 0.
  for (let i = 0; i < values.length; i++) numbers[i] = values[i] === null ? NULL : values[i]! + 0;
  return encodeNumbers(numbers) ?? { raw: values };
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

/** The body of `PATCH /series/<id>`. */
import { pointer, ProtocolError } from '../../firmware/protocol/error.js';
import { isObject, member, type Json, type JsonObject } from '../../firmware/protocol/json.js';
import { isName, isPrototypeName, TEXT_MAX } from '../../firmware/protocol/limits.js';
import { timestamp } from '../moment.js';
import type { Calibration, SeriesPatch } from '../store/store.js';

const UNIT_MAX = 16;
const CALIBRATIONS_MAX = 100;
const OFFSET_MAX = 1e6;

/** `sensor` is the one that continues the series; it comes alone. */
export interface SeriesChange {
  sensor: string | null;
  patch: SeriesPatch;
}

/** @throws ProtocolError */
export function seriesChange(document: JsonObject): SeriesChange {
  const patch: SeriesPatch = {};
  let sensor: string | null = null;
  for (const name of Object.keys(document)) {
    if (name === 'desc') patch.desc = scalar(document, name) ?? null;
    else if (name === 'device_desc') patch.device_desc = scalar(document, name) ?? '';
    else if (name === 'unit') patch.unit = unit(document[name]!);
    else if (name === 'colour') patch.colour = colour(document[name]!);
    else if (name === 'calibration') patch.calibration = calibration(document[name]!);
    else if (name === 'sensor') sensor = sensorName(document[name]!);
    else if (name !== 'token')
      throw new ProtocolError(
        pointer(name),
        'only desc, device_desc, unit, colour, calibration and sensor can be changed',
      );
  }
  if (sensor !== null && Object.keys(patch).length > 0)
    throw new ProtocolError('/sensor', 'a sensor must be changed alone');
  return { sensor, patch };
}

/** Numbers and booleans become strings, as in timeseries-api. @throws ProtocolError */
export function scalar(document: JsonObject, name: string): string | null | undefined {
  const value = member(document, name);
  if (typeof value === 'object' && value !== null) throw new ProtocolError(pointer(name), `${name} must be a string`);
  if (value === undefined || value === null) return value;
  const text = String(value);
  if (text.length > TEXT_MAX) throw new ProtocolError(pointer(name), `${name} may have ${TEXT_MAX} characters`);
  return text;
}

function unit(value: Json): string | null {
  if (value === null || value === '') return null;
  if (typeof value !== 'string' || value.length > UNIT_MAX)
    throw new ProtocolError('/unit', `a unit must be a string of at most ${UNIT_MAX} characters, or null`);
  return value;
}

function colour(value: Json): string | null {
  if (value === null) return null;
  if (typeof value !== 'string' || !/^#[0-9a-f]{6}$/i.test(value))
    throw new ProtocolError('/colour', 'a colour must be like #1f77b4, or null');
  return value.toLowerCase();
}

function sensorName(value: Json): string {
  if (!isName(value)) throw new ProtocolError('/sensor', 'not a name a sensor may have');
  return value;
}

function calibration(value: Json): Calibration[] | null {
  if (value === null) return null;
  if (!Array.isArray(value) || value.length > CALIBRATIONS_MAX)
    throw new ProtocolError('/calibration', `a calibration must be an array of at most ${CALIBRATIONS_MAX} offsets`);
  const steps = value.map((step, i) => calibrationStep(step, pointer('calibration', i)));
  return steps.length === 0 ? null : steps.sort((a, b) => a.from - b.from);
}

function calibrationStep(value: Json, at: string): Calibration {
  if (!isObject(value)) throw new ProtocolError(at, 'an offset must be an object of from, field and offset');
  for (const name of Object.keys(value))
    if (!['from', 'field', 'offset'].includes(name)) throw new ProtocolError(`${at}/${name}`, 'no member of an offset');
  const { from = null, field, offset } = value;
  if (typeof field !== 'string' || field === '' || isPrototypeName(field))
    throw new ProtocolError(`${at}/field`, 'not a name a field may have');
  if (typeof offset !== 'number' || Math.abs(offset) > OFFSET_MAX)
    throw new ProtocolError(`${at}/offset`, `an offset must be a number within ±${OFFSET_MAX}`);
  return { from: from === null || from === 0 ? 0 : timestamp(from, `${at}/from`), field, offset };
}

/**
 * Tasmota's telemetry (tasmota.github.io/docs/MQTT): `tele/<topic>/SENSOR`, a member per sensor.
 *
 *   {"Time":"2026-11-22T10:00:00","DS18B20-1":{"Id":"0316A4F1B2FF","Temperature":70.7},"TempUnit":"F"}
 *
 * `Time` is local and has no zone, so a reading is dated when it arrives.
 */
import { isObject, type Json, type JsonObject } from '../../../firmware/protocol/json.js';
import type { Dialect, ForeignReading } from './dialect.js';
import { celsius, fieldOf, round } from './measured.js';
import { nameOf } from './name.js';

/** Family codes of 1-Wire probes: with them a probe is called as our own firmware calls it. */
const FAMILIES: Record<string, string> = { DS18B20: '28', DS18S20: '10', DS1822: '22', MAX31850: '3b' };
const SERIAL = /^[0-9A-F]{12}$/i;

/** hPa of each unit it can be set to */
const PRESSURES = new Map<Json | undefined, number>([
  ['mmHg', 1.333_224],
  ['inHg', 33.863_89],
]);

export const tasmota: Dialect = {
  filters: ['tele/+/SENSOR'],
  read(topic, payload) {
    const device = topic.split('/')[1];
    if (device === undefined || device === '') return null;
    const sensors: ForeignReading['sensors'] = {};
    for (const [name, values] of Object.entries(payload)) {
      const fields = isObject(values) ? fieldsOf(name, values, payload) : {};
      if (Object.keys(fields).length > 0) sensors[sensorOf(name, values)] = fields;
    }
    return { name: device, sensors };
  },
};

function sensorOf(name: string, values: Json): string {
  const id = isObject(values) ? values['Id'] : undefined;
  const family = FAMILIES[name.replace(/-\d+$/, '').toUpperCase()];
  return family !== undefined && typeof id === 'string' && SERIAL.test(id)
    ? `${family}-${id.toLowerCase()}`
    : nameOf(name);
}

function fieldsOf(sensor: string, values: JsonObject, { TempUnit, PressureUnit }: JsonObject): Record<string, number> {
  const fields: Record<string, number> = {};
  for (const [name, value] of Object.entries(values)) {
    const field = sensor === 'ENERGY' && name === 'Total' ? 'energy_kWh' : fieldOf(name);
    if (field === null || typeof value !== 'number' || !Number.isFinite(value)) continue;
    if (field.endsWith('_C') && TempUnit === 'F') fields[field] = celsius(value);
    else if (field.endsWith('_hPa')) fields[field] = round(value * (PRESSURES.get(PressureUnit) ?? 1));
    else fields[field] = value;
  }
  return fields;
}

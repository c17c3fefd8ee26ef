/**
 * What others call what they measure → our fields, a quantity and its unit. One table for all of them; it is in the README,
 * too.
 */
import { isFieldName } from '../../../firmware/protocol/limits.js';

const FIELDS: Record<string, string> = {
  temperature: 'temp_C',
  dewpoint: 'dewpoint_C',
  device_temperature: 'device_temp_C',
  humidity: 'humidity_pct',
  moisture: 'moisture_pct',
  soil_moisture: 'moisture_pct',
  pressure: 'pressure_hPa',
  sealevelpressure: 'sealevel_hPa',
  battery: 'battery_pct',
  illuminance: 'illuminance_lx',
  illuminance_lux: 'illuminance_lx',
  co2: 'co2_ppm',
  carbondioxide: 'co2_ppm',
  power: 'power_W',
  current: 'current_A',
  voltage: 'voltage_V',
  energy: 'energy_kWh',
};

/** The field of a name; null where it can't be one. */
export function fieldOf(name: string): string | null {
  const key = name.toLowerCase();
  const known = Object.hasOwn(FIELDS, key)
    ? FIELDS[key]!
    : name.replaceAll(/[^A-Za-z0-9_]/g, '_').replace(/^(?=\d)/, '_');
  return isFieldName(known) ? known : null;
}

export function celsius(fahrenheit: number): number {
  return round(((fahrenheit - 32) * 5) / 9);
}

/** A conversion makes no digits that the sensor didn't have. */
export function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}

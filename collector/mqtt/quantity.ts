/**
 * What a field measures, by its name: `temp_C`, `batt_V`, a quantity and its unit. In Home Assistant's terms, where a
 * class and a unit have to fit each other (developers.home-assistant.io/docs/core/entity/sensor).
 */
export interface Quantity {
  /** for people */
  title: string;
  device_class?: string;
  unit?: string;
  state_class: 'measurement' | 'total_increasing';
  /** digits after the point that are worth showing */
  precision?: number;
  /** about the device rather than about what it measures */
  diagnostic?: true;
}

type Known = Omit<Quantity, 'title' | 'state_class'> & { title?: string; total?: true };

const FIELDS: Record<string, Known> = {
  temp_C: { title: 'temperature', device_class: 'temperature', unit: '°C', precision: 1 },
  batt_V: { title: 'battery voltage', device_class: 'voltage', unit: 'V', precision: 2, diagnostic: true },
  battery_pct: { title: 'battery', device_class: 'battery', unit: '%', precision: 0, diagnostic: true },
  humidity_pct: { device_class: 'humidity', unit: '%', precision: 0 },
  moisture_pct: { device_class: 'moisture', unit: '%', precision: 0 },
  pressure_hPa: { device_class: 'atmospheric_pressure', unit: 'hPa', precision: 0 },
  co2_ppm: { title: 'carbon dioxide', device_class: 'carbon_dioxide', unit: 'ppm', precision: 0 },
  linkquality: { title: 'link quality', unit: 'lqi', precision: 0, diagnostic: true },
};

/** By the part after the last `_`. */
const UNITS: Record<string, Known> = {
  C: { device_class: 'temperature', unit: '°C', precision: 1 },
  V: { device_class: 'voltage', unit: 'V', precision: 2 },
  mV: { device_class: 'voltage', unit: 'mV', precision: 0 },
  A: { device_class: 'current', unit: 'A', precision: 2 },
  W: { device_class: 'power', unit: 'W', precision: 0 },
  kWh: { device_class: 'energy', unit: 'kWh', precision: 2, total: true },
  hPa: { device_class: 'pressure', unit: 'hPa', precision: 0 },
  kPa: { device_class: 'pressure', unit: 'kPa', precision: 1 },
  Hz: { device_class: 'frequency', unit: 'Hz', precision: 1 },
  lx: { device_class: 'illuminance', unit: 'lx', precision: 0 },
  dBm: { device_class: 'signal_strength', unit: 'dBm', precision: 0, diagnostic: true },
  s: { device_class: 'duration', unit: 's' },
  pct: { unit: '%', precision: 0 },
  ppm: { unit: 'ppm', precision: 0 },
};

/** `unit`: what somebody said that the series has; it counts where the name doesn't say. */
export function quantityOf(field: string, unit?: string): Quantity {
  const at = field.lastIndexOf('_');
  const suffix = field.slice(at + 1);
  const known = Object.hasOwn(FIELDS, field)
    ? FIELDS[field]!
    : at > 0 && Object.hasOwn(UNITS, suffix)
      ? UNITS[suffix]!
      : null;
  const title = (known !== null && at > 0 ? field.slice(0, at) : field).replaceAll('_', ' ').trim() || field;
  if (known === null) return { title, state_class: 'measurement', ...(unit !== undefined && { unit }) };
  const { total, ...quantity } = known;
  return { title, ...quantity, state_class: total === true ? 'total_increasing' : 'measurement' };
}

/** The order in which a series' fields are shown: first what it is mostly about. */
export function byWeight(a: string, b: string): number {
  return weight(a) - weight(b) || (a < b ? -1 : 1);
}

function weight(field: string): number {
  const at = Object.keys(FIELDS).indexOf(field);
  return at === -1 ? Infinity : at;
}

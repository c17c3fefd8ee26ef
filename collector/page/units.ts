/** What a field's name says: by convention its last part is the unit (`temp_C`, `batt_V`), the rest the quantity. */

export interface Quantity {
  /** for people: `temperature` */
  name: string;
  /** for people: `°C`; '' when the name has none */
  unit: string;
  /** decimals worth reading */
  digits: number;
  /** a chart shows at least this much, so that noise doesn't look like weather */
  minSpan: number;
  /** tells how the device is rather than what it measures */
  minor: boolean;
}

type Unit = Omit<Quantity, 'name' | 'minor'>;

const UNITS: Record<string, Unit> = {
  C: { unit: '°C', digits: 1, minSpan: 2 },
  F: { unit: '°F', digits: 1, minSpan: 4 },
  K: { unit: 'K', digits: 1, minSpan: 2 },
  V: { unit: 'V', digits: 2, minSpan: 0.2 },
  mV: { unit: 'mV', digits: 0, minSpan: 20 },
  A: { unit: 'A', digits: 2, minSpan: 0.1 },
  mA: { unit: 'mA', digits: 1, minSpan: 1 },
  W: { unit: 'W', digits: 1, minSpan: 1 },
  pct: { unit: '%', digits: 0, minSpan: 5 },
  hPa: { unit: 'hPa', digits: 1, minSpan: 2 },
  Pa: { unit: 'Pa', digits: 0, minSpan: 200 },
  dBm: { unit: 'dBm', digits: 0, minSpan: 10 },
  ppm: { unit: 'ppm', digits: 0, minSpan: 50 },
  lx: { unit: 'lx', digits: 0, minSpan: 10 },
};

const UNKNOWN: Unit = { unit: '', digits: 2, minSpan: 0 };

const NAMES: Record<string, string> = { temp: 'temperature', batt: 'battery', hum: 'humidity', press: 'pressure' };

const MINOR = new Set(['batt', 'battery', 'vcc', 'rssi']);

/** Reads a field's name. */
export function quantityOf(field: string): Quantity {
  const cut = field.lastIndexOf('_');
  const suffix = field.slice(cut + 1);
  const known = cut > 0 && Object.hasOwn(UNITS, suffix) ? UNITS[suffix] : undefined;
  const stem = known === undefined ? field : field.slice(0, cut);
  const name = Object.hasOwn(NAMES, stem) ? NAMES[stem] : undefined;
  return { name: name ?? stem.replaceAll('_', ' '), minor: MINOR.has(stem), ...(known ?? UNKNOWN) };
}

/** From here on a number is written as 1.5E7: it would be wider than its tile. */
const HUGE = 1e7;

/** A number as the reader's language writes it, without the unit. @param more decimals beyond the usual */
export function formatNumber(value: number, { digits }: Quantity, more = 0): string {
  const fraction = digits + more;
  if (Math.abs(value) >= HUGE)
    return value.toLocaleString(undefined, { notation: 'scientific', maximumFractionDigits: fraction });
  return value.toLocaleString(undefined, { minimumFractionDigits: fraction, maximumFractionDigits: fraction });
}

/** A number with its unit, a no-break space between. */
export function formatValue(value: number, quantity: Quantity, more = 0): string {
  const number = formatNumber(value, quantity, more);
  return quantity.unit === '' ? number : `${number}\u00a0${quantity.unit}`;
}

/** The lowest and the highest of something: `10.4 to 21.7 °C`. */
export function formatExtent(low: number, high: number, quantity: Quantity, more = 0): string {
  return `${formatNumber(low, quantity, more)} to ${formatValue(high, quantity, more)}`;
}

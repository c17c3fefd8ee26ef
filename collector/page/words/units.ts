/**
 * What a field's name says: by convention its last part is the unit (`temp_C`, `batt_V`), the rest the quantity. Values
 * stay in the unit they are stored in; what people read is converted as it is written, temperatures to their scale.
 */

import type { UNITS as SYMBOLS } from '../../../firmware/protocol/units.js';

/** The reader's scale for temperatures. */
export type Scale = 'C' | 'F';

export interface Quantity {
  /** for people: `temperature` */
  name: string;
  /** for people: `°C`; '' when the name has none */
  unit: string;
  /** decimals worth reading */
  digits: number;
  /** a chart shows at least this much, as stored, so that noise doesn't look like weather */
  minSpan: number;
  temperature: boolean;
  /** tells how the device is rather than what it measures */
  minor: boolean;
  /** what is shown = stored · factor + offset */
  factor: number;
  offset: number;
}

type Unit = Pick<Quantity, 'unit' | 'digits' | 'minSpan'>;

/** The symbols are those that alarms and the command line write: the compiler compares. */
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
} satisfies { [Suffix in keyof typeof SYMBOLS]: { unit: (typeof SYMBOLS)[Suffix] } & Unit };

const UNKNOWN: Unit = { unit: '', digits: 2, minSpan: 0 };

const NAMES: Record<string, string> = { temp: 'temperature', batt: 'battery', hum: 'humidity', press: 'pressure' };

const MINOR = new Set(['batt', 'battery', 'vcc', 'rssi']);

/**
 * Reads a field's name.
 * @param scale the reader's
 * @param chosen the unit that people gave to the series: it says what a field means whose name doesn't
 */
export function quantityOf(field: string, scale: Scale = 'C', chosen?: string): Quantity {
  const named = nameOf(field);
  if (named.temperature) return inScale(named, chosen === '°C' || chosen === '°F' ? (chosen.slice(1) as Scale) : scale);
  if (chosen === undefined) return named;
  const unit = Object.values(UNITS).find(({ unit }) => unit === chosen);
  const temperature = chosen === '°C' || chosen === '°F';
  const meant = { ...named, ...unit, unit: chosen, temperature };
  return temperature ? inScale(meant, scale) : meant;
}

function nameOf(field: string): Quantity {
  const cut = field.lastIndexOf('_');
  const suffix = field.slice(cut + 1);
  const known = cut > 0 && Object.hasOwn(UNITS, suffix) ? UNITS[suffix] : undefined;
  const stem = known === undefined ? field : field.slice(0, cut);
  const name = (Object.hasOwn(NAMES, stem) ? NAMES[stem] : undefined) ?? (stem.replaceAll('_', ' ') || 'unnamed');
  const temperature = known?.unit === '°C' || known?.unit === '°F';
  return { name, temperature, minor: MINOR.has(stem), ...(known ?? UNKNOWN), factor: 1, offset: 0 };
}

function inScale(stored: Quantity, scale: Scale): Quantity {
  if (stored.unit === `°${scale}`) return stored;
  return scale === 'F'
    ? { ...stored, unit: '°F', factor: 1.8, offset: 32 }
    : { ...stored, unit: '°C', factor: 1 / 1.8, offset: -32 / 1.8 };
}

/** A stored value as the reader gets it. */
export function shown(value: number, { factor, offset }: Quantity): number {
  return value * factor + offset;
}

/** A hair's breadth below zero is 0.0, not -0.0. */
const UNSIGNED_ZERO = 'negative' as const;

/** By decimals: making one takes longer than writing a hundred numbers with it. */
const plainFormats = new Map<number, Intl.NumberFormat>();

function plain(fraction: number): Intl.NumberFormat {
  const options = { minimumFractionDigits: fraction, maximumFractionDigits: fraction, signDisplay: UNSIGNED_ZERO };
  const made = plainFormats.get(fraction) ?? new Intl.NumberFormat(undefined, options);
  plainFormats.set(fraction, made);
  return made;
}

/** From here on a number is written as 1.5E7: it would be wider than its tile. */
const HUGE = 1e7;
/** Below this, where nobody knows what matters, as 1.5E-7: nothing would be left of it. */
const TINY = 0.005;
/** An axis whose ticks need more decimals has them as powers of ten. */
const TICK_DIGITS = 4;

/** A stored value as the reader's language writes it, without the unit. @param more decimals beyond the usual */
export function formatNumber(stored: number, quantity: Quantity, more = 0): string {
  const value = shown(stored, quantity);
  const fraction = quantity.digits + more;
  const tiny = quantity.minSpan === 0 && value !== 0 && Math.abs(value) < TINY;
  if (tiny || Math.abs(value) >= HUGE)
    return value.toLocaleString(undefined, { notation: 'scientific', maximumFractionDigits: fraction });
  return plain(fraction).format(value);
}

/** A stored value with its unit, a no-break space between. */
export function formatValue(stored: number, quantity: Quantity, more = 0): string {
  return withUnit(formatNumber(stored, quantity, more), quantity);
}

/** The lowest and the highest of something: `10.4 to 21.7 °C`; `4.0 °C` where they read the same. */
export function formatExtent(low: number, high: number, quantity: Quantity, more = 0): string {
  const [least, most] = [formatNumber(low, quantity, more), formatValue(high, quantity, more)];
  return most === withUnit(least, quantity) ? most : `${least} to ${most}`;
}

/** How much something has changed: `+1.2 °C`. */
export function formatChange(change: number, quantity: Quantity, more = 0): string {
  const fraction = quantity.digits + more;
  const options = {
    minimumFractionDigits: fraction,
    maximumFractionDigits: fraction,
    signDisplay: 'exceptZero',
  } as const;
  return withUnit((change * quantity.factor).toLocaleString(undefined, options), quantity);
}

/** Numbers for the ticks of an axis, each with the decimals that their distance (1, 2 or 5 by a power of ten) has. */
export function tickLabels(ticks: number[], distance: number): string[] {
  const fraction = Math.max(0, -Math.floor(Math.log10(distance) + 1e-9));
  const most = Math.max(0, ...ticks.map(Math.abs));
  if (most < HUGE && fraction <= TICK_DIGITS) return ticks.map((tick) => plain(fraction).format(tick));
  const notation = { notation: 'scientific', maximumFractionDigits: 3, signDisplay: UNSIGNED_ZERO } as const;
  return ticks.map((tick) => tick.toLocaleString(undefined, notation));
}

function withUnit(number: string, { unit }: Quantity): string {
  return unit === '' ? number : `${number}\u00a0${unit}`;
}

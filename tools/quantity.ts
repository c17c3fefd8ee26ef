/** A field's value as people read it. The unit stands at the end of the field's name: `temp_C`, `batt_V` (protocol.md §1). */
import type { Json } from '../firmware/protocol/json.js';
import { printable } from './text.js';

const UNITS: Record<string, string> = {
  C: '°C',
  F: '°F',
  K: 'K',
  V: 'V',
  A: 'A',
  W: 'W',
  pct: '%',
  hPa: 'hPa',
  dBm: 'dBm',
};

/** The unit in a field's name, or '' where it has none. */
export function unitOf(field: string): string {
  const suffix = field.slice(field.lastIndexOf('_') + 1);
  return field.includes('_') && Object.hasOwn(UNITS, suffix) ? UNITS[suffix]! : '';
}

/** `temp_C` → `temp (°C)`. */
export function fieldTitle(field: string): string {
  const unit = unitOf(field);
  return unit === '' ? printable(field) : `${printable(field.slice(0, field.lastIndexOf('_')))} (${unit})`;
}

/** The value without its unit: a number as it was stored, a gap as `–`, anything else as JSON. */
export function bareValue(value: Json | undefined): string {
  if (value === undefined) return '';
  if (value === null) return '–';
  return printable(typeof value === 'string' ? value : JSON.stringify(value));
}

/** A point's fields in one cell: `21.5 °C`, or `temp 21.5 °C, batt 3.9 V` where there are several. */
export function fieldsCell(fields: Record<string, Json>): string {
  const names = Object.keys(fields);
  return names
    .map((name) => {
      const unit = unitOf(name);
      const value = unit === '' ? bareValue(fields[name]) : `${bareValue(fields[name])} ${unit}`;
      if (names.length === 1) return value;
      return `${printable(unit === '' ? name : name.slice(0, name.lastIndexOf('_')))} ${value}`;
    })
    .join(', ');
}

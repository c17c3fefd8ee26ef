/** A field's value as people read it. */
import type { Json } from '../firmware/protocol/json.js';
import { unitOf } from '../firmware/protocol/units.js';
import { printable } from './text.js';

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

/**
 * How a field's values lie on flash. The log never changes a value: a column takes the narrowest form in which the
 * value comes back exactly equal, and a wider one as soon as a value asks for it.
 *
 *   SIXTEENTHS   i16, value × 16         what a DS18B20 gives at any resolution (datasheet, "temperature register")
 *   THOUSANDTHS  i16, value × 1000       millivolts
 *   DOUBLE       f64                     whatever else
 *
 * null is −32768, or NaN. A value that isn't finite is none: null.
 */
import type { Reading } from './reading.js';

export const SIXTEENTHS = 0;
export const THOUSANDTHS = 1;
export const DOUBLE = 2;

export type Form = typeof SIXTEENTHS | typeof THOUSANDTHS | typeof DOUBLE;

/** One field of one sensor. */
export interface Column {
  readonly sensor: string;
  readonly field: string;
  readonly form: Form;
}

/**
 * The columns of a reading. The ones given are kept where they will do, so that readings alike share one array; where
 * the set changed, a column that stays keeps at least its form.
 */
export function columnsFor(sensors: Reading['sensors'], previous: readonly Column[]): readonly Column[] {
  let count = 0;
  Object.keys(sensors).forEach((sensor) => (count += Object.keys(sensors[sensor]!).length));
  const keeps = ({ sensor, field, form }: Column): boolean => {
    const value = sensors[sensor]?.[field];
    return value !== undefined && formFor(value, form) === form;
  };
  if (count === previous.length && previous.every(keeps)) return previous;
  const columns: Column[] = [];
  Object.keys(sensors).forEach((sensor) =>
    Object.keys(sensors[sensor]!).forEach((field) => {
      const before = previous.find((column) => column.sensor === sensor && column.field === field);
      columns.push({ sensor, field, form: formFor(sensors[sensor]![field]!, before?.form) });
    }),
  );
  return columns;
}

/** True where both have the same fields of the same sensors, whatever their form. */
export function sameNames(a: readonly Column[], b: readonly Column[]): boolean {
  if (a === b) return true;
  return a.length === b.length && a.every((c, i) => c.sensor === b[i]!.sensor && c.field === b[i]!.field);
}

const NONE = -32_768;
const WIDTHS: readonly number[] = Object.freeze([2, 2, 8]);
const SCALES: readonly number[] = Object.freeze([16, 1000]);

/** Bytes of a value. */
export function width(form: Form): number {
  return WIDTHS[form]!;
}

/** The narrowest form, from `form` on, that gives the value back exactly. */
export function formFor(value: number | null, form: Form = SIXTEENTHS): Form {
  if (value === null || !Number.isFinite(value)) return form;
  for (let f = form; f < DOUBLE; f++) {
    const scale = SCALES[f]!;
    const raw = Math.round(value * scale);
    if (raw > NONE && raw <= 32_767 && raw / scale === value) return f;
  }
  return DOUBLE;
}

export function putValue(view: DataView, offset: number, form: Form, value: number | null): void {
  const given = value !== null && Number.isFinite(value);
  if (form === DOUBLE) view.setFloat64(offset, given ? value : NaN, true);
  else view.setInt16(offset, given ? Math.round(value * SCALES[form]!) : NONE, true);
}

export function getValue(view: DataView, offset: number, form: Form): number | null {
  if (form === DOUBLE) {
    const value = view.getFloat64(offset, true);
    return Number.isNaN(value) ? null : value;
  }
  const raw = view.getInt16(offset, true);
  return raw === NONE ? null : raw / SCALES[form]!;
}

/**
 * Lines as the columns uPlot takes: one row of times, then for each line its values, the band's ends where it has one, and
 * what it is compared with. Values are as the reader gets them.
 */
import type { Curve } from '../data/curve.js';
import { withGaps } from '../data/curve.js';
import uPlot from '../uplot/uPlot.esm.js';
import { shown, type Quantity } from '../words/units.js';
import type { Line } from './line.js';

/** Where a line's columns are; the band's follow the value's. */
export interface Columns {
  value: number;
  banded: boolean;
  before: number | null;
}

/** A null stays a gap when another curve has a time beside it. */
const EXPAND: uPlot.JoinNullMode = 2;

export function columnsOf(lines: Line[]): Columns[] {
  let next = 1;
  return lines.map(({ curve, before }) => {
    const banded = curve.band !== null;
    const value = next;
    next += banded ? 3 : 1;
    return { value, banded, before: before === null ? null : next++ };
  });
}

/** The columns of all lines on common times. */
export function plotData(lines: Line[]): uPlot.AlignedData {
  if (lines.length === 0) return [[]];
  const tables = lines.flatMap(({ trace: { quantity }, curve, before }) => {
    const own = tableOf(withGaps(curve), quantity, true);
    return before === null ? [own] : [own, tableOf(withGaps(before), quantity, false)];
  });
  const modes = tables.map((table) => table.map(() => EXPAND));
  return uPlot.join(tables as uPlot.AlignedData[], modes);
}

function tableOf({ time, value, band }: Curve, quantity: Quantity, banded: boolean): (number | null)[][] {
  const table = [value, ...(band !== null && banded ? [band.min, band.max] : [])];
  if (quantity.factor === 1 && quantity.offset === 0) return [time, ...table];
  return [time, ...table.map((column) => column.map((v) => (v === null ? null : shown(v, quantity))))];
}

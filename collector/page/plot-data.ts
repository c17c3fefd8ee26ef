/** Curves as the columns uPlot takes: one row of times, then for each curve its values, and the band's ends where it has one. */
import type { Curve } from './curve.js';
import { withGaps } from './curve.js';
import type { Trace } from './trace.js';
import uPlot from './uplot/uPlot.esm.js';

/** A trace and its curve. */
export interface Line {
  trace: Trace;
  curve: Curve;
}

/** A null stays a gap when another curve has a time beside it. */
const EXPAND: uPlot.JoinNullMode = 2;

/** Where a line's columns are; the band's follow the value's. */
export function columnsOf(lines: Line[]): { value: number; banded: boolean }[] {
  let next = 1;
  return lines.map(({ curve }) => {
    const banded = curve.band !== null;
    const value = next;
    next += banded ? 3 : 1;
    return { value, banded };
  });
}

/** The columns of all lines on common times. */
export function plotData(lines: Line[]): uPlot.AlignedData {
  if (lines.length === 0) return [[]];
  const tables = lines.map(({ curve }): (number | null)[][] => {
    const { time, value, band } = withGaps(curve);
    return band === null ? [time, value] : [time, value, band.min, band.max];
  });
  const modes = tables.map((table) => table.map(() => EXPAND));
  return uPlot.join(tables as uPlot.AlignedData[], modes);
}

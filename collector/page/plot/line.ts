/** What the chart draws of one trace. */
import type { Comparison } from '../data/comparison.js';
import type { Curve } from '../data/curve.js';
import { firstNotBefore } from '../data/curve.js';
import type { Span } from '../data/range.js';
import type { Trace } from '../data/trace.js';
import type { Gap } from './gaps.js';

export interface Line {
  trace: Trace;
  curve: Curve;
  gaps: Gap[];
  /** the same trace a day, a week or a year before, moved to these times; null when nothing is compared */
  before: Curve | null;
}

/** All that is shown. */
export interface Exhibit {
  lines: Line[];
  span: Span;
  compare: Comparison | null;
}

/** What a curve has at one of its times. */
export interface Sample {
  time: number;
  value: number;
  /** of a bucket, else null */
  min: number | null;
  max: number | null;
  /** the device had to guess the time */
  guessed: boolean;
}

/** null where there is no such time, or no value. */
export function sampleAt({ time, value, band, guessed }: Curve, wanted: number): Sample | null {
  const at = firstNotBefore(time, wanted);
  const found = value[at] ?? null;
  if (time[at] !== wanted || found === null) return null;
  const { min, max } = band ?? { min: [], max: [] };
  return { time: wanted, value: found, min: min[at] ?? null, max: max[at] ?? null, guessed: guessed.has(wanted) };
}

/** The lowest and the highest of a line within its span, with a bucket's own ends; null where there is nothing. */
export function extentOf({ value, band }: Curve): { low: number; high: number } | null {
  let low = Infinity;
  let high = -Infinity;
  for (const v of band?.min ?? value) if (v !== null && v < low) low = v;
  for (const v of band?.max ?? value) if (v !== null && v > high) high = v;
  return low > high ? null : { low, high };
}

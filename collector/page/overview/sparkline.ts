/** A day's curve at the size of a word. */
import type { Day } from '../data/day.js';
import { drawing } from '../element.js';

const WIDTH = 100;
const HEIGHT = 28;
const INSET = 2;
/** Parts of the day that may be missing between two values before the line breaks. */
const GAP_PARTS = 3;
/** A flatter day than this is drawn flat. */
const FLAT = 0.5;

/** An empty sparkline; `drawSparkline` fills it. It repeats what the text beside it says, so it is hidden from readers. */
export function sparkline(): SVGSVGElement {
  return drawing(
    'svg',
    { class: 'spark', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    drawing('path', { class: 'spark-line', 'vector-effect': 'non-scaling-stroke' }),
  );
}

/** Draws a day, or nothing. @param minSpan what the whole height is worth at least */
export function drawSparkline(spark: SVGSVGElement, day: Day | null, minSpan: number): void {
  spark.firstElementChild?.setAttribute('d', day === null ? '' : path(day, minSpan * FLAT));
}

/** The line as an SVG path; '' for a day too wide for numbers. @param minSpan what the height is worth at least */
export function path({ span, time, mean, min, max }: Day, minSpan: number): string {
  const extent = max - min;
  if (!Number.isFinite(extent)) return '';
  const height = Math.max(extent, minSpan) || 1;
  const low = min - (height - extent) / 2;
  const part = (span.to - span.from) / time.length;
  let previous = -Infinity;
  const steps = time.map((t, i) => {
    const value = mean[i] ?? null;
    if (value === null) return '';
    const x = ((t - span.from) / (span.to - span.from)) * WIDTH;
    const y = HEIGHT - INSET - ((value - low) / height) * (HEIGHT - 2 * INSET);
    const pen = t - previous > GAP_PARTS * part ? 'M' : 'L';
    previous = t;
    return `${pen}${x.toFixed(1)} ${y.toFixed(1)}`;
  });
  return steps.join('');
}

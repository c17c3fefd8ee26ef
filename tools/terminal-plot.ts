/**
 * A curve in characters: value axis at the left, local time below.
 *
 *     22.0 ┤   ⢀⡠⠤⣀
 *     21.5 ┤⣀⠔⠁   ⠈
 *          └┬──────┬──
 *           12:00  13:00
 */
import { BrailleCanvas } from './braille.js';
import { timeTicks, valueTicks, type Tick } from './ticks.js';

/** What became of a field within each of a row of equal times; null where nothing was measured. */
export interface Curve {
  /** start of each bucket, ms, ascending; empty ones are left out */
  time: number[];
  min: (number | null)[];
  max: (number | null)[];
}

export interface Frame {
  /** ms, both ends of the time axis */
  from: number;
  to: number;
  /** columns and rows in all */
  width: number;
  height: number;
  /** colours the curve, where there are colours */
  paint?: (text: string) => string;
}

/** A silence this many times longer than usual is a gap, and no line is drawn across it. */
const GAP_FACTOR = 3;
/** A time label and the space around it. */
const LABEL_COLUMNS = 10;

/** Columns that are left for the curve itself: two buckets fit into each. */
export function plotColumns(width: number): number {
  return Math.max(10, width - 10);
}

/** The lines of the plot; none when the curve has no value at all. */
export function plotLines(curve: Curve, frame: Frame): string[] {
  const lows = curve.min.filter((v) => v !== null);
  const highs = curve.max.filter((v) => v !== null);
  if (lows.length === 0 || highs.length === 0) return [];
  const rows = Math.max(3, frame.height - 2);
  const [low, high] = widened(least(lows), most(highs));
  const ticks = valueTicks(low, high, Math.max(2, Math.floor(rows / 2)));
  const margin = ticks.reduce((widest, { label }) => Math.max(widest, label.length), 0);
  const columns = Math.max(10, frame.width - margin - 2);
  const canvas = new BrailleCanvas(columns, rows);
  draw(canvas, curve, frame, ticks[0]!.at, ticks.at(-1)!.at);
  const paint = frame.paint ?? ((text) => text);
  const labels = rowLabels(ticks, rows);
  const body = canvas.rows().map((row, i) => {
    const label = labels.get(i);
    return `${(label ?? '').padStart(margin)} ${label === undefined ? '│' : '┤'}${paint(row.trimEnd())}`;
  });
  return [...body, ...timeAxis(frame, columns).map((line) => ' '.repeat(margin + 1) + line)];
}

function draw(canvas: BrailleCanvas, curve: Curve, { from, to }: Frame, bottom: number, top: number): void {
  const x = (t: number) => Math.round(((t - from) / Math.max(1, to - from)) * (canvas.width - 1));
  const y = (v: number) => Math.round(((top - v) / (top - bottom)) * (canvas.height - 1));
  const silence = gapOf(curve.time);
  let last: { t: number; x: number; y: number } | null = null;
  for (const [i, t] of curve.time.entries()) {
    const [min, max] = [curve.min[i] ?? null, curve.max[i] ?? null];
    if (min === null || max === null) {
      last = null;
      continue;
    }
    const here = x(t);
    const [yMin, yMax] = [y(min), y(max)];
    canvas.line(here, yMax, here, yMin);
    const middle = (yMin + yMax) >> 1;
    if (last !== null && t - last.t <= silence) canvas.line(last.x, last.y, here, middle);
    last = { t, x: here, y: middle };
  }
}

/** How long a silence among these times, ascending, has to last to be a gap, ms. */
export function gapOf(time: number[]): number {
  const steps = time.slice(1).map((t, i) => t - time[i]!);
  const usual = steps.sort((a, b) => a - b)[steps.length >> 1] ?? 0;
  return GAP_FACTOR * usual;
}

/** A flat curve still needs some height. */
function widened(min: number, max: number): [number, number] {
  const pad = max > min ? 0 : Math.max(Math.abs(max) * 0.01, 0.5);
  return [min - pad, max + pad];
}

function rowLabels(ticks: Tick[], rows: number): Map<number, string> {
  const [bottom, top] = [ticks[0]!.at, ticks.at(-1)!.at];
  return new Map(
    ticks.map(({ at, label }) => [Math.round(((top - at) / (top - bottom)) * (rows * 4 - 1)) >> 2, label]),
  );
}

function timeAxis({ from, to }: Frame, columns: number): [axis: string, labels: string] {
  const axis = ['└', ...new Array<string>(columns).fill('─')];
  let labels = '';
  for (const { at, label } of timeTicks(from, to, Math.max(2, Math.floor(columns / LABEL_COLUMNS)))) {
    const column = 1 + Math.round(((at - from) / Math.max(1, to - from)) * (columns - 1));
    axis[column] = '┬';
    const start = Math.min(column, columns + 1 - label.length);
    if (start > labels.length || labels === '') labels = labels.padEnd(start) + label;
  }
  return [axis.join(''), labels];
}

function least(values: number[]): number {
  return values.reduce((a, b) => Math.min(a, b));
}

function most(values: number[]): number {
  return values.reduce((a, b) => Math.max(a, b));
}

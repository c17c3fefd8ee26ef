/**
 * The band from lowest to highest behind each mean. uPlot has bands too, but clips each by the other's path: twenty of
 * them kept a browser without a graphics card busy for a second.
 */
import { faint, tintOf } from '../palette.js';
import type uPlot from '../uplot/uPlot.esm.js';
import type { Line } from './line.js';
import { columnsOf } from './plot-data.js';

const ALPHA = 0.16;

/** To be drawn over the axes and under the curves. */
export function drawBands(plot: uPlot, lines: Line[]): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  columnsOf(lines).forEach(({ value, banded }, i) => {
    const line = lines[i];
    if (!banded || line === undefined) return;
    ctx.fillStyle = faint(tintOf(line.trace), ALPHA);
    ctx.fill(outline(plot, value + 1));
  });
  ctx.restore();
}

/** Along the lowest and back along the highest, which is the next column; anew after each gap. */
function outline(plot: uPlot, column: number): Path2D {
  const [times] = plot.data;
  const [lows = [], highs = []] = plot.data.slice(column, column + 2);
  const x = scaleTo(plot, 'x');
  const y = scaleTo(plot, plot.series[column]?.scale ?? '');
  const path = new Path2D();
  let run: [x: number, low: number, high: number][] = [];
  const close = (): void => {
    run.forEach(([x, low], i) => (i === 0 ? path.moveTo(x, low) : path.lineTo(x, low)));
    for (let i = run.length - 1; i >= 0; i--) path.lineTo(run[i]?.[0] ?? 0, run[i]?.[2] ?? 0);
    run = [];
  };
  for (let i = 0; i < times.length; i++) {
    const [low, high] = [lows[i], highs[i]];
    // Undefined: the time is another curve's. Null: a gap.
    if (low === undefined || high === undefined) continue;
    if (low === null || high === null) close();
    else run.push([x(times[i] ?? 0), y(low), y(high)]);
  }
  close();
  return path;
}

/** Values of a scale to canvas pixels, as `valToPos` does one by one. */
function scaleTo(plot: uPlot, scale: string): (value: number) => number {
  const { min = 0, max = 1 } = plot.scales[scale] ?? {};
  const [zero, one] = [plot.valToPos(min, scale, true), plot.valToPos(max, scale, true)];
  const factor = (one - zero) / (max - min);
  return (value) => zero + (value - min) * factor;
}

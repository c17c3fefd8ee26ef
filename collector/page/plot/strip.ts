/** At the foot of the plot, for each curve that has gaps: where they are, and by their look, why. */
import type uPlot from '../uplot/uPlot.esm.js';
import type { Reason } from './gaps.js';
import type { Line } from './line.js';
import { tintOf } from '../palette.js';

/** As many curves as have room, the first ones; the reason under the cursor is told for all. */
const ROWS_MAX = 8;
const ROW_HEIGHT = 5;
const THICKNESS = 3;
/** A loss of a minute in a year is still to be seen. */
const WIDTH_MIN = 3;

/** What is lost is solid; a probe's fault is dotted; what nobody took, or what may still come, is a thin line. */
const DASHES: Record<Reason, number[]> = { lost: [], damage: [], fault: [2, 3], off: [], pending: [6, 4] };
const THIN = new Set<Reason>(['off', 'pending']);

export function drawStrip(plot: uPlot, lines: Line[]): void {
  const { ctx, bbox } = plot;
  const scale = devicePixelRatio || 1;
  const rows = lines.filter(({ gaps }) => gaps.length > 0).slice(0, ROWS_MAX);
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  rows.forEach(({ trace, gaps }, i) => {
    const y = bbox.top + bbox.height - (i + 0.8) * ROW_HEIGHT * scale;
    ctx.strokeStyle = tintOf(trace);
    for (const { from, to, reason } of gaps) {
      const left = plot.valToPos(from, 'x', true);
      const right = Math.max(plot.valToPos(to, 'x', true), left + WIDTH_MIN * scale);
      ctx.lineWidth = (THIN.has(reason) ? 1 : THICKNESS) * scale;
      ctx.setLineDash(DASHES[reason].map((part) => part * scale));
      ctx.beginPath();
      ctx.moveTo(left, y);
      ctx.lineTo(right, y);
      ctx.stroke();
    }
  });
  ctx.restore();
}

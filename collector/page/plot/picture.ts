/** The chart as a picture of its own: with what the page says around it, the span above and the names below. */
import { BEFORE } from '../data/comparison.js';
import { colour, tintOf } from '../palette.js';
import { spanInWords, zoneInWords } from '../words/time.js';
import { formatExtent } from '../words/units.js';
import { extentOf, type Exhibit, type Line } from './line.js';

/** CSS pixels. */
const MARGIN = 20;
const HEAD = 34;
const ROW = 22;
const NAME_WIDTH = 300;
const FONT = 'system-ui, sans-serif';

/** @param chart what is drawn now, taken over as it is */
export function drawPicture(chart: HTMLCanvasElement, { lines, span, compare }: Exhibit): HTMLCanvasElement {
  const scale = devicePixelRatio || 1;
  const width = chart.width / scale + 2 * MARGIN;
  const columns = Math.max(1, Math.floor((width - 2 * MARGIN) / NAME_WIDTH));
  const below = MARGIN + HEAD + chart.height / scale + 12;
  const height = below + Math.ceil(lines.length / columns) * ROW + MARGIN;
  const picture = document.createElement('canvas');
  picture.width = Math.round(width * scale);
  picture.height = Math.round(height * scale);
  const ctx = picture.getContext('2d');
  if (ctx === null) return picture;
  ctx.scale(scale, scale);
  ctx.fillStyle = colour('surface');
  ctx.fillRect(0, 0, width, height);
  ctx.textBaseline = 'middle';
  const compared = compare === null ? '' : `, dotted: ${BEFORE[compare]}`;
  write(ctx, `600 14px ${FONT}`, colour('ink'), `${spanInWords(span)}${compared}`, MARGIN, MARGIN + 8);
  ctx.textAlign = 'right';
  write(ctx, `12px ${FONT}`, colour('ink-soft'), zoneInWords(span), width - MARGIN, MARGIN + 8);
  ctx.textAlign = 'left';
  ctx.drawImage(chart, MARGIN, MARGIN + HEAD, chart.width / scale, chart.height / scale);
  lines.forEach((line, i) => {
    const x = MARGIN + (i % columns) * ((width - 2 * MARGIN) / columns);
    drawName(ctx, line, x, below + (Math.floor(i / columns) + 0.5) * ROW);
  });
  return picture;
}

function drawName(ctx: CanvasRenderingContext2D, { trace, curve }: Line, x: number, y: number): void {
  ctx.fillStyle = tintOf(trace);
  ctx.beginPath();
  ctx.arc(x + 5, y, 5, 0, 2 * Math.PI);
  ctx.fill();
  const extent = extentOf(curve);
  const values = extent === null ? 'no values' : formatExtent(extent.low, extent.high, trace.quantity);
  write(ctx, `12px ${FONT}`, colour('ink'), `${trace.label}, ${values}`, x + 17, y);
}

function write(ctx: CanvasRenderingContext2D, font: string, ink: string, text: string, x: number, y: number): void {
  ctx.font = font;
  ctx.fillStyle = ink;
  ctx.fillText(text, x, y);
}

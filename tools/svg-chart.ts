/**
 * Curves as an SVG picture: time below, a value axis for each unit, a legend above, gaps left open. Where a point of the
 * curve stands for many, a band shows from where to where they go.
 */
import type { Curve } from './terminal-plot.js';
import { timeTicks, valueTicks, type Tick } from './ticks.js';

export interface NamedCurve extends Curve {
  name: string;
  /** '' where it has none */
  unit: string;
  /** `#rrggbb`, where somebody chose one */
  colour?: string;
  mean: (number | null)[];
  /** a silence longer than this, ms, is a gap */
  gapMs: number;
}

export interface SvgFrame {
  /** ms, both ends of the time axis */
  from: number;
  to: number;
  /** pixels */
  width: number;
  height: number;
  /** of the time axis: `Europe/Berlin` */
  zone: string;
}

export const FONT = 'DejaVu Sans';

/** Told apart by people who see colours differently, too (Okabe and Ito). */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#e69f00', '#6a3d9a', '#333333'];
const INK = '#333';
const GRID = '#e4e4e4';

const SIZE = 12;
const LEGEND_ROW = 20;
const AXIS = 58;
const BELOW = 40;
const PAD = 16;
/** pixels from one label to the next at least */
const TIME_LABEL = 90;
const VALUE_LABEL = 36;

/** A value axis, and the curves that it is for. */
interface Axis {
  unit: string;
  curves: { curve: NamedCurve; colour: string }[];
  ticks: Tick[];
  /** where it stands, px */
  x: number;
  right: boolean;
}

/** The rectangle in which the curves are. */
interface Plot {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

export function svgChart(curves: NamedCurve[], frame: SvgFrame): string {
  const shown = curves.map((curve, i) => ({ curve, colour: curve.colour ?? COLOURS[i % COLOURS.length]! }));
  const units = [...new Set(curves.map(({ unit }) => unit))];
  const legend = layOut(shown, frame.width - 2 * PAD);
  const top = PAD + LEGEND_ROW * (legend.at(-1)?.row ?? 0) + LEGEND_ROW + 8;
  const right = frame.width - (units.length > 1 ? AXIS * (units.length - 1) : PAD);
  const plot = { left: AXIS, right, top, bottom: frame.height - BELOW };
  const axes = units.map((unit, i) => axisOf(unit, shown, i, plot));
  const x = (t: number) => plot.left + ((t - frame.from) / Math.max(1, frame.to - frame.from)) * (right - plot.left);
  const parts = [
    `<rect width="${frame.width}" height="${frame.height}" fill="#fff"/>`,
    ...legend.map(({ name, colour, x, row }) => legendEntry(name, colour, x, PAD + row * LEGEND_ROW)),
    ...timeAxis(frame, plot, x),
    ...axes.flatMap((axis, i) => valueAxis(axis, plot, i === 0)),
    '<g fill="none" stroke-linejoin="round" stroke-linecap="round">',
    ...axes.flatMap((axis) => axis.curves.flatMap(({ curve, colour }) => draw(curve, colour, x, scaleOf(axis, plot)))),
    '</g>',
  ];
  const size = `width="${frame.width}" height="${frame.height}" viewBox="0 0 ${frame.width} ${frame.height}"`;
  const font = `font-family="'${FONT}', sans-serif" font-size="${SIZE}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} ${font} fill="${INK}">\n${parts.join('\n')}\n</svg>\n`;
}

function axisOf(unit: string, shown: Axis['curves'], index: number, plot: Plot): Axis {
  const curves = shown.filter(({ curve }) => curve.unit === unit);
  let [low, high] = [Infinity, -Infinity];
  for (const { curve } of curves)
    for (const [i, min] of curve.min.entries()) {
      if (min !== null) low = Math.min(low, min);
      high = Math.max(high, curve.max[i] ?? -Infinity);
    }
  if (low > high) [low, high] = [0, 1];
  const pad = high > low ? 0 : Math.max(Math.abs(high) * 0.01, 0.5);
  const ticks = valueTicks(low - pad, high + pad, Math.max(2, Math.floor((plot.bottom - plot.top) / VALUE_LABEL)));
  return { unit, curves, ticks, x: index === 0 ? plot.left : plot.right + AXIS * (index - 1), right: index > 0 };
}

function scaleOf({ ticks }: Axis, { top, bottom }: Plot): (value: number) => number {
  const [first, last] = [ticks[0]!.at, ticks.at(-1)!.at];
  return (value) => bottom - ((value - first) / (last - first)) * (bottom - top);
}

function valueAxis(axis: Axis, plot: Plot, grid: boolean): string[] {
  const y = scaleOf(axis, plot);
  const [anchor, side] = axis.right ? ['start', 6] : ['end', -6];
  // an axis of one curve has its colour
  const [only, ...others] = axis.curves;
  const fill = only !== undefined && others.length === 0 ? only.colour : INK;
  const unit = `<text x="${axis.x}" y="${plot.top - 9}" text-anchor="${anchor}" fill="${fill}">${text(axis.unit)}</text>`;
  return [
    unit,
    ...(axis.right ? [line(axis.x, plot.top, axis.x, plot.bottom, fill)] : []),
    ...axis.ticks.flatMap(({ at, label }) => [
      ...(grid ? [line(plot.left, y(at), plot.right, y(at), GRID)] : []),
      `<text x="${axis.x + side}" y="${px(y(at) + 4)}" text-anchor="${anchor}" fill="${fill}">${text(label)}</text>`,
    ]),
  ];
}

function timeAxis({ from, to, zone }: SvgFrame, plot: Plot, x: (t: number) => number): string[] {
  const most = Math.max(2, Math.floor((plot.right - plot.left) / TIME_LABEL));
  return [
    ...timeTicks(from, to, most).flatMap(({ at, label }) => [
      line(x(at), plot.top, x(at), plot.bottom, GRID),
      `<text x="${px(x(at))}" y="${plot.bottom + 16}" text-anchor="middle">${text(label)}</text>`,
    ]),
    line(plot.left, plot.bottom, plot.right, plot.bottom, INK),
    `<text x="${plot.right}" y="${plot.bottom + 33}" text-anchor="end" fill="#777">${text(zone)}</text>`,
  ];
}

/** The band from lowest to highest, and the line of the means, in pieces between the gaps. */
function draw(curve: NamedCurve, colour: string, x: (t: number) => number, y: (value: number) => number): string[] {
  const parts: string[] = [];
  for (const piece of pieces(curve)) {
    const point = (i: number, values: (number | null)[]) => `${px(x(curve.time[i]!))},${px(y(values[i]!))}`;
    const above = piece.map((i) => point(i, curve.max));
    const below = piece.map((i) => point(i, curve.min)).reverse();
    const spread = piece.some((i) => curve.max[i] !== curve.min[i]);
    if (spread) parts.push(`<path d="M${[...above, ...below].join('L')}Z" fill="${colour}" fill-opacity="0.18"/>`);
    const means = piece.map((i) => point(i, curve.mean));
    // a point between two gaps is a dot
    parts.push(
      `<path d="M${means.length === 1 ? `${means[0]}h0` : means.join('L')}" stroke="${colour}" stroke-width="1.6"/>`,
    );
  }
  return parts;
}

/** Indices of the values that belong together. */
function pieces({ time, mean, gapMs }: NamedCurve): number[][] {
  const found: number[][] = [];
  let last = -Infinity;
  for (const [i, value] of mean.entries()) {
    if (value === null) {
      last = -Infinity;
      continue;
    }
    if (time[i]! - last > gapMs) found.push([]);
    found.at(-1)!.push(i);
    last = time[i]!;
  }
  return found;
}

/** Places names in rows, as many in each as have room. */
function layOut(shown: Axis['curves'], width: number): { name: string; colour: string; x: number; row: number }[] {
  let [x, row] = [PAD, 0];
  return shown.map(({ curve: { name }, colour }) => {
    // a letter of this font is about six tenths of its size wide
    const wide = 30 + name.length * SIZE * 0.62 + 12;
    if (x > PAD && x + wide > PAD + width) [x, row] = [PAD, row + 1];
    const entry = { name, colour, x, row };
    x += wide;
    return entry;
  });
}

function legendEntry(name: string, colour: string, x: number, y: number): string {
  return `<path d="M${px(x)} ${y}h20" stroke="${colour}" stroke-width="3"/><text x="${px(x + 26)}" y="${y + 4}">${text(name)}</text>`;
}

function line(x1: number, y1: number, x2: number, y2: number, stroke: string): string {
  return `<path d="M${px(x1)} ${px(y1)}L${px(x2)} ${px(y2)}" stroke="${stroke}"/>`;
}

function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function text(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

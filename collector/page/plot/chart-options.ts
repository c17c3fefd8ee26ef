/** uPlot's options for a set of lines. Colours are functions, so that a redraw follows the reader's light or dark. */
import type uPlot from '../uplot/uPlot.esm.js';
import { timeLabels } from '../words/time.js';
import { shown, tickLabels, type Quantity } from '../words/units.js';
import type { Line } from './line.js';
import { lonely } from './lonely.js';
import { colour, dashOf, faint, tintOf } from '../palette.js';
import type { Span } from '../data/range.js';

export interface ChartHooks {
  /** what the time axis shows */
  span(): Span;
  cursor(plot: uPlot): void;
  /** draws under the curves */
  under(plot: uPlot): void;
  /** and over them */
  over(plot: uPlot): void;
  zoom(span: Span): void;
  reset(): void;
}

const HOUR = 3_600_000;
const FONT = '12px system-ui, sans-serif';
/** A drag shorter than this is a click, CSS pixels. */
const DRAG_MIN = 6;
/** How far from the cursor a value may be to be read, CSS pixels. */
const REACH = 40;
/** Distances between ticks: uPlot's own, but for 2.5 and the like, whose labels need a decimal more. */
const STEPS = Array.from({ length: 64 }, (_, i) => [1, 2, 5].map((mantissa) => Number(`${mantissa}e${i - 32}`))).flat();
const BEFORE_ALPHA = 0.6;
const BEFORE_DASH = [3, 3];

export function chartOptions(lines: Line[], size: { width: number; height: number }, hooks: ChartHooks): uPlot.Options {
  const units = [...new Map(lines.map(({ trace }) => [trace.quantity.unit, trace.quantity])).values()];
  return {
    ...size,
    ms: 1,
    padding: [12, units.length > 1 ? 0 : roomAfterTime(), 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: true, y: false, setScale: false, dist: DRAG_MIN },
      hover: { prox: REACH, skip: [undefined] },
      points: { size: 8 },
      bind: {
        // With Shift a drag moves the chart: gestures.ts.
        mousedown: (_plot, _target, select) => (event) => (event.shiftKey ? null : select(event)),
        dblclick: () => () => {
          hooks.reset();
          return null;
        },
      },
    },
    scales: {
      x: { time: true, range: () => [hooks.span().from, hooks.span().to] },
      ...Object.fromEntries(units.map((quantity) => [scaleOf(quantity), { range: rangeOf(quantity) }])),
    },
    axes: [timeAxis(), ...units.map(valueAxis)],
    series: [{}, ...lines.flatMap(seriesOf)],
    hooks: {
      drawAxes: [(plot) => hooks.under(plot)],
      draw: [(plot) => hooks.over(plot)],
      setCursor: [(plot) => hooks.cursor(plot)],
      setSelect: [(plot) => select(plot, hooks)],
    },
  };
}

function select(plot: uPlot, hooks: ChartHooks): void {
  const { left, width } = plot.select;
  if (width < DRAG_MIN) return;
  const span = { from: Math.round(plot.posToVal(left, 'x')), to: Math.round(plot.posToVal(left + width, 'x')) };
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  hooks.zoom(span);
}

function seriesOf({ trace, curve, before }: Line): uPlot.Series[] {
  const scale = scaleOf(trace.quantity);
  const made: uPlot.Series[] = [
    {
      scale,
      stroke: () => tintOf(trace),
      width: 1.75,
      dash: dashOf(trace),
      points: {
        show: true,
        size: 5,
        fill: () => tintOf(trace),
        filter: (plot, column) => lonely(plot.data[column] ?? []),
      },
    },
  ];
  // The band's ends make room on the axis; bands.ts draws them.
  const bound: uPlot.Series = { scale, paths: () => null, points: { show: false } };
  if (curve.band !== null) made.push(bound, bound);
  if (before !== null)
    made.push({
      scale,
      stroke: () => faint(tintOf(trace), BEFORE_ALPHA),
      width: 1.25,
      dash: BEFORE_DASH,
      points: { show: false },
    });
  return made;
}

function timeAxis(): uPlot.Axis {
  return {
    ...axisLook(),
    size: 46,
    space: 76,
    values: (_plot, ticks, _axis, _space, distance) => timeLabels(ticks, distance),
  };
}

/** Half of a time stands beyond the last tick. */
function roomAfterTime(): number {
  const [time = ''] = timeLabels([0], HOUR)[0]?.split('\n') ?? [];
  return Math.max(12, 4 * time.length);
}

/** The first unit stands left, the others right; only the first draws lines across. */
function valueAxis(quantity: Quantity, place: number): uPlot.Axis {
  return {
    ...axisLook(),
    scale: scaleOf(quantity),
    incrs: STEPS,
    side: place === 0 ? 3 : 1,
    size: (_plot, labels) => 18 + 7 * Math.max(2, ...(labels ?? []).map((label) => label?.length ?? 0)),
    grid: { ...axisLook().grid, show: place === 0 },
    values: (_plot, ticks, _axis, _space, distance) => {
      const labels = tickLabels(ticks, distance);
      return labels.map((label, i) => (i === labels.length - 1 ? `${label} ${quantity.unit}` : label));
    },
  };
}

function axisLook(): uPlot.Axis {
  const line = { stroke: () => colour('line'), width: 1 };
  return { font: FONT, stroke: () => colour('ink-soft'), grid: line, ticks: { ...line, size: 4 }, gap: 6 };
}

/** Room above and below the values, and never less than the quantity's own span. */
function rangeOf(quantity: Quantity): uPlot.Scale.Range {
  const least = shown(quantity.minSpan, quantity) - shown(0, quantity);
  return (_plot, min, max) => {
    if (min === null || max === null) return [0, 1];
    const missing = Math.max(0, (least || (min === max ? 1 : 0)) - (max - min));
    const room = missing / 2 + (max - min) * 0.06;
    return [min - room, max + room];
  };
}

function scaleOf({ unit }: Quantity): string {
  return `unit ${unit}`;
}

/** The chart: uPlot with one axis for each unit, a band of lowest and highest behind a mean, gaps with their reasons. */
import { part } from '../element.js';
import uPlot from '../uplot/uPlot.esm.js';
import { momentInWords, spanInWords } from '../words/time.js';
import { drawBands } from './bands.js';
import { chartOptions } from './chart-options.js';
import { gapAt } from './gaps.js';
import { listenForGestures, type Gestured } from './gestures.js';
import type { Legend } from './legend.js';
import { sampleAt, type Line } from './line.js';
import { columnsOf, plotData } from './plot-data.js';
import type { Span } from '../data/range.js';
import { drawStrip } from './strip.js';

/** So near the cursor a value belongs to where it points, CSS pixels. */
const NEAR = 8;

export interface ChartListener extends Pick<Gestured, 'preview' | 'settle'> {
  /** the reader has dragged over a span */
  zoom(span: Span): void;
  /** the reader wants the whole range back */
  reset(): void;
}

export class Chart {
  readonly #host = part('plot', HTMLElement);
  readonly #legend: Legend;
  readonly #listener: ChartListener;
  #plot: uPlot | null = null;
  /** what the plot was made for: another set of lines needs another plot */
  #shape = '';
  #lines: Line[] = [];
  #span: Span = { from: 0, to: 1 };

  constructor(legend: Legend, listener: ChartListener) {
    this.#legend = legend;
    this.#listener = listener;
  }

  open(): void {
    new ResizeObserver(() => this.#plot?.setSize(this.#size())).observe(this.#host);
    const redraw = (): void => this.#plot?.redraw(false);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
  }

  /** The drawing itself; null before the first. */
  get canvas(): HTMLCanvasElement | null {
    return this.#plot?.ctx.canvas ?? null;
  }

  /** Draws lines over a span. */
  show(lines: Line[], span: Span): void {
    this.#lines = lines;
    this.#span = span;
    const shape = lines.map(shapeOf).join('\n');
    if (this.#plot === null || shape !== this.#shape) this.#make(shape);
    else this.#plot.setData(plotData(lines));
    this.#legend.show(lines);
    this.#host.setAttribute('aria-label', `Chart of ${namesOf(lines)}, ${spanInWords(span)}`);
  }

  /** The same lines over another span: what was not asked for yet stays empty. */
  move(span: Span): void {
    this.#span = span;
    this.#plot?.setScale('x', { min: span.from, max: span.to });
  }

  #make(shape: string): void {
    this.#plot?.destroy();
    this.#shape = shape;
    const options = chartOptions(this.#lines, this.#size(), {
      span: () => this.#span,
      cursor: (plot) => this.#point(plot),
      under: (plot) => drawBands(plot, this.#lines),
      over: (plot) => drawStrip(plot, this.#lines),
      zoom: (span) => this.#listener.zoom(span),
      reset: () => this.#listener.reset(),
    });
    this.#plot = new uPlot(options, plotData(this.#lines), this.#host);
    listenForGestures(this.#plot.over, {
      span: () => this.#span,
      preview: (span) => this.#listener.preview(span),
      settle: () => this.#listener.settle(),
    });
  }

  /** Tells the legend what is under the cursor. */
  #point(plot: uPlot): void {
    const { left, idxs } = plot.cursor;
    if (left === undefined || left < 0) {
      this.#legend.rest();
      return;
    }
    const time = plot.posToVal(left, 'x');
    const timeIn = (column: number): number => plot.data[0][idxs?.[column] ?? -1] ?? Number.NaN;
    const columns = columnsOf(this.#lines);
    const under = this.#lines.map(({ curve, before, gaps }, i) => {
      const { value = 0, before: compared = null } = columns[i] ?? {};
      const gap = gapAt(gaps, time);
      const sample = sampleAt(curve, timeIn(value));
      // In a gap the nearest value is of another time, unless the gap is too short to be seen.
      const beside = sample !== null && Math.abs(plot.valToPos(sample.time, 'x') - left) > NEAR;
      return {
        sample: gap !== null && beside ? null : sample,
        gap,
        before: before === null || compared === null ? null : sampleAt(before, timeIn(compared)),
      };
    });
    this.#legend.point(momentInWords(time), under);
  }

  #size(): { width: number; height: number } {
    return { width: this.#host.clientWidth, height: this.#host.clientHeight };
  }
}

function shapeOf({ trace, curve, before }: Line): string {
  return `${trace.key} ${curve.band !== null} ${before !== null} ${trace.label} ${trace.quantity.unit} ${trace.tone} ${trace.colour}`;
}

function namesOf(lines: Line[]): string {
  return lines.length === 0 ? 'nothing' : lines.map(({ trace }) => `${trace.device} ${trace.label}`).join(', ');
}

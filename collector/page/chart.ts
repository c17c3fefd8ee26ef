/** The chart: uPlot with one axis for each unit, a band of lowest and highest behind a mean, and zoom by dragging. */
import { momentInWords, spanInWords } from './time-axis.js';
import { part } from './element.js';
import type { Legend } from './legend.js';
import { chartOptions } from './chart-options.js';
import type { Line } from './plot-data.js';
import { columnsOf, plotData } from './plot-data.js';
import type { Span } from './range.js';
import uPlot from './uplot/uPlot.esm.js';

export interface ChartListener {
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

  /** Draws lines over a span. */
  show(lines: Line[], span: Span): void {
    this.#lines = lines;
    this.#span = span;
    const shape = lines.map(({ trace, curve }) => `${trace.key} ${curve.band !== null} ${trace.label}`).join('\n');
    if (this.#plot === null || shape !== this.#shape) this.#make(shape);
    else this.#plot.setData(plotData(lines));
    this.#legend.show(lines);
    this.#host.setAttribute('aria-label', `Chart of ${namesOf(lines)}, ${spanInWords(span)}`);
  }

  #make(shape: string): void {
    this.#plot?.destroy();
    this.#shape = shape;
    const options = chartOptions(this.#lines, this.#size(), {
      span: () => this.#span,
      cursor: (plot) => this.#point(plot),
      zoom: (span) => this.#listener.zoom(span),
      reset: () => this.#listener.reset(),
    });
    this.#plot = new uPlot(options, plotData(this.#lines), this.#host);
  }

  /** Tells the legend what is under the cursor. */
  #point(plot: uPlot): void {
    const { left, idxs } = plot.cursor;
    if (left === undefined || left < 0) {
      this.#legend.rest();
      return;
    }
    const under = columnsOf(this.#lines).map(({ value, banded }) => {
      const at = (column: number): number | null => plot.data[column]?.[idxs?.[value] ?? -1] ?? null;
      return { value: at(value), min: banded ? at(value + 1) : null, max: banded ? at(value + 2) : null };
    });
    this.#legend.point(momentInWords(plot.posToVal(left, 'x')), under);
  }

  #size(): { width: number; height: number } {
    return { width: this.#host.clientWidth, height: this.#host.clientHeight };
  }
}

function namesOf(lines: Line[]): string {
  return lines.length === 0 ? 'nothing' : lines.map(({ trace }) => `${trace.device} ${trace.label}`).join(', ');
}

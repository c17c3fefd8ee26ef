/** The chart with its controls: which span, which curves, when to ask for them again. */
import type { PointShape } from '../../firmware/protocol/rest.js';
import type { Api } from './api.js';
import { ApiError } from './api.js';
import { Chart } from './chart.js';
import { listenForKeys } from './chart-keys.js';
import { part } from './element.js';
import { History } from './history.js';
import { Legend } from './legend.js';
import type { Span } from './range.js';
import { pan, presetSpan, zoom } from './range.js';
import { RangePicker } from './range-picker.js';
import type { Trace } from './trace.js';
import type { ViewState } from './view-state.js';

/** Buckets that new points fall into are asked for again, but not more often than this. */
const RELOAD_MS = 2_000;

export class Panel {
  readonly #api: Api;
  readonly #state: ViewState;
  readonly #history: History;
  readonly #chart: Chart;
  readonly #picker: RangePicker;
  readonly #host = part('plot', HTMLElement);
  #traces: Trace[] = [];
  #oldest: number | null = null;
  #loaded = 0;
  /** what is drawn isn't what the collector has */
  #stale = false;

  constructor(api: Api, state: ViewState) {
    this.#api = api;
    this.#state = state;
    this.#history = new History(api);
    const reset = (): void => state.go({ zoom: null });
    const step = (part: number): void => state.go({ zoom: pan(this.#span(), part) });
    this.#chart = new Chart(new Legend(part('legend', HTMLElement), part('moment', HTMLElement)), {
      zoom: (span) => state.go({ zoom: span }),
      reset,
    });
    this.#picker = new RangePicker({
      range: (range) => state.go({ range, zoom: null }),
      span: (span) => state.go({ zoom: span }),
      pan: step,
      reset,
    });
    listenForKeys(this.#host, { pan: step, zoom: (factor) => state.go({ zoom: zoom(this.#span(), factor) }), reset });
  }

  open(): void {
    this.#chart.open();
    this.#picker.open();
  }

  /** Shows these traces over the span that the view asks for. */
  async show(traces: Trace[]): Promise<void> {
    this.#traces = traces;
    part('plot-none', HTMLElement).hidden = traces.length > 0;
    this.#host.ariaBusy = 'true';
    try {
      if (this.#state.view.range === 'all') this.#oldest = await this.#oldestOf(traces);
      const span = this.#span();
      this.#loaded = Date.now();
      if (!(await this.#history.load(traces, span))) return;
      this.#stale = false;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#stale = true;
    }
    this.#host.ariaBusy = 'false';
    this.draw();
  }

  /** Takes a live point; `draw` shows it. */
  apply(point: PointShape): void {
    if (this.#history.apply(point) === 'stale') this.#stale = true;
  }

  /** Points of these series have changed behind our back. */
  changed(series: Set<number>): void {
    if (this.#traces.some((trace) => series.has(trace.series))) this.#stale = true;
  }

  /** Draws what there is, and asks again where that is due. */
  draw(): void {
    const span = this.#span();
    this.#picker.show(this.#state.view, span);
    const lines = this.#traces.flatMap((trace) => {
      const curve = this.#history.curve(trace.key);
      return curve === undefined ? [] : [{ trace, curve }];
    });
    this.#chart.show(lines, span);
    const age = Date.now() - this.#loaded;
    const moved = this.#state.view.zoom === null && age > (this.#history.step ?? Infinity);
    if ((this.#stale && age > RELOAD_MS) || moved) void this.show(this.#traces);
  }

  #span(): Span {
    const { range, zoom } = this.#state.view;
    return zoom ?? presetSpan(range, Date.now(), this.#oldest);
  }

  async #oldestOf(traces: Trace[]): Promise<number | null> {
    const series = [...new Set(traces.map((trace) => trace.series))];
    const times = (await Promise.all(series.map((id) => this.#api.oldest(id)))).filter((time) => time !== null);
    return times.length === 0 ? null : Math.min(...times);
  }
}

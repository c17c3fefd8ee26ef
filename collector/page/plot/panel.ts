/** The chart with its controls: which span, which curves, when to ask for them again. */
import type { PointShape } from '../../../firmware/protocol/rest.js';
import type { Api } from '../data/api.js';
import { ApiError } from '../data/api.js';
import type { Clock } from '../data/clock.js';
import { shiftOf } from '../data/comparison.js';
import { History } from '../data/history.js';
import type { Inventory } from '../data/inventory.js';
import type { Span } from '../data/range.js';
import { pan, presetSpan, zoom } from '../data/range.js';
import type { Trace } from '../data/trace.js';
import { part } from '../element.js';
import type { ViewState } from '../view-state.js';
import { listenForKeys } from './chart-keys.js';
import { Chart } from './chart.js';
import { gapsOf } from './gaps.js';
import { Legend } from './legend.js';
import type { Line } from './line.js';
import { RangePicker } from './range-picker.js';
import { Takeaway } from './takeaway.js';

/** Buckets that new points fall into are asked for again, but not more often than this. */
const RELOAD_MS = 2_000;

export class Panel {
  readonly #api: Api;
  readonly #clock: Clock;
  readonly #state: ViewState;
  readonly #inventory: Inventory;
  readonly #history: History;
  readonly #chart: Chart;
  readonly #picker: RangePicker;
  readonly #takeaway: Takeaway;
  readonly #host = part('plot', HTMLElement);
  #traces: Trace[] = [];
  #lines: Line[] = [];
  #oldest: number | null = null;
  #loaded = 0;
  /** what is drawn isn't what the collector has */
  #stale = false;
  /** while a gesture goes on */
  #preview: Span | null = null;

  constructor(api: Api, clock: Clock, state: ViewState, inventory: Inventory) {
    this.#api = api;
    this.#clock = clock;
    this.#state = state;
    this.#inventory = inventory;
    this.#history = new History(api);
    const reset = (): void => state.go({ zoom: null });
    const step = (part: number): void => state.go({ zoom: pan(this.#span(), part) });
    this.#chart = new Chart(new Legend(part('legend', HTMLElement), part('moment', HTMLElement)), {
      zoom: (span) => state.go({ zoom: span }),
      preview: (span) => this.#glide(span),
      settle: () => this.#settle(),
      reset,
    });
    this.#picker = new RangePicker({
      range: (range) => state.go({ range, zoom: null }),
      span: (span) => state.glide(span),
      compare: (comparison) => state.compare(comparison),
      pan: step,
      reset,
    });
    this.#takeaway = new Takeaway(() => {
      const { compare } = state.view;
      return { lines: this.#lines, span: this.#span(), compare, canvas: this.#chart.canvas };
    });
    listenForKeys(this.#host, { pan: step, zoom: (factor) => state.go({ zoom: zoom(this.#span(), factor) }), reset });
  }

  open(): void {
    this.#chart.open();
    this.#picker.open();
    this.#takeaway.open();
  }

  /** Shows these traces over the span that the view asks for. */
  async show(traces: Trace[]): Promise<void> {
    this.#traces = traces;
    part('plot-none', HTMLElement).hidden = traces.length > 0;
    this.#host.ariaBusy = 'true';
    try {
      const { range, compare } = this.#state.view;
      if (range === 'all') this.#oldest = await this.#oldestOf(traces);
      const span = this.#span();
      this.#loaded = Date.now();
      const shift = compare === null ? null : shiftOf(compare, span);
      if (!(await this.#history.load(traces, span, shift))) return;
      this.#stale = this.#history.behind;
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
    if (this.#preview !== null) return;
    const span = this.#span();
    this.#picker.show(this.#state.view, span);
    this.#lines = this.#traces.flatMap((trace) => this.#lineOf(trace, span));
    this.#takeaway.show(this.#lines.length > 0);
    this.#chart.show(this.#lines, span);
    const age = Date.now() - this.#loaded;
    const moved = this.#state.view.zoom === null && age > (this.#history.step ?? Infinity);
    if ((this.#stale && age > RELOAD_MS) || moved) void this.show(this.#traces);
  }

  #lineOf(trace: Trace, span: Span): Line[] {
    const pair = this.#history.of(trace.key);
    if (pair === undefined) return [];
    const losses = (this.#inventory.infos.get(trace.deviceId)?.ledger ?? []).flatMap((log) => log.losses ?? []);
    const newest = Math.max(trace.newest?.time ?? 0, trace.fault ?? 0) || null;
    return [
      {
        trace,
        ...pair,
        gaps: gapsOf(pair.curve, { span, now: this.#clock.now(), losses, newest, every: trace.every }),
      },
    ];
  }

  #glide(span: Span): void {
    this.#preview = span;
    this.#chart.move(span);
    this.#picker.show({ ...this.#state.view, zoom: span }, span);
  }

  #settle(): void {
    const span = this.#preview;
    this.#preview = null;
    if (span !== null) this.#state.glide(span);
  }

  #span(): Span {
    const { range, zoom } = this.#state.view;
    return this.#preview ?? zoom ?? presetSpan(range, this.#clock.now(), this.#oldest);
  }

  async #oldestOf(traces: Trace[]): Promise<number | null> {
    const series = [...new Set(traces.map((trace) => trace.series))];
    const times = (await Promise.all(series.map((id) => this.#api.oldest(id)))).filter((time) => time !== null);
    return times.length === 0 ? null : Math.min(...times);
  }
}

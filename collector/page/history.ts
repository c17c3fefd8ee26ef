/** The curves of the chosen traces over the shown span: asked for once, then kept up to date by live points. */
import type { PointShape } from '../../firmware/protocol/rest.js';
import type { Api } from './api.js';
import type { Curve } from './curve.js';
import { insert } from './curve.js';
import type { Span } from './range.js';
import { isShort, RAW_MAX, stepFor, wholeBuckets } from './resolution.js';
import type { Trace } from './trace.js';
import { traceKey } from './trace.js';

/** What became of a live point: drawn, to be asked for again (it is in a bucket or too much), or of no curve here. */
export type Taken = 'drawn' | 'stale' | 'other';

export class History {
  readonly #api: Api;
  #curves = new Map<string, Curve>();
  #asked = 0;

  constructor(api: Api) {
    this.#api = api;
  }

  curve(key: string): Curve | undefined {
    return this.#curves.get(key);
  }

  /** The bucket length of the coarsest curve, ms; null when all are as stored. */
  get step(): number | null {
    const steps = [...this.#curves.values()].flatMap(({ band }) => (band === null ? [] : [band.step]));
    return steps.length === 0 ? null : Math.max(...steps);
  }

  /** Asks for the curves of a span; false when a later call has overtaken this one and nothing was changed. */
  async load(traces: Trace[], span: Span): Promise<boolean> {
    const asked = ++this.#asked;
    const curves = await Promise.all(traces.map((trace) => this.#ask(trace, span)));
    if (asked !== this.#asked) return false;
    this.#curves = new Map(traces.map(({ key }, i) => [key, curves[i] ?? { time: [], value: [], band: null }]));
    return true;
  }

  /** Takes a live point into the curves it belongs to. */
  apply(point: PointShape): Taken {
    let taken: Taken = 'other';
    for (const [field, value] of Object.entries(point.fields)) {
      const curve = this.#curves.get(traceKey(point.series_id, field));
      if (curve === undefined || (typeof value !== 'number' && value !== null)) continue;
      if (curve.band !== null || curve.time.length >= RAW_MAX) return 'stale';
      insert(curve, Date.parse(point.timestamp), value);
      taken = 'drawn';
    }
    return taken;
  }

  async #ask({ series, field }: Trace, span: Span): Promise<Curve> {
    if (isShort(span)) {
      const { time, fields } = await this.#api.raw(series, field, span, RAW_MAX + 1);
      if (time.length <= RAW_MAX) return { time, value: column(fields[field], time), band: null };
    }
    const step = stepFor(span);
    const whole = wholeBuckets(span, step);
    const { time, fields } = await this.#api.buckets(series, whole.span, whole.buckets, ['mean', 'min', 'max'], field);
    const { mean, min, max } = fields[field] ?? {};
    return {
      time: time.map((start) => start + step / 2),
      value: column(mean, time),
      band: { min: column(min, time), max: column(max, time), step },
    };
  }
}

/** A column as long as the times: what isn't a number, or isn't there, can't be drawn. */
function column(values: unknown[] | undefined, time: number[]): (number | null)[] {
  return time.map((_, i) => {
    const value = values?.[i];
    return typeof value === 'number' ? value : null;
  });
}

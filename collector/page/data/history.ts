/**
 * The curves of the chosen traces over the shown span, and over an earlier one where they are compared: asked for once,
 * then kept up to date by live points.
 */
import type { PointShape } from '../../../firmware/protocol/rest.js';
import { isListable, type Api } from './api.js';
import type { Curve } from './curve.js';
import { emptyCurve, insert, shifted } from './curve.js';
import { Faults } from './faults.js';
import type { Span } from './range.js';
import { isShort, rawMax, stepFor, wholeBuckets } from './resolution.js';
import type { Trace } from './trace.js';
import { traceKey } from './trace.js';

/** What became of a live point: drawn, to be asked for again (it is in a bucket or too much), or of no curve here. */
export type Taken = 'drawn' | 'stale' | 'other';

interface Pair {
  curve: Curve;
  before: Curve | null;
}

export class History {
  readonly #api: Api;
  readonly #faults: Faults;
  #pairs = new Map<string, Pair>();
  #limit = 0;
  #asked = 0;
  /** live points since an asking began, whose answers may be older; null while none is under way */
  #meanwhile: PointShape[] | null = null;
  /** the answers lack a live point that came meanwhile and that only asking again brings */
  behind = false;

  constructor(api: Api) {
    this.#api = api;
    this.#faults = new Faults(api);
  }

  /** The curve, and the earlier one moved to its times. */
  of(key: string): Pair | undefined {
    return this.#pairs.get(key);
  }

  /** The bucket length of the coarsest curve, ms; null when all are as stored. */
  get step(): number | null {
    const steps = [...this.#pairs.values()].flatMap(({ curve: { band } }) => (band === null ? [] : [band.step]));
    return steps.length === 0 ? null : Math.max(...steps);
  }

  /**
   * Asks for the curves of a span; false when a later call has overtaken this one and nothing was changed.
   * @param shift how much earlier the span is that they are compared with, ms; null without
   */
  async load(traces: Trace[], span: Span, shift: number | null): Promise<boolean> {
    const asked = ++this.#asked;
    this.#meanwhile = [];
    const limit = rawMax(traces.length * (shift === null ? 1 : 2));
    const pairs = await Promise.all(
      traces.map(async (trace): Promise<[string, Pair]> => {
        const [curve, before] = await Promise.all([
          this.#ask(trace, span, limit),
          shift === null ? null : this.#ask(trace, { from: span.from - shift, to: span.to - shift }, limit),
        ]);
        return [trace.key, { curve, before: before === null || shift === null ? null : shifted(before, shift) }];
      }),
    );
    if (asked !== this.#asked) return false;
    this.#pairs = new Map(pairs);
    this.#limit = limit;
    this.behind = (this.#meanwhile ?? []).some((point) => this.#take(point) === 'stale');
    this.#meanwhile = null;
    return true;
  }

  /** Takes a live point into the curves it belongs to. */
  apply(point: PointShape): Taken {
    this.#meanwhile?.push(point);
    return this.#take(point);
  }

  #take(point: PointShape): Taken {
    let taken: Taken = 'other';
    for (const [field, value] of Object.entries(point.fields)) {
      const curve = this.#pairs.get(traceKey(point.series_id, field))?.curve;
      if (curve === undefined || (typeof value !== 'number' && value !== null)) continue;
      if (curve.band !== null || curve.time.length >= this.#limit) return 'stale';
      const time = Date.parse(point.timestamp);
      insert(curve, time, value);
      if (point.estimated === true) curve.guessed.add(time);
      taken = 'drawn';
    }
    return taken;
  }

  async #ask(trace: Trace, asked: Span, limit: number): Promise<Curve> {
    const { series, field } = trace;
    const span = { from: Math.max(0, asked.from), to: Math.max(0, asked.to) };
    if (span.to === 0) return emptyCurve();
    if (isShort(span) && isListable(field)) {
      const { time, fields, estimated = [] } = await this.#api.raw(series, field, span, limit + 1);
      const guessed = new Set(estimated.map((i) => time[i] ?? 0));
      if (time.length <= limit) return { time, value: numbers(fields[field], time), band: null, guessed };
    }
    const step = stepFor(span);
    const whole = wholeBuckets(span, step);
    const { time, fields } = await this.#api.buckets(series, whole.span, whole.buckets, ['mean', 'min', 'max'], field);
    const { mean = [], min = [], max = [] } = fields[field] ?? {};
    // others may be in the answer, with buckets that this one has no value in
    const own = [...time.keys()].filter((i) => typeof mean[i] === 'number');
    const column = (values: (number | null)[]): (number | null)[] => own.map((i) => values[i] ?? null);
    const curve: Curve = {
      time: own.map((i) => (time[i] ?? 0) + step / 2),
      value: column(mean),
      band: { min: column(min), max: column(max), step },
      guessed: new Set(),
    };
    await this.#faults.mark(trace, curve);
    return curve;
  }
}

/** A column as long as the times: what isn't a number, or isn't there, can't be drawn. */
function numbers(values: unknown[] | undefined, time: number[]): (number | null)[] {
  return time.map((_, i) => {
    const value = values?.[i];
    return typeof value === 'number' ? value : null;
  });
}

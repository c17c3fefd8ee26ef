/**
 * Tells a probe's fault from nothing at all where values come in buckets: buckets leave both out. So the collector is asked
 * for the first and the last reading in each empty stretch; there is one only if its value is null.
 */
import { isListable, type Api } from './api.js';
import { firstNotBefore, missing, type Curve, type Stretch } from './curve.js';
import type { Span } from './range.js';
import type { Trace } from './trace.js';

/** The longest stretches of a curve are looked into; a stretch that was is remembered. */
const STRETCHES_MAX = 8;
const KNOWN_MAX = 2000;

export class Faults {
  readonly #api: Api;
  readonly #known = new Map<string, Promise<Span | null>>();

  constructor(api: Api) {
    this.#api = api;
  }

  /** Puts a null where such readings begin and one where they end. */
  async mark(trace: Trace, curve: Curve): Promise<void> {
    const { band } = curve;
    if (band === null || !isListable(trace.field)) return;
    const longest = missing(curve)
      .toSorted((a, b) => b.to - b.from - (a.to - a.from))
      .slice(0, STRETCHES_MAX);
    const faults = await Promise.all(longest.map((stretch) => this.#within(trace, stretch, band.step)));
    for (const fault of faults) {
      if (fault === null) continue;
      for (const time of new Set([fault.from, fault.to])) {
        const at = firstNotBefore(curve.time, time);
        curve.time.splice(at, 0, time);
        for (const column of [curve.value, band.min, band.max]) column.splice(at, 0, null);
      }
    }
  }

  /** Times of a curve are the middles of its buckets. */
  #within({ key, series, field }: Trace, { from, to }: Stretch, step: number): Promise<Span | null> {
    const name = `${key} ${from} ${to}`;
    const known = this.#known.get(name) ?? this.#ask(series, field, { from: from + step / 2, to: to - step / 2 - 1 });
    if (this.#known.size >= KNOWN_MAX) this.#known.clear();
    this.#known.set(name, known);
    known.catch(() => this.#known.delete(name));
    return known;
  }

  async #ask(series: number, field: string, inside: Span): Promise<Span | null> {
    const ends = await Promise.all(
      (['asc', 'desc'] as const).map((order) => this.#api.raw(series, field, inside, 1, order)),
    );
    const [first, last] = ends.map(({ time }) => time[0] ?? null);
    return first === undefined || first === null ? null : { from: first, to: last ?? first };
  }
}

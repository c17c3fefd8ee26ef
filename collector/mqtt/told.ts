import type { Json } from '../../firmware/protocol/json.js';
import { isFieldName } from '../../firmware/protocol/limits.js';
import { withStep } from '../store/rhythm.js';
import type { Point } from '../store/store.js';
import type { Described } from './discovery.js';

/** Entities of one series. */
const FIELDS_MAX = 64;

/** How long what is known of a series is good for while nothing says otherwise, ms. */
const KNOWN_MS = 10_000;

export type Newest = Pick<Point, 'time' | 'fields'>;

/** What is known, and has been told, of a series. */
export class Told {
  readonly fields = new Set<string>();
  /** between its points, ms; of one that no device fills */
  steps: readonly number[] = [];
  /** the newest point that came; null: to be looked up */
  newest: Newest | null = null;
  /** when it is too old to stay on its topic, ms */
  expires = Number.POSITIVE_INFINITY;
  /** time of the point that is there, ms */
  sent = Number.NEGATIVE_INFINITY;
  topics: ReadonlySet<string> = new Set();
  stateTopic: string | null = null;
  #described: Described | null = null;
  /** by the process's own clock, ms */
  #until = 0;

  /** What it was described as; null where that has to be looked up. */
  get described(): Described | null {
    return performance.now() < this.#until ? this.#described : null;
  }

  /** Looks it up; what changes meanwhile is looked up next time. */
  async describe(look: () => Promise<Described>): Promise<Described> {
    this.#until = performance.now() + KNOWN_MS;
    this.#described = null;
    return (this.#described = await look());
  }

  /** Its name or its calibration may be another one now. */
  renew(): void {
    this.newest = null;
    this.#until = 0;
  }

  /** A point; of one that is `ahead` of its time only what it is made of counts: what comes later must not look older. */
  learn(point: Newest, ahead: boolean): void {
    if (!ahead) {
      if (this.newest !== null) this.steps = withStep(this.steps, point.time - this.newest.time);
      this.newest = { time: point.time, fields: point.fields };
    }
    for (const [field, value] of Object.entries(point.fields)) {
      if (this.fields.has(field) || this.fields.size === FIELDS_MAX || !isMeasured(value) || !isFieldName(field))
        continue;
      this.fields.add(field);
      this.#until = 0;
    }
  }
}

/** A gap is one of a number. */
function isMeasured(value: Json): boolean {
  return typeof value === 'number' || value === null;
}

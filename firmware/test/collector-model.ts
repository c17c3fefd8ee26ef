/** A collector that keeps to protocol.md §3, in plain memory. */
import type { Batch } from '../protocol/batch.js';
import type { Answer } from '../protocol/reply.js';

/** The one that its devices have. */
export const SENSOR = '28-0000000000aa';

/** Offsets, the ledger and the points of one device, as protocol.md §3 has them. */
export class Collector {
  /** in order of storage; a reading is known by its value */
  readonly stored: number[] = [];
  lost = 0;
  /** what was overrun before the first batch came */
  before = 0;
  readonly #next = new Map<string, number>();

  apply({ log, first, oldest, time, sensors }: Batch, now: number): Answer {
    if (!this.#next.has(log)) this.before += oldest;
    const known = this.#next.get(log) ?? oldest;
    if (first > known && oldest < first) return { status: 409, body: { log, next: Math.max(known, oldest), now } };
    const lost = Math.max(0, first - known);
    this.lost += lost;
    let next = known + lost;
    const fresh = time.flatMap((_, i) => (first + i >= next ? [sensors[SENSOR]!['temp_C']![i]!] : []));
    next = Math.max(next, first + time.length);
    this.#next.set(log, next);
    this.stored.push(...fresh);
    return { status: fresh.length > 0 ? 201 : 200, body: { log, next, stored: fresh.length, lost, now } };
  }
}

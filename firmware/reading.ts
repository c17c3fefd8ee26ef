import type { ClockKind } from './protocol/batch.js';

/** A moment on the clock that was known then: `unix` or `uptime`, in ms. */
export interface Stamp {
  time: number;
  clock: ClockKind;
}

/** One sampling cycle: a time, and a value for every field of every sensor, null where the probe gave none. */
export interface Reading extends Stamp {
  sensors: Record<string, Record<string, number | null>>;
}

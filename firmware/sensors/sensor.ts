import type { Reading } from '../reading.js';

/** sensor → field → value */
export type Values = Reading['sensors'];

/** Something that is sampled once a period. Never throws out of `sample`: a failed sample is null. */
export interface Sensor {
  /** Samples and hands over what it has; calls back exactly once, later or at once. */
  sample(done: (values: Values) => void): void;
  /** All that it is known to give, with nulls for values: what a sample that never ends comes to. */
  blank(): Values;
  close(): void;
}

import type { Rows } from './rows.js';

/** Points of one series whose numbers follow one another. */
export interface Portion {
  readonly length: number;
  /** the least and the latest time of all its points, ms */
  readonly oldest: number;
  readonly newest: number;
  /** Rows `from` up to `to` in storage order; by time only while that ascends. */
  stored(from: number, to: number): Rows;
  /** The points of a window by (time, id). */
  sorted(from: number, to: number): Rows;
  /** The plain points at exactly this time, each as a single row, oldest first; others may be among them. */
  plainAt(time: number): Rows[];
}

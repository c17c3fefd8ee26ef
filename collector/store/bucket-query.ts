/** A window in equal parts: what is asked, and what is answered. */

export const AGGREGATES = ['mean', 'min', 'max', 'first', 'last', 'count'] as const;
export type Aggregate = (typeof AGGREGATES)[number];

/** A window to be summed up in equal parts. */
export interface BucketQuery {
  /** both ends inclusive, ms */
  from: number;
  to: number;
  /** how many equal parts */
  buckets: number;
  aggregates: readonly Aggregate[];
  /** only these; all when absent */
  fields?: readonly string[];
  /** as stored, without the series' calibration */
  raw?: boolean;
}

/**
 * Buckets in which at least one field has a number. Where a field has none, `count` is 0 and every other aggregate null.
 * Only numbers are counted: neither null nor text. A mean is null, too, where the sum is beyond what a number can hold
 * (1.8e308).
 */
export interface Buckets {
  /** where each begins, ms */
  time: number[];
  fields: Record<string, Partial<Record<Aggregate, (number | null)[]>>>;
}

/** Buckets as anyone would make them who had time: each by looking through all points. */
import { expect } from 'vitest';
import type { Aggregate, BucketQuery, Buckets } from '../../store/store.js';
import type { Seen } from './uploads.js';

const OF: Record<Aggregate, (numbers: number[]) => number | null> = {
  count: (numbers) => numbers.length,
  mean: (numbers) => (numbers.length === 0 ? null : numbers.reduce((a, b) => a + b) / numbers.length),
  min: (numbers) => (numbers.length === 0 ? null : Math.min(...numbers)),
  max: (numbers) => (numbers.length === 0 ? null : Math.max(...numbers)),
  first: (numbers) => numbers[0] ?? null,
  last: (numbers) => numbers.at(-1) ?? null,
};

/** `points`: those of the window, by (time, id). */
export function naiveBuckets(points: Seen[], { from, to, buckets, aggregates, fields }: BucketQuery): Buckets {
  const names = new Set<string>();
  for (const [, , values] of points)
    for (const [name, value] of Object.entries(values))
      if (typeof value === 'number' && (fields?.includes(name) ?? true)) names.add(name);
  const answer: Buckets = { time: [], fields: {} };
  for (const name of names) answer.fields[name] = Object.fromEntries(aggregates.map((of) => [of, []]));
  for (let bucket = 0; bucket < buckets; bucket++) {
    const inside = points.filter(
      ([, time]) => Math.min(buckets - 1, Math.floor(((time - from) * buckets) / (to - from)) || 0) === bucket,
    );
    const numbers = (name: string) => inside.map(([, , f]) => f[name]).filter((value) => typeof value === 'number');
    if ([...names].every((name) => numbers(name).length === 0)) continue;
    answer.time.push(from + Math.floor((bucket * (to - from)) / buckets));
    for (const name of names) for (const of of aggregates) answer.fields[name]![of]!.push(OF[of](numbers(name)));
  }
  return answer;
}

/** The same but for the last bits of means, which depend on the order in which numbers were added. */
export function expectSameBuckets(actual: Buckets, expected: Buckets): void {
  for (const [name, { mean }] of Object.entries(expected.fields)) {
    const means = actual.fields[name]?.mean ?? [];
    for (const [i, value] of (mean ?? []).entries())
      if (value !== null && Math.abs(means[i]! - value) <= 1e-12 * Math.abs(value)) means[i] = value;
  }
  expect(actual).toEqual(expected);
}

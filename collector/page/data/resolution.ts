/**
 * How finely a span is asked for. The page never asks for more than `RAW_MAX` points of a trace, and for fewer when there
 * are many: a short span comes as it was stored, a longer one (or one with more points than that) as mean, min and max of
 * buckets. Bucket lengths are
 * round and buckets begin at multiples of them, so that a curve doesn't shimmer while its span moves on. Beyond three hours
 * they are whole days: half a day's mean would draw day and night as a saw.
 */
import type { Span } from './range.js';

/** The most points of a trace that are drawn as they were stored. */
export const RAW_MAX = 2000;
/** Of all traces together: their times differ, so each costs the others a row. */
const RAW_TOTAL = 12_000;

const BUCKETS_MAX = 800;
const S = 1000;
const MIN = 60 * S;
const H = 60 * MIN;
const D = 24 * H;

const RAW_SPAN_MAX = 36 * H;
// prettier-ignore
const STEPS = [
  S, 2 * S, 5 * S, 10 * S, 15 * S, 30 * S, MIN, 2 * MIN, 5 * MIN, 10 * MIN, 15 * MIN, 20 * MIN, 30 * MIN,
  H, 2 * H, 3 * H, D, 2 * D, 5 * D, 10 * D, 20 * D, 50 * D, 100 * D,
];

/** Whether a span may be short enough to be asked for as it was stored. */
export function isShort({ from, to }: Span): boolean {
  return to - from <= RAW_SPAN_MAX;
}

/** The length of a bucket for a span, ms. */
export function stepFor({ from, to }: Span): number {
  const exact = (to - from) / BUCKETS_MAX;
  return STEPS.find((step) => step >= exact) ?? 100 * D;
}

/** A span widened to whole buckets, and how many those are. */
export function wholeBuckets({ from, to }: Span, step: number): { span: Span; buckets: number } {
  const first = Math.floor(from / step);
  const end = Math.floor(to / step) + 1;
  return { span: { from: first * step, to: end * step }, buckets: end - first };
}

/** How many points of each of so many curves are drawn as they were stored. */
export function rawMax(curves: number): number {
  return Math.min(RAW_MAX, Math.floor(RAW_TOTAL / Math.max(1, curves)));
}

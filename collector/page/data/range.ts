/** Spans of time: the ones a reader can pick, and how they move. Times in ms since 1970. */

/** Both ends inclusive. */
export interface Span {
  from: number;
  to: number;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The ranges that end now, in the order they are offered; `all` begins with the oldest point. */
export const PRESETS = ['day', 'week', 'month', 'year', 'all'] as const;
export type Preset = (typeof PRESETS)[number];

const LENGTH: Record<Exclude<Preset, 'all'>, number> = { day: DAY, week: 7 * DAY, month: 30 * DAY, year: 365 * DAY };

const SHORTEST = 10_000;
const LONGEST = 200 * 365 * DAY;

/** The span of a preset. @param oldest the time of the oldest point, null when there is none */
export function presetSpan(preset: Preset, now: number, oldest: number | null): Span {
  if (preset !== 'all') return { from: now - LENGTH[preset], to: now };
  return { from: Math.min(oldest ?? now - DAY, now - HOUR), to: now };
}

/** Moves a span by a part of its own length; positive is later. */
export function pan({ from, to }: Span, part: number): Span {
  const shift = Math.max(-from, Math.round((to - from) * part));
  return { from: from + shift, to: to + shift };
}

/** Makes a span `factor` times as long; what is at `at` (a part of the span, the middle by default) stays there. */
export function zoom({ from, to }: Span, factor: number, at = 0.5): Span {
  const length = Math.min(Math.max((to - from) * factor, SHORTEST), LONGEST);
  const start = Math.max(0, Math.round(from + (to - from - length) * at));
  return { from: start, to: start + Math.round(length) };
}

/** Two fingers at two parts of the width hold two times: the span in which both are where the fingers are now. */
export function pinch(times: [number, number], parts: [number, number], before: Span): Span {
  const length = (times[1] - times[0]) / (parts[1] - parts[0]);
  const from = times[0] - parts[0] * length;
  const span = { from: Math.round(from), to: Math.round(from + length) };
  return isSpan(span) ? span : before;
}

/** Whether a span from outside (a link, two input fields) can be shown. */
export function isSpan({ from, to }: Span): boolean {
  return Number.isFinite(from) && Number.isFinite(to) && from >= 0 && to - from >= SHORTEST && to - from <= LONGEST;
}

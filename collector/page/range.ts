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
export function pan(span: Span, part: number): Span {
  const shift = Math.round((span.to - span.from) * part);
  return { from: span.from + shift, to: span.to + shift };
}

/** Makes a span `factor` times as long around its middle. */
export function zoom({ from, to }: Span, factor: number): Span {
  const middle = (from + to) / 2;
  const length = Math.min(Math.max((to - from) * factor, SHORTEST), LONGEST);
  return { from: Math.round(middle - length / 2), to: Math.round(middle + length / 2) };
}

/** Whether a span from outside (a link, two input fields) can be shown. */
export function isSpan({ from, to }: Span): boolean {
  return Number.isFinite(from) && Number.isFinite(to) && from >= 0 && to - from >= SHORTEST && to - from <= LONGEST;
}

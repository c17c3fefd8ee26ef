/** Where a value is heading: how it compares with an hour ago. */
import type { Day } from '../data/day.js';
import type { Newest } from '../data/trace.js';

export type Trend = 'rising' | 'rising fast' | 'steady' | 'falling' | 'falling fast';

export const ARROWS: Record<Trend, string> = {
  'rising fast': '↑',
  rising: '↗',
  steady: '→',
  falling: '↘',
  'falling fast': '↓',
};

const HOUR = 3_600_000;
/** How far from an hour ago the value to compare with may be. */
const TOLERANCE = HOUR / 2;
/** An hour's change is seen from this part of the quantity's own span on, and is fast from that on. */
const SEEN = 0.15;
const FAST = 1;

/** null where there is nothing to compare with. @param minSpan what a chart of the quantity shows at least */
export function trendOf({ time, value }: Newest, day: Day | null, minSpan: number): Trend | null {
  const before = day === null ? null : near(day, time - HOUR);
  if (before === null) return null;
  const change = value - before;
  const unit = minSpan || Math.abs(before) / 10 || 1;
  if (Math.abs(change) < SEEN * unit) return 'steady';
  const fast = Math.abs(change) >= FAST * unit;
  if (change > 0) return fast ? 'rising fast' : 'rising';
  return fast ? 'falling fast' : 'falling';
}

/** The mean around a time; null when there is none. */
function near({ time, mean, step }: Day, wanted: number): number | null {
  let best: number | null = null;
  let nearest = TOLERANCE;
  time.forEach((start, i) => {
    const distance = Math.abs(start + step / 2 - wanted);
    const value = mean[i] ?? null;
    if (value !== null && distance <= nearest) [best, nearest] = [value, distance];
  });
  return best;
}

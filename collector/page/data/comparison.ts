/** The same time a day, a week or a year before. */
import type { Span } from './range.js';

export const COMPARISONS = ['day', 'week', 'year'] as const;
export type Comparison = (typeof COMPARISONS)[number];

export const BEFORE: Record<Comparison, string> = { day: 'a day before', week: 'a week before', year: 'a year before' };

/** How much earlier the compared time is, ms. By the reader's calendar: eight o'clock is compared with eight o'clock. */
export function shiftOf(comparison: Comparison, { to }: Span): number {
  const then = new Date(to);
  if (comparison === 'year') then.setFullYear(then.getFullYear() - 1);
  else then.setDate(then.getDate() - (comparison === 'week' ? 7 : 1));
  return to - then.getTime();
}

/** A device's ledger in words: what became of its readings. */
import type { Ledger } from '../../../firmware/protocol/rest.js';
import { countOf } from './count.js';

export interface Account {
  text: string;
  /** something was lost or set aside */
  attention: boolean;
}

type Log = Pick<Ledger, 'stored' | 'lost' | 'quarantined' | 'losses'>;

/** The days that the account sums up. */
export const WEEK_MS = 7 * 86_400_000;

/**
 * All of a device's logs together: `100 % of 10,080 readings this week; 3 lost on 12 March, buffer full`. The ledger counts
 * without days, so what was stored this week comes from the series themselves.
 * @param week readings of the last seven days; null when not known
 */
export function accountInWords(logs: Log[], week: number | null, now: number): Account {
  const sum = (member: 'stored' | 'lost' | 'quarantined'): number => logs.reduce((all, log) => all + log[member], 0);
  const [lost, aside] = [sum('lost'), sum('quarantined')];
  const parts = [week === null ? total(sum('stored'), lost) : thisWeek(week, lostSince(logs, now - WEEK_MS))];
  parts.push(lost === 0 ? 'none lost' : lossInWords(lost, logs, now));
  if (aside > 0) parts.push(`${aside.toLocaleString()} set aside as unreadable`);
  return { text: parts.join('; '), attention: lost > 0 || aside > 0 };
}

function total(stored: number, lost: number): string {
  return `${partOf(stored, stored + lost)}${countOf(stored + lost, 'reading')}`;
}

function thisWeek(stored: number, lost: number): string {
  if (stored + lost === 0) return 'No readings this week';
  return `${partOf(stored, stored + lost)}${countOf(stored + lost, 'reading')} this week`;
}

/** `3 lost on 12 March, buffer full`; of several losses all together, and the day of the last. */
function lossInWords(lost: number, logs: Log[], now: number): string {
  const losses = logs.flatMap(({ losses = [] }) => losses).toSorted((a, b) => a.to - b.to);
  const last = losses.at(-1);
  if (last === undefined) return `${lost.toLocaleString()} lost, buffer full`;
  const when = `on ${dayOf(last.to, now)}, ${last.why === 'damage' ? 'damaged file' : 'buffer full'}`;
  if (last.count === lost) return `${lost.toLocaleString()} lost ${when}`;
  return `${lost.toLocaleString()} lost, the last ${last.count.toLocaleString()} ${when}`;
}

function lostSince(logs: Log[], time: number): number {
  const losses = logs.flatMap(({ losses = [] }) => losses).filter(({ to }) => to >= time);
  return losses.reduce((all, { count }) => all + count, 0);
}

/** `99.97 % of `, never rounded up to all; '' where there is nothing to be a part of. */
function partOf(part: number, whole: number): string {
  if (whole === 0) return '';
  const hundredths = Math.floor((part / whole) * 10_000) / 100;
  const digits = part === whole ? 0 : 2;
  return `${hundredths.toLocaleString(undefined, { maximumFractionDigits: digits })}\u00a0% of `;
}

function dayOf(time: number, now: number): string {
  const year = new Date(time).getFullYear() === new Date(now).getFullYear() ? {} : ({ year: 'numeric' } as const);
  return new Date(time).toLocaleDateString(undefined, { day: 'numeric', month: 'long', ...year });
}

/** The writing under the chart: the reader's zone and language, a date where a day begins, a year where a year begins. */

const MINUTE = 60_000;
const DAY = 86_400_000;
const MONTH = 28 * DAY;
const YEAR = 365 * DAY;

type Format = (time: number) => string;

/** Made when it is first needed: each costs a browser some milliseconds. */
const formatter = (options: Intl.DateTimeFormatOptions, language?: string): (() => Intl.DateTimeFormat) => {
  let made: Intl.DateTimeFormat | null = null;
  return () => (made ??= new Intl.DateTimeFormat(language, options));
};

const format = (options: Intl.DateTimeFormatOptions): Format => {
  const made = formatter(options);
  return (time) => made().format(time);
};

const second = format({ hour: '2-digit', minute: '2-digit', second: '2-digit' });
const minute = format({ hour: '2-digit', minute: '2-digit' });
const weekday = format({ weekday: 'short', day: 'numeric', month: 'short' });
const date = format({ day: 'numeric', month: 'short' });
const month = format({ month: 'short' });
const year = format({ year: 'numeric' });
const moment = format({ dateStyle: 'medium', timeStyle: 'medium' });
const wall = { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' } as const;
const ends = formatter(wall);
const endsWithYear = formatter({ ...wall, year: 'numeric' });
const zone = formatter({ timeZoneName: 'shortOffset' }, 'en');

/** Labels for the ticks of a time axis. @param distance between ticks, ms */
export function timeLabels(ticks: number[], distance: number): string[] {
  const [small, large] = formatsFor(distance);
  let above = '';
  return ticks.map((tick) => {
    const context = large?.(tick) ?? '';
    const label = context === above ? small(tick) : `${small(tick)}\n${context}`;
    above = context;
    return label;
  });
}

/** A moment in full. */
export function momentInWords(time: number): string {
  return moment(time);
}

/** A moment to the minute; of today without the day. */
export function shortMoment(time: number, now: number): string {
  const today = new Date(time).toDateString() === new Date(now).toDateString();
  return today ? minute(time) : ends().format(time);
}

/** A span, to the minute; the year where the ends don't share it. */
export function spanInWords({ from, to }: { from: number; to: number }): string {
  const years = new Date(from).getFullYear() !== new Date(to).getFullYear();
  return (years ? endsWithYear : ends)().formatRange(from, to);
}

/** The reader's time zone: `Europe/Berlin, UTC+1`; `UTC+2 and UTC+1` where that differs between the ends of a span. */
export function zoneInWords({ from, to }: { from: number; to: number }): string {
  const { timeZone } = zone().resolvedOptions();
  if (timeZone === 'UTC') return 'UTC';
  const offsets = new Set([from, to].map(offsetInWords));
  return `${timeZone}, ${[...offsets].join(' and ')}`;
}

function offsetInWords(time: number): string {
  const name = zone()
    .formatToParts(time)
    .find(({ type }) => type === 'timeZoneName');
  return name?.value.replace('GMT', 'UTC') ?? 'UTC';
}

function formatsFor(distance: number): [small: Format, large: Format | null] {
  if (distance < MINUTE) return [second, weekday];
  if (distance < DAY) return [minute, weekday];
  if (distance < MONTH) return [date, year];
  return distance < YEAR ? [month, year] : [year, null];
}

/** ISO 8601 by the reader's clock, with its distance from UTC: `2026-03-12T14:05:00+01:00`. */
export function isoInZone(time: number): string {
  const offset = -new Date(time).getTimezoneOffset();
  const local = new Date(time + offset * MINUTE).toISOString().replace(/\.000Z$|Z$/, '');
  return `${local}${offset < 0 ? '-' : '+'}${two(offset / 60)}:${two(offset % 60)}`;
}

function two(n: number): string {
  return `${Math.floor(Math.abs(n))}`.padStart(2, '0');
}

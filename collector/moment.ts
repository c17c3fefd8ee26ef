/** Points in time as requests write them (protocol.md §2). All answers are ms since 1970 UTC. */
import { ProtocolError } from '../firmware/protocol/error.js';
import { TIME_MAX, TIME_MIN } from '../firmware/protocol/limits.js';

const DATE = /^(\d{4})(?:([-/])(\d{1,2})(?:\2(\d{1,2}))?|(\d{2})(\d{2}))(?:[T ](.+))?$/i;
const TIME = /^(\d{2})(?::?(\d{2})(?::?(\d{2})(?:[.,](\d{1,9}))?)?)?(?:\s*(Z|[+-]\d{2}(?::?\d{2})?))?$/i;

/** A `+` in a URL arrives as a space: "03:57:10 09:00" is meant as "+09:00". */
const LOST_PLUS = / (\d{2}(?::?\d{2})?)$/;

const NUMBER = /^-?\d{1,16}(?:\.\d+)?$/;
const SPAN = /^-(\d{1,9}(?:\.\d+)?)(s|m|h|d|w)$/;
const UNIT_MS: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** Below this a number is seconds, else ms: 1e11 s is the year 5138, 1e11 ms is 1973. */
const SECONDS_BELOW = 1e11;
const DATE_LIMIT_MS = 8.64e15;

/** The time of a point to be stored: ISO 8601 or integer ms, between 2000 and 2100. @throws ProtocolError */
export function timestamp(value: unknown, pointer: string): number {
  const time = typeof value === 'string' && !value.includes('/') ? parseDate(value) : value;
  if (!Number.isSafeInteger(time))
    throw new ProtocolError(pointer, 'a timestamp must be ISO 8601 or integer milliseconds');
  if ((time as number) < TIME_MIN || (time as number) > TIME_MAX)
    throw new ProtocolError(pointer, 'a timestamp must be between the years 2000 and 2100');
  return time as number;
}

/** An end of a window: a date, a number, or a span back from `now`; null where it is none of them. */
export function moment(text: string, now: number): number | null {
  if (NUMBER.test(text) && !/^\d{8}$/.test(text)) {
    const number = Number(text);
    return inRange(Math.abs(number) < SECONDS_BELOW ? number * 1000 : number);
  }
  const [, amount, unit] = SPAN.exec(text) ?? [];
  if (amount !== undefined && unit !== undefined) return inRange(now - Number(amount) * UNIT_MS[unit]!);
  return parseDate(text.replace(LOST_PLUS, (lost: string, zone: string) => (text.includes(':') ? `+${zone}` : lost)));
}

/** ISO 8601 and timeseries-api's other shapes; without a zone it is UTC. Null where it is no date. */
export function parseDate(text: string): number | null {
  const date = DATE.exec(text);
  if (date === null) return null;
  const [, year, , month, day, basicMonth, basicDay, clock] = date;
  const y = Number(year);
  const m = Number(month ?? basicMonth);
  const d = Number(day ?? basicDay ?? 1);
  const midnight = new Date(0).setUTCFullYear(y, m - 1, d);
  const calendar = new Date(midnight);
  if (calendar.getUTCMonth() !== m - 1 || calendar.getUTCDate() !== d) return null;
  if (clock === undefined) return midnight;
  const time = timeOfDay(clock);
  return time === null ? null : midnight + time;
}

/** ms after midnight UTC; may be negative or more than a day, for the zone's sake. */
function timeOfDay(text: string): number | null {
  const match = TIME.exec(text);
  if (match === null) return null;
  const [, hour, minute = '0', second = '0', fraction = '', zone] = match;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  const offset = zoneMs(zone);
  if (offset === null) return null;
  const ms = Number(fraction.padEnd(3, '0').slice(0, 3));
  return Number(hour) * 3_600_000 + Number(minute) * 60_000 + Number(second) * 1000 + ms - offset;
}

function zoneMs(zone: string | undefined): number | null {
  if (zone === undefined || zone === 'Z' || zone === 'z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(':', '') || 0);
  if (hours > 23 || minutes > 59) return null;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 3_600_000 + minutes * 60_000);
}

function inRange(ms: number): number | null {
  return Math.abs(ms) <= DATE_LIMIT_MS ? ms : null;
}

/** Moments as the command line reads and shows them: in the zone of this machine unless another one is written. */
import { parseSpan } from './span.js';

const DATE =
  /^(\d{4})[-/]?(\d\d)[-/]?(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,3})\d*)?)?\s*(Z|[+-]\d\d:?\d\d)?)?$/i;

/** Below this a number is seconds, from here on milliseconds (protocol.md §2). */
const SECONDS_BELOW = 1e11;

/**
 * `2026-11-22`, `2026-11-22 17:09[:30]` (local unless a zone follows), `now`, `-6h` from now, or epoch seconds or
 * milliseconds → ms since 1970; null when it is no moment.
 */
export function parseMoment(text: string, now: number): number | null {
  const trimmed = text.trim();
  if (trimmed === 'now') return now;
  if (trimmed.startsWith('-')) {
    const span = parseSpan(trimmed.slice(1));
    return span === null ? null : now - span;
  }
  const date = DATE.exec(trimmed);
  if (date !== null) return fromParts(date);
  if (!/^\d+(\.\d+)?$/.test(trimmed)) return null;
  const number = Number(trimmed);
  return Math.round(number < SECONDS_BELOW ? number * 1000 : number);
}

function fromParts([, ...parts]: RegExpExecArray): number | null {
  const [year, month, day, hour = 0, minute = 0, second = 0] = parts.slice(0, 6).map((part) => Number(part ?? 0));
  const ms = Number((parts[6] ?? '0').padEnd(3, '0'));
  const utc = Date.UTC(year!, month! - 1, day, hour, minute, second, ms);
  const written = new Date(utc);
  if (written.getUTCMonth() !== month! - 1 || written.getUTCDate() !== day || hour > 23) return null;
  if (minute > 59 || second > 59) return null;
  const zone = parts[7];
  if (zone === undefined) return new Date(year!, month! - 1, day, hour, minute, second, ms).getTime();
  if (zone.toUpperCase() === 'Z') return utc;
  const offset = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return utc - (zone.startsWith('-') ? -offset : offset) * 60_000;
}

/** `2026-11-22 17:09:30`, local. */
export function showMoment(ms: number): string {
  const t = new Date(ms);
  const day = [t.getFullYear(), t.getMonth() + 1, t.getDate()].map(two).join('-');
  return `${day} ${[t.getHours(), t.getMinutes(), t.getSeconds()].map(two).join(':')}`;
}

/** The local zone's name: `Europe/Berlin`. */
export function zoneName(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

export function two(n: number): string {
  return String(n).padStart(2, '0');
}

/** How long ago something was, in words and in judgement. Times in ms. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A device that uploads every few minutes may be this late before that means something. */
const PATIENCE = 30 * MINUTE;
const PATIENCE_IN_PERIODS = 4;
/** As long as Home Assistant is told to wait (collector/mqtt/herald.ts). */
const PATIENCE_IN_UPLOADS = 3;

/** How often a device is heard of, ms; null where unknown. */
export interface Rhythm {
  /** usual time between readings */
  period: number | null;
  /** and between uploads: one on batteries brings an hour of readings at once */
  every: number | null;
}

/** An age as a reader says it: `just now`, `3 min ago`, `2 days ago`. */
export function ageInWords(time: number, now: number): string {
  const age = now - time;
  if (age < -MINUTE) return 'in the future';
  if (age < 10 * SECOND) return 'just now';
  if (age < MINUTE) return `${Math.floor(age / SECOND)} s ago`;
  if (age < HOUR) return `${Math.floor(age / MINUTE)} min ago`;
  if (age < 2 * DAY) return `${Math.floor(age / HOUR)} h ago`;
  return `${Math.floor(age / DAY).toLocaleString()} days ago`;
}

/** How long nothing may come before that means something, ms. */
export function patienceWith({ period, every }: Rhythm): number {
  return Math.max(PATIENCE, PATIENCE_IN_PERIODS * (period ?? 0), PATIENCE_IN_UPLOADS * (every ?? 0));
}

/** Whether a newest value is too old to be called current. */
export function isStale(time: number, now: number, rhythm: Rhythm): boolean {
  return now - time > patienceWith(rhythm);
}

/** How long something lasted: `40 s`, `25 min`, `3 h`, `2 days`. */
export function durationInWords(ms: number): string {
  if (ms < MINUTE) return `${Math.round(ms / SECOND)} s`;
  if (ms < 2 * HOUR) return `${Math.round(ms / MINUTE)} min`;
  if (ms < 2 * DAY) return `${Math.round(ms / HOUR)} h`;
  return `${Math.round(ms / DAY).toLocaleString()} days`;
}

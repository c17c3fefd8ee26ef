/** Where the ticks of an axis stand and what they are called. */
import { two } from './moment.js';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Steps of a time axis in seconds, as a clock divides; from a day on they are days, from 28 days on months. */
const TIME_STEPS = [1, 5, 15, 30, MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR];
const DAY_STEPS = [1, 2, 7, 14].map((days) => days * DAY);
const MONTH_STEPS = [1, 3, 6, 12, 60].map((months) => months * 28 * DAY);

export interface Tick {
  at: number;
  label: string;
}

/** At most `most` + 1 round values (1, 2 or 5 times a power of ten apart) from just below `min` to just above `max`. */
export function valueTicks(min: number, max: number, most: number): Tick[] {
  const raw = (max - min) / Math.max(1, most - 1);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= raw * (1 - 1e-9)) ?? 10);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const first = Math.floor(min / step + 1e-9);
  const last = Math.ceil(max / step - 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => {
    const at = (first + i) * step;
    return { at, label: at.toFixed(digits) };
  });
}

/** At most `most` moments within [from, to] (ms) that are round on the local clock, through changes of summer time. */
export function timeTicks(from: number, to: number, most: number): Tick[] {
  const steps = [...TIME_STEPS, ...DAY_STEPS, ...MONTH_STEPS];
  const step = steps.find((step) => (to - from) / 1000 / step <= most) ?? steps.at(-1)!;
  const start = new Date(from);
  const [year, month, day] = [start.getFullYear(), start.getMonth(), start.getDate()];
  const nth = (i: number): Date => {
    if (step < DAY) return new Date(year, month, day, 0, 0, i * step);
    if (step < 28 * DAY) return new Date(year, month, day + (i * step) / DAY);
    return new Date(year, (i * step) / (28 * DAY), 1);
  };
  const ticks: Tick[] = [];
  for (let i = 0; ticks.length <= most; i++) {
    const at = nth(i).getTime();
    if (at > to) break;
    if (at >= from && at !== ticks.at(-1)?.at) ticks.push({ at, label: timeLabel(new Date(at), step) });
  }
  return ticks;
}

function timeLabel(t: Date, step: number): string {
  const day = `${t.getDate()} ${MONTHS[t.getMonth()]}`;
  if (step >= 28 * DAY) return t.getMonth() === 0 ? String(t.getFullYear()) : `${MONTHS[t.getMonth()]}`;
  if (step >= DAY || (t.getHours() === 0 && t.getMinutes() === 0 && t.getSeconds() === 0)) return day;
  const clock = `${two(t.getHours())}:${two(t.getMinutes())}`;
  return step < MINUTE ? `${clock}:${two(t.getSeconds())}` : clock;
}

/**
 * Temperatures of places, as pure functions of a seed and the time: a daily and a weekly cycle, weather that comes and
 * goes within days, and unrest within minutes. Simulated probes hang in these places; a check can ask them again.
 */
import { noise } from './random.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;

export interface Place {
  name: string;
  /** °C */
  mean: number;
  /** half the difference between the warmest and the coldest hour of a day, °C */
  day: number;
  /** the same for the days of a week */
  week: number;
  /** from spell to spell of weather, some 18 hours each */
  weather: number;
  /** from minute to minute */
  unrest: number;
}

/** Some below zero, so that a sign that gets lost on the way is seen. */
export const PLACES: readonly Place[] = Object.freeze([
  { name: 'living room', mean: 20.5, day: 1.2, week: 0.5, weather: 0.8, unrest: 0.15 },
  { name: 'outdoors', mean: 3, day: 4.5, week: 1, weather: 5, unrest: 0.3 },
  { name: 'freezer', mean: -18.5, day: 0.4, week: 0.2, weather: 0.3, unrest: 0.8 },
  { name: 'heating flow', mean: 42, day: 9, week: 2, weather: 5, unrest: 1.5 },
  { name: 'cellar', mean: 11.5, day: 0.3, week: 0.2, weather: 0.8, unrest: 0.06 },
  { name: 'fridge', mean: 5, day: 0.4, week: 0.2, weather: 0.2, unrest: 1.2 },
]);

/** °C at a time (ms). The seed makes two places of one kind differ. */
export function temperature(place: Place, seed: number, time: number): number {
  const shift = noise(seed, 0) * 2 * HOUR;
  // coldest before dawn, warmest in the afternoon
  const daily = -Math.cos((2 * Math.PI * (time - 4 * HOUR - shift)) / DAY);
  const weekly = Math.sin((2 * Math.PI * time) / WEEK + noise(seed, 1) * 6);
  return (
    place.mean +
    (noise(seed, 2) - 0.5) * 2 +
    place.day * daily +
    place.week * weekly +
    place.weather * wander(seed + 1, time / (18 * HOUR)) +
    place.unrest * wander(seed + 2, time / (7 * MINUTE))
  );
}

/** A smooth walk between −1 and 1, with a new height at each whole `x`. */
function wander(seed: number, x: number): number {
  const i = Math.floor(x);
  const part = x - i;
  const smooth = part * part * (3 - 2 * part);
  const from = noise(seed, i);
  return 2 * (from + (noise(seed, i + 1) - from) * smooth) - 1;
}

/** One trace over a span as columns, ready to be drawn. Values as stored. */

export interface Curve {
  /** ms, ascending */
  time: number[];
  /** the value as stored, or the mean of a bucket; null where there is none */
  value: (number | null)[];
  /** lowest and highest of each bucket, and its length in ms; null when the values are as stored */
  band: { min: (number | null)[]; max: (number | null)[]; step: number } | null;
  /** times that the device had to guess */
  guessed: Set<number>;
}

/** Between two times of a curve, ms. */
export interface Stretch {
  from: number;
  to: number;
}

/** A missing reading doubles the distance between its neighbours; a clock's jitter doesn't. */
const GAP_RAW = 1.8;
/** A bucket may stay empty when readings come about as often as buckets; two in a row mean something. */
const GAP_BUCKETS = 2.5;
/** How many distances on either side tell what is usual: a device's period may change, and gaps come together. */
const NEIGHBOURS = 5;

/** Nothing. */
export function emptyCurve(): Curve {
  return { time: [], value: [], band: null, guessed: new Set() };
}

/** Puts a point where its time belongs, late ones too; a second value at the same time replaces the first. */
export function insert(curve: Curve, time: number, value: number | null): void {
  const at = firstNotBefore(curve.time, time);
  const replaced = curve.time[at] === time ? 1 : 0;
  curve.time.splice(at, replaced, time);
  curve.value.splice(at, replaced, value);
}

/** The same curve `ms` later. */
export function shifted(curve: Curve, ms: number): Curve {
  const guessed = new Set([...curve.guessed].map((time) => time + ms));
  return { ...curve, time: curve.time.map((time) => time + ms), guessed };
}

/** Where readings are missing: much longer from one to the next than is usual on both sides. */
export function missing({ time, band }: Curve): Stretch[] {
  const factor = band === null ? GAP_RAW : GAP_BUCKETS;
  const found: Stretch[] = [];
  for (let i = 1; i < time.length; i++) {
    const [from, to] = [time[i - 1] ?? 0, time[i] ?? 0];
    if (to - from > factor * shortestAround(time, i) && to - from > factor * usualAround(time, i))
      found.push({ from, to });
  }
  return found;
}

/** The same curve with a null in every stretch without readings, so that it isn't drawn as if there had been some. */
export function withGaps(curve: Curve): Curve {
  const gaps = new Map(missing(curve).map(({ from, to }) => [to, from]));
  if (gaps.size === 0) return curve;
  const { time, value, band, guessed } = curve;
  const made: Curve = { time: [], value: [], band: band && { min: [], max: [], step: band.step }, guessed };
  time.forEach((t, i) => {
    const from = gaps.get(t);
    if (from !== undefined) push(made, (from + t) / 2, null, null, null);
    push(made, t, value[i] ?? null, band?.min[i] ?? null, band?.max[i] ?? null);
  });
  return made;
}

/** The index of the first time that isn't before `time`. */
export function firstNotBefore(times: number[], time: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The usual time from one reading to the next at the end of a curve, ms; null when there are too few to tell. */
export function usualAtEnd({ time }: Curve): number | null {
  const distances = distancesIn(time, time.length - NEIGHBOURS, time.length);
  return distances.length === 0 ? null : median(distances);
}

function push(curve: Curve, time: number, value: number | null, min: number | null, max: number | null): void {
  curve.time.push(time);
  curve.value.push(value);
  curve.band?.min.push(min);
  curve.band?.max.push(max);
}

/** The larger of what is usual before and after the step to `i`; Infinity when there are too few to tell. */
function usualAround(time: number[], i: number): number {
  const before = distancesIn(time, i - NEIGHBOURS, i);
  const after = distancesIn(time, i + 1, i + 1 + NEIGHBOURS);
  return before.length + after.length === 0 ? Infinity : Math.max(median(before), median(after));
}

/** The shortest of the same distances: quick to find, and what isn't long beside it isn't long beside their median. */
function shortestAround(time: number[], i: number): number {
  let shortest = Infinity;
  const end = Math.min(time.length, i + 1 + NEIGHBOURS);
  for (let k = Math.max(1, i - NEIGHBOURS); k < end; k++)
    if (k !== i) shortest = Math.min(shortest, (time[k] ?? 0) - (time[k - 1] ?? 0));
  return shortest;
}

/** The steps to the times from `first` to below `end`. */
function distancesIn(time: number[], first: number, end: number): number[] {
  const distances: number[] = [];
  for (let k = Math.max(1, first); k < Math.min(time.length, end); k++)
    distances.push((time[k] ?? 0) - (time[k - 1] ?? 0));
  return distances;
}

/** 0 of none. */
function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

/** One trace over a span as columns, ready to be drawn. */

export interface Curve {
  /** ms, ascending */
  time: number[];
  /** the value as stored, or the mean of a bucket; null where there is none */
  value: (number | null)[];
  /** lowest and highest of each bucket, and its length in ms; null when the values are as stored */
  band: { min: (number | null)[]; max: (number | null)[]; step: number } | null;
}

/** A missing reading doubles the distance between its neighbours; a clock's jitter doesn't. */
const GAP_RAW = 1.8;
/** A bucket may stay empty when readings come about as often as buckets; two in a row mean something. */
const GAP_BUCKETS = 2.5;
/** How many distances on either side tell what is usual: a device's period may change, and gaps come together. */
const NEIGHBOURS = 5;

/** Puts a point where its time belongs, late ones too; a second value at the same time replaces the first. */
export function insert(curve: Curve, time: number, value: number | null): void {
  const at = firstNotBefore(curve.time, time);
  curve.time.splice(at, curve.time[at] === time ? 1 : 0, time);
  curve.value.splice(at, curve.value.length === curve.time.length ? 1 : 0, value);
}

/**
 * The same curve with a null in every stretch without readings, so that it isn't drawn as if there had been some. Without
 * readings means: much longer from one to the next than is usual on both sides.
 */
export function withGaps(curve: Curve): Curve {
  const { time, value, band } = curve;
  const distances = time.slice(1).map((t, i) => t - (time[i] ?? t));
  const factor = band === null ? GAP_RAW : GAP_BUCKETS;
  const made: Curve = { time: [], value: [], band: band && { min: [], max: [], step: band.step } };
  time.forEach((t, i) => {
    const distance = distances[i - 1];
    if (distance !== undefined && distance > factor * usualAround(distances, i - 1))
      push(made, t - distance / 2, null, null, null);
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

function push(curve: Curve, time: number, value: number | null, min: number | null, max: number | null): void {
  curve.time.push(time);
  curve.value.push(value);
  curve.band?.min.push(min);
  curve.band?.max.push(max);
}

/** The larger of what is usual before and after; Infinity when there are too few to tell. */
function usualAround(distances: number[], at: number): number {
  const before = distances.slice(Math.max(0, at - NEIGHBOURS), at);
  const after = distances.slice(at + 1, at + 1 + NEIGHBOURS);
  return before.length + after.length === 0 ? Infinity : Math.max(median(before), median(after));
}

/** 0 of none. */
function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

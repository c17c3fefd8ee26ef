/**
 * A point's id: n × 1,000,000 + its series, where n numbers the points of a series from 1 in the order of storage. So an
 * id tells its series without any index, ascends within the series, and is as unique as the series id, which is never
 * given out twice.
 */
const SERIES_SPAN = 1_000_000;

/** The highest series id. */
export const LAST_SERIES = SERIES_SPAN - 1;

export function pointId(series: number, number: number): number {
  return number * SERIES_SPAN + series;
}

/** Of points whose numbers follow one another. */
export function pointIds(series: number, first: number, length: number): Float64Array {
  const ids = new Float64Array(length);
  for (let i = 0; i < length; i++) ids[i] = pointId(series, first + i);
  return ids;
}

export function seriesOf(point: number): number {
  return point % SERIES_SPAN;
}

export function numberOf(point: number): number {
  return Math.floor(point / SERIES_SPAN);
}

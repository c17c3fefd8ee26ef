/** The readings of one batch, in memory as they are in the journal, and decoded when somebody wants them. */
import { decodeColumn, type ColumnCode } from './column-code.js';
import type { Portion } from './portion.js';
import { pointIds } from './point-id.js';
import { gather, NO_ROWS, orderByTime, slice, within, type Rows } from './rows.js';
import { decodeTime, type TimeCode } from './time-code.js';

/** The readings of one sensor in a batch. */
export interface CodedReadings {
  length: number;
  time: TimeCode;
  /** the least and the latest time, ms */
  oldest: number;
  newest: number;
  /** whether no time is before the one before it */
  ascending: boolean;
  fields: Record<string, ColumnCode>;
  estimated: boolean;
}

export class CodedRows implements Portion {
  readonly #series: number;
  readonly #first: number;
  readonly #readings: CodedReadings;

  /** `first`: number of the first point. */
  constructor(series: number, first: number, readings: CodedReadings) {
    this.#series = series;
    this.#first = first;
    this.#readings = readings;
  }

  get length(): number {
    return this.#readings.length;
  }

  get oldest(): number {
    return this.#readings.oldest;
  }

  get newest(): number {
    return this.#readings.newest;
  }

  stored(from: number, to: number): Rows {
    return slice(this.#decode(), from, to);
  }

  sorted(from: number, to: number): Rows {
    const rows = this.#decode();
    const { ascending } = this.#readings;
    return within(ascending ? rows : gather(rows, NO_ROWS, orderByTime(rows.time, 0)), from, to);
  }

  /** None of them is a plain point. */
  plainAt(): Rows[] {
    return [];
  }

  #decode(): Rows {
    const { length, time, fields, estimated } = this.#readings;
    const series = this.#series;
    const first = this.#first;
    let id: Float64Array | null = null;
    return {
      length,
      time: decodeTime(time, length),
      // made when somebody asks
      get id() {
        return (id ??= pointIds(series, first, length));
      },
      fields: new Map(Object.entries(fields).map(([name, code]) => [name, decodeColumn(code, length)])),
      estimated: estimated ? new Uint8Array(length).fill(1) : null,
      plain: null,
    };
  }
}

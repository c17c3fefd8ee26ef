/**
 * What really happened to one device: the true time of each reading that its log took, and what its probes held then.
 * The audit compares the collector with it.
 */
import type { Reading } from '../../firmware/reading.js';

/** sensor → field → what was there to be measured; several values where the driver measured more than once. */
export type Held = Record<string, Record<string, readonly number[]>>;

export interface Entry {
  /** the true one, ms */
  time: number;
  sensors: Reading['sensors'];
  held: Held;
}

/** One field of one sensor; undefined where a reading hasn't got it, NaN where the sensor held nothing it could give. */
export interface Track {
  sensor: string;
  field: string;
  values: (number | null | undefined)[];
}

export class Diary {
  /** true time of each reading, ms, ascending */
  readonly times: number[] = [];
  /** values that are null though the probe had something to give */
  gaps = 0;
  readonly #tracks = new Map<string, Track>();

  get tracks(): Track[] {
    return [...this.#tracks.values()];
  }

  /** A reading that the log took. */
  note({ time, sensors, held }: Entry): void {
    const index = this.times.push(time) - 1;
    for (const [sensor, fields] of Object.entries(sensors)) {
      for (const [field, value] of Object.entries(fields)) {
        const there = held[sensor]?.[field] ?? [];
        if (value === null && there.length > 0) this.gaps++;
        this.#track(sensor, field).values[index] = value === null ? null : truth(value, there);
      }
    }
  }

  #track(sensor: string, field: string): Track {
    const key = `${sensor} ${field}`;
    let track = this.#tracks.get(key);
    if (track === undefined) this.#tracks.set(key, (track = { sensor, field, values: [] }));
    return track;
  }
}

/** Which of the values that were there the reading must have: its own if it is one of them. */
function truth(value: number, held: readonly number[]): number {
  return held.includes(value) ? value : (held.at(-1) ?? NaN);
}

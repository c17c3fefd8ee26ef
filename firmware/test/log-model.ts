/** What a log has to hold, in plain memory, and the comparison of both. */
import assert from 'node:assert/strict';
import { Log, type LogOptions } from '../log.js';
import type { Flash } from '../flash.js';
import type { Reading } from '../reading.js';

/** One life of the device; `wall` is the Unix time at its uptime 0, once told. */
export interface Life {
  wall: number | null;
  /** what it may have been told when the power went */
  maybe?: number;
}

export interface Entry {
  reading: Reading;
  life: Life;
}

/** A reading as the log tells it. */
export interface Told extends Reading {
  number: number;
  estimated: boolean;
  dated: boolean;
}

export const T = Date.UTC(2026, 10, 20);

export function openLog(flash: Flash, options: Partial<LogOptions> = {}): Log {
  const log = new Log(flash, { random: () => 0.5, ...options });
  log.open();
  return log;
}

/** All that the log has, read in slices of `max`. */
export function readAll(log: Log, max = 7): Told[] {
  const all: Told[] = [];
  for (let from = log.oldest; ;) {
    const slice = log.read(from, max);
    if (!slice) return all;
    const { first, clock, estimated, dated } = slice;
    if (first < from || slice.time.length === 0 || slice.time.length > max) throw new Error(JSON.stringify(slice));
    slice.time.forEach((time, i) => {
      const sensors: Reading['sensors'] = {};
      for (const [sensor, fields] of Object.entries(slice.sensors)) {
        sensors[sensor] = Object.fromEntries(Object.entries(fields).map(([field, values]) => [field, values[i]!]));
      }
      all.push({ number: first + i, time, clock, estimated, dated, sensors });
    });
    from = first + slice.time.length;
  }
}

/** The log holds exactly the entries from `log.oldest` to below `log.next`, with their numbers, values and times. */
export function expectHolds(log: Log, entries: ReadonlyMap<number, Entry>): void {
  const all = readAll(log);
  const numbers = [...entries.keys()].filter((number) => number >= log.oldest && number < log.next);
  // Node's assertions: the tests of cuts come here a hundred thousand times, and vitest's take longer than the log.
  assert.equal(all.map(({ number }) => number).join(), numbers.sort((a, b) => a - b).join());
  assert.deepEqual(
    all.filter((told) => !tells(told, entries.get(told.number)!)),
    [],
  );
}

function tells(told: Told, { reading, life }: Entry): boolean {
  if (JSON.stringify(told.sensors) !== JSON.stringify(reading.sensors)) return false;
  const { clock, time, dated, estimated } = told;
  if (reading.clock === 'unix') return clock === 'unix' && time === reading.time && dated && !estimated;
  if (!estimated && clock === 'unix' && life.maybe !== undefined) return time === life.maybe + reading.time;
  if (life.wall !== null) return clock === 'unix' && time === life.wall + reading.time && dated && !estimated;
  if (clock === 'uptime') return time === reading.time && !estimated;
  return dated && estimated;
}

/** When a device's power goes, and while it is doing what. */
import type { Outage } from './network.js';
import type { Random } from './random.js';

export interface PowerCut {
  /** ms */
  time: number;
  /**
   * `idle`: then. `writing`: during the next write or erase of flash, at its byte number `bytes`; what of that byte is
   * left alone says `spared`. `uploading`: after the next upload has arrived, before its answer has
   */
  while: 'idle' | 'writing' | 'uploading';
  bytes: number;
  spared: number;
  /** how long the power stays away, ms */
  offMs: number;
}

/** Most writes of the log are shorter: so that most cuts hit one, and some an erase. */
const BYTES = 64;
const BLOCK = 4096;
const OFF_MAX_MS = 120_000;

const KINDS = ['writing', 'uploading', 'idle'] as const;

/** Cuts at random times within a span, by time; none waits for an upload while there can't be one. */
export function planCuts(
  count: number,
  from: number,
  to: number,
  outages: readonly Outage[],
  random: Random,
): PowerCut[] {
  const cuts = Array.from({ length: count }, (_, i): PowerCut => {
    const time = Math.floor(from + random.next() * (to - from));
    const out = outages.some((outage) => time >= outage.from && time < outage.to);
    return {
      time,
      while: KINDS[i % (out ? 1 : KINDS.length)]!,
      bytes: random.integer(random.chance(0.2) ? BLOCK : BYTES),
      spared: random.integer(256),
      offMs: 1000 + random.integer(OFF_MAX_MS),
    };
  });
  return cuts.sort((a, b) => a.time - b.time);
}

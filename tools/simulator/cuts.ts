/** When a device's power goes, and while it is doing what. */
import { PowerCut, type NorFlash } from './flash.js';
import type { Outage } from './network.js';
import type { Random } from './random.js';

export interface PlannedCut {
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
/** How long a cut waits for a write or an upload, ms. */
const PATIENCE_MS = 600_000;

/** Cuts at random times within a span, by time; none waits for an upload while there can't be one. */
export function planCuts(
  count: number,
  from: number,
  to: number,
  outages: readonly Outage[],
  random: Random,
): PlannedCut[] {
  // Early enough that the last one needn't wait beyond the end.
  const span = to - from - Math.min(2 * PATIENCE_MS, (to - from) / 2);
  const cuts = Array.from({ length: count }, (_, i): PlannedCut => {
    const time = Math.floor(from + random.next() * span);
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

/** Carries out planned cuts, one after another. */
export class Cuts {
  readonly #planned: PlannedCut[];
  /** the first planned one waits for what it is to strike in */
  #armed = false;

  /** `planned`: by time */
  constructor(planned: readonly PlannedCut[]) {
    this.#planned = [...planned];
  }

  /** When `strike` is to be called next, ms. */
  get next(): number {
    const [cut, following] = this.#planned;
    if (cut === undefined) return Infinity;
    return this.#armed ? Math.min(cut.time + PATIENCE_MS, following?.time ?? Infinity) : cut.time;
  }

  /** Whether the power goes when an upload is answered. */
  get awaitsAnswer(): boolean {
    return this.#armed && this.#planned[0]!.while === 'uploading';
  }

  /**
   * The time has come: cuts the power, or sees to it that the flash does. Where it waited in vain, it is cut anyway.
   * @throws PowerCut
   */
  strike(flash: NorFlash): void {
    const cut = this.#planned[0]!;
    if (this.#armed || cut.while === 'idle') {
      this.#armed = true;
      throw new PowerCut();
    }
    this.#armed = true;
    if (cut.while === 'writing') flash.cutAfter(cut.bytes, cut.spared);
  }

  /** The power has gone; for how long, ms. */
  happened(): number {
    const cut = this.#armed ? this.#planned.shift() : undefined;
    this.#armed = false;
    return cut?.offMs ?? 0;
  }

  /** No more of them. */
  cancel(): void {
    this.#planned.length = 0;
    this.#armed = false;
  }
}

/**
 * How long a sleep really is. The chips time it by an RC oscillator that is off by per cents and differs from chip to
 * chip; and starting anew takes time that nobody counts. Both are learned together, from what the clock is off by when
 * it hears the time: a sleep takes `1 + ppm / 10⁶` times what was asked for.
 */
export interface Paced {
  ppm: number;
  /** slept since the clock was set last, ms */
  slept: number;
  /** `ppm` comes from a measurement */
  learned: boolean;
}

/** Over less than this a clock that is known to a second or two tells nothing, ms. */
const TELLING_MS = 300_000;
/** No chip is off by more: an hour's sleep, ESP8266's longest, is then asked for in 32 bits of microseconds. */
const PPM_MAX = 160_000;
/** How far the clock may run off over a sleep, parts per million: before and after it was measured. */
const UNLEARNED_PPM = 30_000;
const LEARNED_PPM = 3_000;

export class Pace {
  private readonly learnt: Paced;

  constructor({ ppm, slept, learned }: Paced = { ppm: 0, slept: 0, learned: false }) {
    this.learnt = { ppm, slept, learned };
  }

  get paced(): Paced {
    return { ...this.learnt };
  }

  /** What the clock may be off by, parts per million of the time that passes. */
  get drift_ppm(): number {
    return this.learnt.learned ? LEARNED_PPM : UNLEARNED_PPM;
  }

  /** The ms to ask for so that it sleeps for `ms`, which then count as slept. */
  ask(ms: number): number {
    this.learnt.slept += ms;
    return Math.round(ms / (1 + this.learnt.ppm / 1e6));
  }

  /** The clock was set; it had been slow by `off` ms, or fast where that is negative. */
  heard(off: number): void {
    const { ppm, slept, learned } = this.learnt;
    this.learnt.slept = 0;
    const measured = (off / slept) * 1e6;
    // Off by more than any oscillator is, the clock had been told a wrong time, or is now: that says nothing of sleeps.
    if (slept < TELLING_MS || Math.abs(ppm + measured) > PPM_MAX) return;
    // Later measurements only lead it on: temperatures change, and a word of the collector is good to two seconds.
    this.learnt.ppm = Math.round(ppm + measured * (learned ? 0.5 : 1));
    this.learnt.learned = true;
  }

  /** The clock heard the time, and it was the time that it had: it is as good as it is thought to be. */
  confirmed(): void {
    if (this.learnt.slept >= TELLING_MS) this.learnt.learned = true;
  }
}

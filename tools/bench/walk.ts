import { Random } from '../simulator/random.js';
import type { Run, Window } from './subject.js';

const DAY = 86_400_000;
const STEP = 60_000;
/** the first point's time, the same for every series: far enough back that none lies ahead */
const BEGIN = Math.floor(Date.now() / DAY) * DAY - 1000 * DAY;
/** a DS18B20 has sixteen steps a degree */
const STEPS_PER_DEGREE = 16;

/** One probe's curve: a point a minute, which is a sixteenth of a degree away from the one before, or none. */
export class Walk {
  /** the device, or the index into the series */
  readonly number: number;
  readonly #random: Random;
  readonly #jitter: number;
  #index = 0;
  #steps = 20 * STEPS_PER_DEGREE;

  /** `jitter`: ms that a point is late by, at most. */
  constructor(number: number, jitter = 0) {
    this.number = number;
    this.#random = new Random(number);
    this.#jitter = jitter;
  }

  static many(count: number, jitter = 0): Walk[] {
    return Array.from({ length: count }, (_, i) => new Walk(i, jitter));
  }

  /** The next points. */
  next(length: number): Run {
    const run: Run = { first: this.#index, time: new Array<number>(length), value: new Array<number>(length) };
    for (let i = 0; i < length; i++) {
      const late = this.#jitter === 0 ? 0 : this.#random.integer(this.#jitter);
      run.time[i] = BEGIN + this.#index++ * STEP + late;
      const chance = this.#random.integer(4);
      if (chance < 2) this.#steps += chance === 0 ? 1 : -1;
      run.value[i] = this.#steps / STEPS_PER_DEGREE;
    }
    return run;
  }
}

/** The window with so many points of a walk without jitter, from point `first` on. */
export function windowOf(first: number, points: number): Window {
  return { from: BEGIN + first * STEP, to: BEGIN + (first + points) * STEP - 1 };
}

/**
 * Once a period: every sensor → one reading. Cycles begin at multiples of the period on the clock, so that they neither
 * drift nor depend on how long a sample takes; a cycle that runs over the next one's beginning leaves that one out.
 */
import type { Reading, Stamp } from './reading.js';
import type { Sensor, Values } from './sensors/sensor.js';
import type { Timers } from './timer.js';

export interface SamplerOptions {
  sensors: readonly Sensor[];
  clock: { now(): Stamp };
  timers: Timers;
  periodMs: number;
  /** a sensor that hasn't answered by then gave nothing; default 10 s */
  timeoutMs?: number;
  /** takes each reading as its cycle ends */
  onReading: (reading: Reading) => void;
}

export class Sampler {
  private readonly options: Required<SamplerOptions>;
  /** when the newest planned cycle was to begin */
  private due: Stamp | null = null;
  private running = false;
  private cycling = false;
  private cancel = (): void => {};

  constructor(options: SamplerOptions) {
    this.options = { timeoutMs: 10_000, ...options };
  }

  /** Takes the first reading now, the others at multiples of the period. */
  open(): void {
    if (this.running) return;
    this.running = true;
    this.cycle();
  }

  /** A running cycle gives no reading. Doesn't close the sensors. */
  close(): void {
    this.running = false;
    this.cycling = false;
    this.cancel();
  }

  /** Whether a cycle is running. */
  get sampling(): boolean {
    return this.cycling;
  }

  /** From now to the next multiple of the period, as the clock is now, ms. */
  get untilNext(): number {
    const { clock, periodMs } = this.options;
    const { time } = clock.now();
    return (Math.floor(time / periodMs) + 1) * periodMs - time;
  }

  private cycle(): void {
    const { sensors, clock, timers, timeoutMs, onReading } = this.options;
    const stamp = clock.now();
    this.cycling = true;
    const parts: (Values | undefined)[] = sensors.map(() => undefined);
    let ended = false;
    const end = (): void => {
      if (ended || !this.running) return;
      ended = true;
      this.cycling = false;
      this.cancel();
      this.plan();
      onReading({ ...stamp, sensors: merge(parts.map((part, i) => part ?? sensors[i]!.blank())) });
    };
    this.cancel = timers.after(timeoutMs, end);
    sensors.forEach((sensor, i) => {
      const take = (values: Values): void => {
        if (ended || parts[i] !== undefined) return;
        parts[i] = values;
        if (!parts.includes(undefined)) end();
      };
      try {
        sensor.sample(take);
      } catch {
        take(sensor.blank());
      }
    });
    if (sensors.length === 0) end();
  }

  private plan(): void {
    const { clock, timers, periodMs } = this.options;
    const now = clock.now();
    let time = now.time + this.untilNext;
    // A timer may come a little early; the cycle that it began isn't begun again.
    if (this.due?.clock === now.clock && this.due.time === time) time += periodMs;
    this.due = { time, clock: now.clock };
    this.cancel = timers.after(time - now.time, () => this.cycle());
  }
}

function merge(parts: readonly Values[]): Values {
  const sensors: Values = {};
  parts.forEach((part) =>
    Object.keys(part).forEach((name) => {
      const before = sensors[name];
      sensors[name] = before === undefined ? part[name]! : { ...before, ...part[name] };
    }),
  );
  return sensors;
}

/**
 * The wall clock, kept as one number: the Unix time at which the uptime was 0. Unknown until something tells the time;
 * then known to within an error that grows with age, until something tells it more exactly than it is known by then:
 * NTP before the collector, and either once the last word is old. What agrees within its own error only confirms, so
 * that the readings of one boot stay on one line, and a correction is a rare, visible step (the log begins another run
 * there, the uploader another batch).
 */
import { TIME_MAX } from './protocol/limits.js';
import { RELEASED } from './protocol/version.js';
import type { Stamp } from './reading.js';

export type TimeSource = 'ntp' | 'collector';

/** What a clock knows, for one that goes on after a sleep. */
export interface KeptClock {
  /** Unix time at uptime 0, ms */
  wall: number;
  /** how far it may have been off at uptime `set`, ms */
  error: number;
  set: number;
}

export interface ClockOptions {
  /** ms since power-up, never backwards */
  uptime: () => number;
  /** told the Unix time at uptime 0, ms, whenever it becomes known or is corrected */
  onChange?: (wall: number) => void;
  /** how far the oscillator may be off, parts per million; default 100 (a crystal, hot or cold) */
  drift_ppm?: number;
  /** a time before this one is wrong, ms; default the release of this firmware */
  earliest?: number;
  /** from before a sleep through which the uptime went on */
  kept?: KeptClock | null;
}

/** What a source may be off by beside the way its message took, ms. */
const ERRORS: Readonly<Record<TimeSource, number>> = Object.freeze({ ntp: 100, collector: 2000 });

/** Below this a correction isn't worth a step, ms. */
const STEP = 500;

export class Clock {
  private readonly options: Required<ClockOptions>;
  private poweredAt: number | null = null;
  private heardFrom: TimeSource | null = null;
  /** at uptime `set`, ms */
  private errorAtSet = Infinity;
  private set = 0;

  constructor(options: ClockOptions) {
    this.options = { onChange: () => {}, drift_ppm: 100, earliest: RELEASED, kept: null, ...options };
    const { kept } = this.options;
    if (kept === null) return;
    this.poweredAt = kept.wall;
    this.errorAtSet = kept.error;
    this.set = kept.set;
  }

  get known(): boolean {
    return this.poweredAt !== null;
  }

  /** Unix time at uptime 0, ms; null while not known. */
  get wall(): number | null {
    return this.poweredAt;
  }

  /** For another clock, after a sleep; null while the time isn't known. */
  get kept(): KeptClock | null {
    return this.poweredAt === null ? null : { wall: this.poweredAt, error: this.errorAtSet, set: this.set };
  }

  /** Who told the time since the start; null while nobody has. */
  get source(): TimeSource | null {
    return this.heardFrom;
  }

  /** How far the clock may be off now, ms; Infinity while it isn't known. */
  get error(): number {
    return this.errorAtSet + ((this.uptime - this.set) * this.options.drift_ppm) / 1e6;
  }

  /** ms, an integer */
  get uptime(): number {
    return Math.floor(this.options.uptime());
  }

  now(): Stamp {
    const { uptime } = this;
    return this.poweredAt === null
      ? { time: uptime, clock: 'uptime' }
      : { time: this.poweredAt + uptime, clock: 'unix' };
  }

  /**
   * Hears that it was `time` (Unix, ms) at some moment of the last `tookMs`: of the exchange that brought it. True
   * where the clock believes it.
   */
  hear(time: number, source: TimeSource, tookMs = 0): boolean {
    const { earliest, onChange } = this.options;
    if (!Number.isFinite(time) || time < earliest || time > TIME_MAX || !(tookMs >= 0)) return false;
    const { uptime } = this;
    const wall = Math.round(time + tookMs / 2 - uptime);
    const error = ERRORS[source] + tookMs / 2;
    if (error >= this.error) return false;
    const off = this.poweredAt === null ? Infinity : Math.abs(wall - this.poweredAt);
    this.heardFrom = source;
    this.set = uptime;
    if (off <= Math.max(STEP, error)) {
      this.errorAtSet = off + error;
      return true;
    }
    this.errorAtSet = error;
    this.poweredAt = wall;
    onChange(wall);
    return true;
  }
}

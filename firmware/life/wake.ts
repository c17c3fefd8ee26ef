/**
 * Life on batteries, one wake of it:
 *
 *   wake ─▶ sample ─▶ keep ─┬──────────────────────────▶ sleep      most times
 *                           └▶ radio on ─▶ upload ─▶ off ─▶ sleep   where the last wake said so (radio-plan.ts)
 *
 * A reading is kept on flash, where it has its number and survives the power cut that a change of batteries is. With a
 * `group` above 1 that many are gathered in memory first, and a power cut loses those.
 *
 * Whether the radio will be needed is decided before the sleep, since the ESP8266 can do without its calibration only
 * then. The radio is on for `radioMs` at most; sampling goes on meanwhile. Every way ends in sleep: what hangs is ended
 * by a timer, what throws is kept for the status.
 */
import type { Bookmark } from '../bookmark.js';
import type { Clock } from '../clock.js';
import type { Led } from '../led.js';
import type { Log } from '../log.js';
import type { Network } from '../network.js';
import type { Memory, Power } from '../power.js';
import type { Reading } from '../reading.js';
import type { Sampler } from '../sampler.js';
import type { KnownProbes } from '../sensors/ds18b20.js';
import type { Timers } from '../timer.js';
import type { UploadEvent } from '../uploader.js';
import type { Life } from './life.js';
import type { Pace } from './pace.js';
import type { RadioPlan, Tries } from './radio-plan.js';
import type { Report } from './report.js';
import { retain, type Retained } from './retained.js';

export interface WakeOptions {
  memory: Memory;
  power: Power;
  timers: Timers;
  clock: Clock;
  log: Log;
  sampler: Sampler;
  /** the sampler's, ms */
  periodMs: number;
  /** what the driver knows of its probes now */
  probes: () => KnownProbes;
  network: Pick<Network, 'open' | 'close'>;
  led: Led;
  pace: Pace;
  plan: RadioPlan;
  report: Report;
  /** readings gathered in memory before they go to flash; 1: none is */
  group: number;
  /** longest that the radio is on, ms */
  radioMs: number;
  /** a newer firmware is being taken, or is on trial: the radio stays on, whatever it costs */
  busy?: () => boolean;
}

/** A sleep is ended this much before the reading's time rather than slept again, ms. */
const SLACK_MS = 50;
/** A wake with its radio off is over by then, whatever hangs, ms: a sampler gives up after ten seconds. */
const WAKE_MS = 15_000;
/** How often a wake that has to wait for a firmware looks whether it is done, ms. */
const BUSY_MS = 1000;

export class Wake implements Life {
  private readonly options: WakeOptions;
  private radio: boolean;
  /** uptime at which the reading is to be taken, ms; null: now */
  private readonly due: number | null;
  private readonly readings: Reading[];
  private bookmark: Bookmark | null;
  private wall: number | null;
  private logOpen = false;
  private radioOn = false;
  /** the collector took or told something, and the time is known */
  private gained = false;
  /** the newest reading's time, and the uptime when it was taken */
  private last: { time: number; uptime: number } | null = null;
  /** so long it wants to be left alone, ms */
  private restMs = 0;
  private ending = false;
  private cancel = (): void => {};

  /** @param before what the memory held; null at power-up. It isn't kept: an upload takes all the memory that there is. */
  constructor(before: Retained | null, options: WakeOptions) {
    this.options = options;
    this.radio = before?.radio ?? true;
    this.due = before?.due ?? null;
    this.readings = [...(before?.readings ?? [])];
    this.bookmark = before?.bookmark ?? null;
    this.wall = options.clock.wall;
  }

  open(): void {
    const { timers, sampler, clock, led } = this.options;
    const early = this.due === null ? 0 : this.due - clock.uptime;
    if (early > SLACK_MS) return this.sleep(early, this.radio);
    // Not sooner: whether a firmware is on trial isn't known while the parts are put together.
    this.radio ||= this.busy;
    this.cancel = timers.after(WAKE_MS, () => this.end());
    // Now, while the probes convert: it costs no time awake.
    led.blink(1);
    sampler.open();
  }

  read(reading: Reading): void {
    const { group, clock } = this.options;
    this.readings.push(reading);
    this.last = { time: reading.time, uptime: clock.uptime };
    if (this.radio || this.readings.length >= group) this.tryToFlush();
    if (this.ending || !this.radio) return this.end();
    if (!this.radioOn) this.startRadio();
  }

  timed(wall: number): void {
    const { pace, log, report } = this.options;
    if (this.wall !== null) pace.heard(wall - this.wall);
    this.wall = wall;
    try {
      if (this.logOpen) log.markTime(wall);
    } catch (error) {
      report.failed(error);
    }
  }

  heard(event: UploadEvent): void {
    const { report, clock } = this.options;
    if (!this.radioOn || this.ending) return;
    // Without the time the next wake would want its radio again, and so would each.
    if (event.kind === 'answered' && event.verdict.do === 'forget' && clock.known) this.gain();
    else if (event.kind === 'failed') report.failed(event.error);
    else if (event.kind === 'idle') this.endRadio();
    else if (event.kind === 'waiting' && !this.busy) {
      this.restMs = event.ms;
      this.end();
    }
  }

  private gain(): void {
    const { plan, clock } = this.options;
    if (this.gained) return;
    this.gained = true;
    plan.gained(clock.uptime);
    // A restart from here on, into a newer firmware, has nothing to do with the radio.
    this.retain(clock.uptime, clock.uptime, false);
  }

  private openLog(): Log {
    const { log, clock } = this.options;
    if (this.logOpen) return log;
    const known = this.bookmark !== null;
    log.open();
    this.logOpen = true;
    this.bookmark = null;
    // Should the chip reset while readings go to flash, the bookmark tells which of them got there (rescue.ts).
    if (!known) this.retain(clock.uptime, clock.uptime, this.radio);
    if (clock.wall !== null) log.markTime(clock.wall);
    return log;
  }

  private tryToFlush(): void {
    try {
      const log = this.openLog();
      // One that no flash takes is gone: kept, it would keep all others back.
      for (let reading = this.readings.shift(); reading; reading = this.readings.shift()) log.append(reading);
    } catch (error) {
      this.options.report.failed(error);
    }
  }

  private startRadio(): void {
    const { timers, network, radioMs, plan, clock } = this.options;
    this.radioOn = true;
    this.cancel();
    // Should the battery break down under the radio, or the chip reset, it has failed.
    this.retain(clock.uptime, clock.uptime, false, plan.ifFailed(clock.uptime));
    this.cancel = timers.after(radioMs, () => this.endRadio());
    network.open();
  }

  private get busy(): boolean {
    return this.options.busy?.() ?? false;
  }

  private endRadio(): void {
    this.cancel();
    if (this.busy) this.cancel = this.options.timers.after(BUSY_MS, () => this.endRadio());
    else this.end();
  }

  /** Ends the wake, once a sample that is under way has ended. */
  private end(): void {
    const { sampler, network, plan, pace, timers, clock } = this.options;
    this.cancel();
    if (this.radioOn) {
      this.radioOn = false;
      // Tells the uploader, which is heard no more.
      network.close();
      if (clock.source !== null) pace.confirmed();
      if (this.gained) plan.gained(clock.uptime, this.restMs);
      else plan.failed(clock.uptime, this.restMs);
    }
    if (!this.ending && sampler.sampling) {
      this.ending = true;
      this.cancel = timers.after(WAKE_MS, () => this.end());
      return;
    }
    this.ending = true;
    sampler.close();
    const ms = this.untilNext();
    this.sleep(ms, this.wantsRadio(ms));
  }

  /** To the next multiple of the period; where the clock has just been set back, not to the same one again. */
  private untilNext(): number {
    const { sampler, clock, periodMs } = this.options;
    const ms = sampler.untilNext;
    if (this.last === null) return ms;
    const { time, uptime } = this.last;
    const again = clock.now().time + ms === time || clock.uptime - uptime + ms < periodMs / 2;
    return again ? ms + periodMs : ms;
  }

  private wantsRadio(ms: number): boolean {
    const { plan, clock, log, pace } = this.options;
    const { next, oldest } = this.logOpen ? log : (this.bookmark ?? { next: 0, oldest: 0 });
    const clockError = clock.error + (ms * pace.drift_ppm) / 1e6;
    return plan.wants(clock.uptime + ms, {
      // and the one that the next wake will take
      pending: next - oldest + this.readings.length + 1,
      fullness: this.logOpen ? log.fullness : 0,
      clockError,
    });
  }

  private sleep(ms: number, radio: boolean): void {
    const { power, clock, pace, timers } = this.options;
    const { uptime } = clock;
    const leg = Math.min(ms, power.longestMs);
    const asked = pace.ask(leg);
    this.retain(uptime + leg, uptime + ms, radio);
    // Not from within a callback of what has just been closed.
    this.cancel = timers.after(0, () => power.sleep(asked, radio && leg === ms));
  }

  private retain(uptime: number, due: number, radio: boolean, tries = this.options.plan.tries): void {
    const { memory } = this.options;
    if (retain(memory, this.retained(uptime, due, radio, tries))) return;
    // Too many for the memory: readings belong on flash anyway, and probes can be searched for.
    this.tryToFlush();
    const less = { ...this.retained(uptime, due, radio, tries), readings: [] };
    if (!retain(memory, less)) retain(memory, { ...less, probes: { untilSearch: 0, probes: [] } });
  }

  private retained(uptime: number, due: number, radio: boolean, tries: Tries): Retained {
    const { pace, clock, report, probes, log } = this.options;
    const { reset, trouble } = report;
    const bookmark = this.logOpen ? log.bookmark : this.bookmark;
    return {
      uptime,
      due,
      radio,
      pace: pace.paced,
      clock: clock.kept,
      tries,
      reset,
      trouble,
      bookmark,
      probes: probes(),
      readings: this.readings,
    };
  }
}

/**
 * Wakes of a device on batteries with its radio off, over models, the same on every engine: each composes the firmware
 * anew, as a chip does, goes on by what memory holds, takes a reading, keeps it on flash and sleeps.
 */
import { Bus } from '../../tools/simulator/bus.js';
import { NorFlash } from '../../tools/simulator/flash.js';
import { Probe } from '../../tools/simulator/probe.js';
import { Clock } from '../clock.js';
import { Led } from '../led.js';
import { Pace } from '../life/pace.js';
import { RadioPlan } from '../life/radio-plan.js';
import { Report } from '../life/report.js';
import { recallAfter } from '../life/retained.js';
import { Wake } from '../life/wake.js';
import { Log } from '../log.js';
import { Network } from '../network.js';
import type { Memory } from '../power.js';
import { Sampler } from '../sampler.js';
import { Ds18b20 } from '../sensors/ds18b20.js';
import { MINUTE, MORNING, Steps } from './day.js';

export class Naps {
  readonly #steps = new Steps();
  readonly #flash = new NorFlash({ sectors: 16 });
  readonly #bus = new Bus();
  readonly #probes: Probe[] = [];
  readonly #memory: Memory;
  #bytes = new Uint8Array(384);
  #log: Log | null = null;
  #asleep = false;
  #first = true;

  constructor() {
    this.#memory = { byteLength: 384, read: () => this.#bytes.slice(), write: (bytes) => this.#bytes.set(bytes) };
    for (const serial of [1, 2]) {
      const options = { serial: Uint8Array.of(serial, 0, 0, 0, 0, 0), temperature: () => 20 };
      const probe = new Probe({ ...options, now: () => this.#steps.now });
      this.#probes.push(probe);
      this.#bus.attach(probe);
    }
  }

  /** Readings on flash. */
  get pending(): number {
    return this.#log?.pending ?? 0;
  }

  /** Bytes written to flash so far. */
  get written(): number {
    return this.#flash.bytesWritten;
  }

  /** So many wakes, one a minute. */
  wake(times: number): void {
    for (let i = 0; i < times; i++) this.#once();
    for (const probe of this.#probes) probe.takeConversions();
  }

  #once(): void {
    const [timers, bus] = [this.#steps, this.#bus];
    const reset = this.#first ? 'power-on' : 'deep-sleep';
    const before = recallAfter(reset, this.#memory);
    const born = timers.now - (before?.uptime ?? 0);
    const log = new Log(this.#flash, { random: () => 0.5, bookmark: before?.bookmark ?? null });
    const clock = new Clock({
      uptime: () => timers.now - born,
      earliest: MORNING,
      onChange: (wall) => wake.timed(wall),
      kept: before?.clock ?? null,
    });
    const driver = new Ds18b20({ bus, timers, ...(before && { known: before.probes }) });
    const radio = { link: 'down' as const, join: () => {}, leave: () => {} };
    const sampler: Sampler = new Sampler({
      sensors: [driver],
      clock,
      timers,
      periodMs: MINUTE,
      onReading: (reading) => wake.read(reading),
    });
    const wake = new Wake(before, {
      memory: this.#memory,
      power: { reset, longestMs: 60 * MINUTE, sleep: (ms) => this.#sleep(ms) },
      timers,
      clock,
      log,
      sampler,
      periodMs: MINUTE,
      probes: () => driver.known,
      network: new Network({ radio, timers, random: () => 0.5, onUp: () => {}, onDown: () => {} }),
      led: new Led(() => {}, timers),
      pace: new Pace(before?.pace),
      plan: new RadioPlan({ ...(before && { tries: before.tries }), uploadEvery: 100_000, random: () => 0.5 }),
      report: new Report(reset, before),
      group: 1,
      radioMs: 5000,
    });
    this.#log = log;
    this.#asleep = false;
    wake.open();
    if (this.#first) clock.hear(MORNING, 'ntp');
    this.#first = false;
    while (!this.#asleep) timers.run(timers.now + 10);
  }

  #sleep(ms: number): void {
    this.#asleep = true;
    this.#steps.skip(ms);
  }
}

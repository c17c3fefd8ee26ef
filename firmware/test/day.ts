/**
 * A device's day over models, the same on every engine: two probes on a bus that now and then gets a byte wrong, flash,
 * a clock that only this file moves, and a collector that is a few lines. What it sends is compared between engines,
 * and what it costs is counted on XS.
 */
import { Bus } from '../../tools/simulator/bus.js';
import { NorFlash } from '../../tools/simulator/flash.js';
import { Probe } from '../../tools/simulator/probe.js';
import { Random } from '../../tools/simulator/random.js';
import { Clock } from '../clock.js';
import { Log } from '../log.js';
import { decodeBatch } from '../protocol/batch.js';
import type { Answer } from '../protocol/reply.js';
import { Sampler } from '../sampler.js';
import { Ds18b20 } from '../sensors/ds18b20.js';
import type { Timers } from '../timer.js';
import { Uploader } from '../uploader.js';
import type { Uplink } from '../uplinks/uplink.js';

export const MORNING = Date.UTC(2026, 10, 20);
export const MINUTE = 60_000;

/** Timers that run when time is moved, in order. */
export class Steps implements Timers {
  now = 0;
  #timers: { due: number; callback: () => void }[] = [];

  after(ms: number, callback: () => void): () => void {
    const timer = { due: this.now + Math.ceil(ms), callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** A sleep: so much time passes, and all timers are forgotten. */
  skip(ms: number): void {
    this.#timers = [];
    this.now += ms;
  }

  run(until: number): void {
    for (;;) {
      const [next] = this.#timers.filter(({ due }) => due <= until).sort((a, b) => a.due - b.due);
      if (next === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.now = next.due;
      next.callback();
    }
    this.now = Math.max(this.now, until);
  }
}

/** A collector that takes every third batch only, and then says what it has: as one that is often out of reach. */
class Collector implements Uplink {
  readonly bodies: string[] = [];
  reachable = false;
  #next = 0;
  #asked = 0;
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  send(body: string, done: (answer: Answer) => void): void {
    this.#asked++;
    if (!this.reachable || this.#asked % 3 !== 0) return done({ status: null, body: null });
    this.bodies.push(body);
    const { log, first, time } = decodeBatch(JSON.parse(body));
    this.#next = Math.max(this.#next, first + time.length);
    const reply = `{"log":"${log}","next":${this.#next},"stored":${time.length},"now":${this.#now()},"series":{}}`;
    done({ status: time.length > 0 ? 201 : 200, body: JSON.parse(reply) as unknown });
  }

  close(): void {}
}

export class Day {
  readonly #steps = new Steps();
  readonly #collector = new Collector(() => MORNING + this.#steps.now);
  readonly #probes: Probe[] = [];
  readonly #log: Log;
  readonly #sampler: Sampler;
  readonly #uploader: Uploader;

  constructor() {
    const timers = this.#steps;
    const chance = new Random('a day');
    const random = (): number => chance.next();
    const bus = new Bus(new Random('its bus'), { wrongBytes: 0.001, reversedRoms: true });
    for (const serial of [1, 2]) {
      const now = (): number => timers.now;
      const temperature = (time: number): number =>
        serial * 8 - 20 + Math.abs((time % 7_200_000) - 3_600_000) / 400_000;
      const probe = new Probe({ serial: Uint8Array.of(serial, 0, 0, 0, 0, 0), now, temperature });
      this.#probes.push(probe);
      bus.attach(probe);
    }
    this.#log = new Log(new NorFlash({ sectors: 16 }), { random });
    const clock = new Clock({
      uptime: () => timers.now,
      earliest: MORNING,
      onChange: (wall) => this.#log.markTime(wall),
    });
    this.#uploader = new Uploader({
      log: this.#log,
      clock,
      uplink: this.#collector,
      timers,
      random,
      device_id: 'day',
      token: 'secret',
    });
    this.#sampler = new Sampler({
      sensors: [new Ds18b20({ bus, timers })],
      clock,
      timers,
      periodMs: MINUTE,
      onReading: (reading) => void this.#log.append(reading),
    });
  }

  /** Every batch that the collector took, as it was sent. */
  get bodies(): readonly string[] {
    return this.#collector.bodies;
  }

  /** Readings on flash that the collector hasn't got. */
  get pending(): number {
    return this.#log.pending;
  }

  open(): void {
    this.#log.open();
    this.#sampler.open();
  }

  /** Takes readings, one a minute, with the collector out of reach. */
  sample(count: number): void {
    this.#steps.run(this.#steps.now + count * MINUTE);
    // The models remember what they measured; the device doesn't.
    for (const probe of this.#probes) probe.takeConversions();
  }

  /** Sends all that is pending. */
  upload(): void {
    this.#collector.reachable = true;
    this.#uploader.open();
    while (this.#log.pending > 0) this.#steps.run(this.#steps.now + 1000);
    this.#uploader.close();
    this.#collector.reachable = false;
  }
}

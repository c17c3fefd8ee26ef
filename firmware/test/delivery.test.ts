/** From `append` to a collector that keeps to protocol.md §3, over a network and a power supply that keep to nothing. */
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { describe, it } from 'vitest';
import { VirtualClock } from '../../tools/simulator/clock.js';
import { NorFlash, PowerCut } from '../../tools/simulator/flash.js';
import { Clock } from '../clock.js';
import { Log } from '../log.js';
import { decodeBatch } from '../protocol/batch.js';
import type { Answer } from '../protocol/reply.js';
import { Uploader } from '../uploader.js';
import type { Uplink } from '../uplinks/uplink.js';
import { Collector, SENSOR } from './collector-model.js';
import { T } from './log-model.js';

const MINUTE = 60_000;

/** What becomes of a request. */
type Weather = 'fair' | 'request lost' | 'answer lost' | 'doubled' | 'late' | 'busy' | 'refused as too large';

type Step =
  | { is: 'takes'; count: number }
  | { is: 'passes'; minutes: number }
  | { is: 'reboots' }
  | { is: 'learns the time' }
  | { is: 'loses power'; bytes: number };

/** So long nothing gets through that a small ring overruns. */
const storm = fc.integer({ min: 0, max: 12 }).map((count) => new Array<Weather>(count).fill('request lost'));

const weathers = fc.array(
  fc.constantFrom<Weather>(
    'fair',
    'fair',
    'request lost',
    'answer lost',
    'doubled',
    'late',
    'busy',
    'refused as too large',
  ),
  { maxLength: 60 },
);

const steps = fc.array(
  fc.oneof(
    { arbitrary: fc.record({ is: fc.constant('takes' as const), count: fc.integer({ min: 1, max: 12 }) }), weight: 5 },
    {
      arbitrary: fc.record({ is: fc.constant('passes' as const), minutes: fc.integer({ min: 0, max: 40 }) }),
      weight: 5,
    },
    fc.record({ is: fc.constant('reboots' as const) }),
    fc.record({ is: fc.constant('learns the time' as const) }),
    {
      arbitrary: fc.record({ is: fc.constant('loses power' as const), bytes: fc.integer({ min: 0, max: 600 }) }),
      weight: 2,
    },
  ),
  { maxLength: 60, size: 'max' },
);

class World {
  readonly time = new VirtualClock(T);
  readonly collector = new Collector();
  readonly #flash: NorFlash;
  readonly #weathers: Weather[];
  readonly #maxReadings: number;
  /** readings whose `append` returned, and those that were torn */
  readonly taken: number[] = [];
  readonly torn: number[] = [];
  #clock!: Clock;
  log!: Log;
  #uploader: Uploader | null = null;

  constructor(sectors: number, weathers: Weather[], maxReadings: number) {
    this.#flash = new NorFlash({ sectors, blockSize: 512 });
    this.#weathers = [...weathers];
    this.#maxReadings = maxReadings;
    this.#boot();
  }

  async step(step: Step): Promise<void> {
    if (step.is === 'takes') for (let i = 0; i < step.count; i++) this.#take();
    else if (step.is === 'passes') await this.#pass(step.minutes * MINUTE);
    else if (step.is === 'reboots') this.#boot();
    else if (step.is === 'loses power') this.#flash.cutAfter(step.bytes);
    else this.#survive(() => this.#clock.hear(this.time.now(), 'ntp'));
  }

  /** Fair weather until everything is delivered. */
  async end(): Promise<void> {
    this.#weathers.length = 0;
    this.#flash.powerOn();
    this.#boot();
    for (let i = 0; i < 100 && this.log.pending > 0; i++) await this.#pass(20 * MINUTE);
    assert.equal(this.log.pending, 0);
  }

  #take(): void {
    const value = this.taken.length + this.torn.length;
    const reading = { ...this.#clock.now(), sensors: { [SENSOR]: { temp_C: value } } };
    const returned = this.#survive(() => this.log.append(reading));
    (returned ? this.taken : this.torn).push(value);
    this.#uploader?.nudge();
  }

  async #pass(ms: number): Promise<void> {
    const until = this.time.now() + ms;
    while (this.time.now() < until) {
      await this.time.run(until, 'fast', () => !this.#flash.powered);
      if (!this.#flash.powered) this.#boot();
    }
  }

  /** True where the power lasted; else the device has booted again. */
  #survive(work: () => unknown): boolean {
    try {
      work();
      return true;
    } catch (error) {
      if (!(error instanceof PowerCut)) throw error;
      this.#boot();
      return false;
    }
  }

  #boot(): void {
    this.time.clear();
    this.#uploader = null;
    this.#flash.powerOn();
    const booted = this.time.now();
    this.log = new Log(this.#flash, { random: () => 0.5 });
    this.log.open();
    this.#clock = new Clock({ uptime: () => this.time.now() - booted, onChange: (wall) => this.log.markTime(wall) });
    const { log } = this;
    const uplink: Uplink = { send: (body, done) => this.#send(body, done), close: () => {} };
    this.#uploader = new Uploader({
      log,
      clock: this.#clock,
      uplink,
      timers: this.time,
      random: () => 0.5,
      device_id: 'probe-1',
      maxReadings: this.#maxReadings,
    });
    this.#uploader.open();
  }

  #send(body: string, done: (answer: Answer) => void): void {
    const batch = decodeBatch(JSON.parse(body));
    const arrive = (): Answer => this.collector.apply(batch, this.time.now());
    const reply = (answer: Answer, ms = 100): unknown => this.time.after(ms, () => done(answer));
    switch (this.#weathers.shift() ?? 'fair') {
      case 'request lost':
        break;
      case 'answer lost':
        arrive();
        break;
      case 'doubled':
        arrive();
        reply(arrive());
        break;
      case 'late':
        reply(arrive(), 10 * MINUTE);
        break;
      case 'busy':
        reply({ status: 503, body: {}, retryAfter: 30 });
        break;
      case 'refused as too large':
        reply({ status: batch.time.length > 1 ? 413 : arrive().status, body: {} });
        break;
      default:
        reply(arrive());
    }
  }
}

describe('every reading that was appended', () => {
  it('arrives exactly once, in order', async () => {
    await fc.assert(
      fc.asyncProperty(steps, weathers, fc.integer({ min: 1, max: 60 }), async (steps, weathers, max) => {
        const world = new World(64, weathers, max);
        for (const step of steps) await world.step(step);
        await world.end();
        const { taken, torn, collector, log } = world;
        const stored = new Set(collector.stored);
        assert.equal(stored.size, collector.stored.length, 'stored twice');
        assert.deepEqual(
          taken.filter((value) => !stored.has(value)),
          [],
        );
        assert.ok(collector.stored.every((value) => taken.includes(value) || torn.includes(value)));
        assert.deepEqual(
          collector.stored,
          [...collector.stored].sort((a, b) => a - b),
        );
        assert.deepEqual([log.lost, collector.lost], [0, 0]);
      }),
      { numRuns: 150 },
    );
  });

  it('arrives exactly once or is counted lost, where the ring is too small', async () => {
    await fc.assert(
      fc.asyncProperty(steps, storm, weathers, async (steps, storm, weathers) => {
        const world = new World(3, [...storm, ...weathers], 20);
        for (const step of steps) await world.step(step);
        await world.end();
        const { taken, torn, collector, log } = world;
        const stored = new Set(collector.stored);
        assert.equal(stored.size, collector.stored.length, 'stored twice');
        const missing = taken.filter((value) => !stored.has(value)).length;
        const counted = collector.before + collector.lost;
        assert.ok(counted >= missing && counted <= missing + torn.length);
        // What was overrun while it was in flight has arrived all the same.
        assert.ok(log.lost >= counted);
      }),
      { numRuns: 100 },
    );
  });
});

/** What becomes of readings where a sector of the flash holds something else after years, whatever that is. */
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { VirtualClock } from '../../tools/simulator/clock.js';
import { NorFlash } from '../../tools/simulator/flash.js';
import { Clock } from '../clock.js';
import { Log } from '../log.js';
import { decodeBatch } from '../protocol/batch.js';
import { Uploader } from '../uploader.js';
import { Collector, SENSOR } from './collector-model.js';
import { readAll, T } from './log-model.js';

const MINUTE = 60_000;
const SECTORS = 6;
const SECTOR = 512;

type Way = 'open' | 'blocked' | 'no answer';

type Step =
  | { is: 'takes'; count: number }
  /** an hour in which what is sent gets there and is answered, or not */
  | { is: 'passes'; way: Way }
  | { is: 'sleeps' }
  | { is: 'reboots' };

/** A piece of the sector that is written, or of one so many before it. */
interface Rot {
  back: number;
  from: number;
  length: number;
  to: 'blank' | 'zero' | number;
}

const step = fc.oneof(
  { arbitrary: fc.record({ is: fc.constant('takes' as const), count: fc.integer({ min: 1, max: 12 }) }), weight: 5 },
  {
    arbitrary: fc.record({
      is: fc.constant('passes' as const),
      way: fc.constantFrom<Way>('open', 'blocked', 'no answer'),
    }),
    weight: 5,
  },
  fc.record({ is: fc.constant('sleeps' as const) }),
  fc.record({ is: fc.constant('reboots' as const) }),
);
const steps = fc.array(step, { maxLength: 20 });

const rot = fc.record<Rot>({
  back: fc.oneof({ arbitrary: fc.constant(0), weight: 3 }, fc.integer({ min: 1, max: SECTORS - 1 })),
  from: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: SECTOR - 1 })),
  length: fc.oneof(fc.constant(1), fc.constant(SECTOR), fc.integer({ min: 1, max: SECTOR })),
  to: fc.oneof(fc.constantFrom('blank' as const, 'zero' as const), fc.integer({ min: 1, max: 255 })),
});

class Device {
  readonly collector = new Collector();
  readonly flash = new NorFlash({ sectors: SECTORS, blockSize: SECTOR });
  private readonly time = new VirtualClock(T);
  private named = 0;
  private way: Way = 'open';
  private clock!: Clock;
  private uploader!: Uploader;
  log!: Log;
  /** values are 0, 1, 2 … */
  taken = 0;

  constructor() {
    this.boot();
  }

  async step(step: Step): Promise<void> {
    if (step.is === 'reboots') this.boot();
    else if (step.is === 'sleeps') this.boot(this.log);
    else if (step.is === 'passes') {
      this.way = step.way;
      this.uploader.nudge();
      await this.time.run(this.time.now() + 60 * MINUTE, 'fast');
    } else {
      for (let i = 0; i < step.count; i++)
        this.log.append({ ...this.clock.now(), sensors: { [SENSOR]: { temp_C: this.taken++ } } });
      this.uploader.nudge();
    }
  }

  rot({ back, from, length, to }: Rot): void {
    const sector = Math.max(0, this.log.bookmark.sequence - back) % SECTORS;
    const offset = sector * SECTOR + from;
    const bytes = this.flash.read(offset, Math.min(length, SECTOR - from));
    const change = (byte: number): number => (to === 'blank' ? 0xff : to === 'zero' ? 0 : byte ^ to);
    this.flash.spoil(offset, bytes.map(change));
  }

  /** @param before the log that goes on after a sleep */
  boot(before?: Log): void {
    this.time.clear();
    this.log = new Log(this.flash, { random: () => (++this.named % 1000) / 1000, bookmark: before?.bookmark ?? null });
    this.log.open();
    this.clock = new Clock({ uptime: () => this.time.now() - T, kept: { wall: T, error: 0, set: 0 } });
    this.log.markTime(T);
    this.uploader = new Uploader({
      log: this.log,
      clock: this.clock,
      timers: this.time,
      random: () => 0.5,
      device_id: 'probe-1',
      uplink: {
        send: (body, done) => {
          const answer = this.way === 'blocked' ? null : this.collector.apply(decodeBatch(JSON.parse(body)), T);
          if (this.way === 'open') this.time.after(100, () => done(answer!));
        },
        close: () => {},
      },
    });
    this.uploader.open();
  }

  async deliver(): Promise<void> {
    for (let hours = 0; hours < 40 && this.log.pending > 0; hours++) await this.step({ is: 'passes', way: 'open' });
    expect(this.log.pending).toBe(0);
  }
}

it('no reading taken since is missing, and none that was there before is stored twice', async () => {
  await fc.assert(
    fc.asyncProperty(steps, rot, steps, fc.integer({ min: 1, max: 40 }), async (before, rot, after, count) => {
      const device = new Device();
      for (const step of before) await device.step(step);
      device.rot(rot);
      device.boot();
      const whole = readAll(device.log).map(({ sensors }) => sensors[SENSOR]!['temp_C']!);
      const since = device.taken;
      for (const step of after) await device.step(step);
      await device.step({ is: 'takes', count });
      const { log, collector } = device;
      const overrun = log.lost > 0;
      await device.deliver();
      const stored = new Set(collector.stored);
      assert.equal(stored.size, collector.stored.length, 'stored twice');
      const due = [...whole, ...Array.from({ length: device.taken - since }, (_, i) => since + i)];
      if (!overrun)
        assert.deepEqual(
          due.filter((value) => !stored.has(value)),
          [],
        );
    }),
    { numRuns: Number(process.env['ROTS'] ?? 300) },
  );
});

import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { describe, it } from 'vitest';
import { NorFlash, PowerCut } from '../../tools/simulator/flash.js';
import type { Log } from '../log.js';
import type { Reading } from '../reading.js';
import { expectHolds, openLog, readAll, T, type Entry, type Life } from './log-model.js';

/** What happens to a device whose clock, once known, is right. */
type Step =
  | { is: 'append'; passes: number; sensors: Reading['sensors'] }
  /** forgets a share of what is there */
  | { is: 'acknowledge'; share: number }
  /** the clock becomes known */
  | { is: 'time' }
  | { is: 'reboot'; off: number }
  /** a sleep that the boot outlasts */
  | { is: 'sleep' }
  /** the collector knows no others from the boot's first number on */
  | { is: 'trust' }
  | { is: 'restart' }
  /** the power goes once so many more bytes are written or erased */
  | { is: 'cut'; bytes: number };

const value = fc.oneof(
  { arbitrary: fc.integer({ min: -880, max: 2000 }).map((raw) => raw / 16), weight: 6 },
  { arbitrary: fc.integer({ min: 0, max: 5000 }).map((raw) => raw / 1000), weight: 2 },
  fc.constant(null),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0),
);

const sensors = fc.record(
  {
    '28-0000000000aa': fc.record({ temp_C: value }, { noNullPrototype: true }),
    '28-0000000000bb': fc.record({ temp_C: value }, { noNullPrototype: true }),
    battery: fc.record({ batt_V: value, charge: value }, { requiredKeys: ['batt_V'], noNullPrototype: true }),
  },
  { requiredKeys: ['28-0000000000aa'], noNullPrototype: true },
);

const passes = fc.integer({ min: 0, max: 100_000 });
const share = fc.double({ min: 0, max: 1, noNaN: true });
const CALM: fc.WeightedArbitrary<Step>[] = [
  { arbitrary: fc.record({ is: fc.constant('append'), passes, sensors }), weight: 30 },
  { arbitrary: fc.record({ is: fc.constant('acknowledge'), share }), weight: 5 },
  { arbitrary: fc.record({ is: fc.constant('time') }), weight: 3 },
  { arbitrary: fc.record({ is: fc.constant('reboot'), off: passes }), weight: 3 },
  { arbitrary: fc.record({ is: fc.constant('sleep') }), weight: 2 },
  { arbitrary: fc.record({ is: fc.constant('trust') }), weight: 2 },
  { arbitrary: fc.record({ is: fc.constant('restart') }), weight: 1 },
];
const CUT: fc.WeightedArbitrary<Step> = {
  arbitrary: fc.record({ is: fc.constant('cut'), bytes: fc.integer({ min: 0, max: 1000 }) }),
  weight: 4,
};

const stepsOf = (...kinds: fc.WeightedArbitrary<Step>[]): fc.Arbitrary<Step[]> =>
  fc.array(fc.oneof(...kinds), { minLength: 1, maxLength: 80, size: 'max' });

/** A device, and beside it in plain memory what its log has to hold. */
class Device {
  readonly flash = new NorFlash({ sectors: 4, blockSize: 512 });
  readonly entries = new Map<number, Entry>();
  log: Log = openLog(this.flash);
  /** true time, and that at power-up, ms */
  now = T;
  booted = T;
  life: Life = { wall: null };
  acknowledged = 0;
  readonly lost = new Set<number>();
  /** a mark was torn, or a new name: what it forgot may count as lost */
  torn = false;

  step(step: Step): void {
    const { next } = this.log;
    try {
      this.do(step);
    } catch (error) {
      if (!(error instanceof PowerCut)) throw error;
      const { life: before, booted } = this;
      this.flash.powerOn();
      this.boot();
      if (step.is === 'append' && this.log.next === next + 1) this.entries.set(next, this.entry(step, before, booted));
      if (step.is === 'time' && before.wall === null) before.maybe = booted;
      if (step.is === 'acknowledge' || step.is === 'restart') this.torn = true;
    }
  }

  do(step: Step): void {
    const { log, flash } = this;
    if (step.is === 'cut') flash.cutAfter(step.bytes);
    else if (step.is === 'trust') log.trust();
    else if (step.is === 'restart') {
      const { doubtful } = log;
      log.restart();
      this.acknowledged = Math.max(this.acknowledged, doubtful ?? 0);
    } else if (step.is === 'sleep') this.log = openLog(flash, { bookmark: log.bookmark });
    else if (step.is === 'append') {
      this.now += step.passes;
      const entry = this.entry(step, this.life, this.booted);
      this.entries.set(log.append(entry.reading), entry);
    } else if (step.is === 'acknowledge') {
      const next = log.oldest + Math.round(log.pending * step.share);
      this.acknowledged = Math.max(this.acknowledged, next);
      log.acknowledge(next);
    } else if (step.is === 'time') {
      log.markTime(this.booted);
      this.life.wall = this.booted;
    } else {
      this.now += step.off;
      this.boot();
    }
  }

  boot(): void {
    this.booted = this.now;
    this.life = { wall: null };
    this.log = openLog(this.flash);
  }

  entry({ sensors }: Extract<Step, { is: 'append' }>, life: Life, booted: number): Entry {
    const time = life.wall === null ? this.now - booted : this.now;
    return { reading: { time, clock: life.wall === null ? 'uptime' : 'unix', sensors }, life };
  }

  /** What holds at any time. */
  check(): void {
    const { log, entries, acknowledged, lost } = this;
    expectHolds(log, entries);
    assert.equal(log.next, entries.size);
    const told = readAll(log).filter(({ clock }) => clock === 'unix');
    told.forEach(({ time }, i) => assert.ok(i === 0 || time >= told[i - 1]!.time, `time goes back at ${i}`));
    for (let n = acknowledged; n < log.oldest; n++) lost.add(n);
    if (!this.torn) {
      assert.ok(log.oldest >= acknowledged);
      assert.equal(log.lost, lost.size);
    }
  }
}

describe('Log', () => {
  it('holds what a list would, whatever happens', () => {
    fc.assert(
      fc.property(stepsOf(...CALM), (steps) => {
        const device = new Device();
        for (const step of steps) {
          device.step(step);
          device.check();
          // Two sectors are always full, and hold two of the largest readings each.
          const { log, flash, entries, acknowledged, lost } = device;
          if (flash.erases.every((count) => count <= 1)) assert.equal(lost.size, 0);
          assert.ok(log.pending >= Math.min(entries.size - acknowledged, 4));
        }
      }),
      { numRuns: 40 },
    );
  });

  it('holds it over power cuts at any byte', () => {
    fc.assert(
      fc.property(stepsOf(...CALM, CUT), (steps) => {
        const device = new Device();
        for (const step of steps) {
          device.step(step);
          device.check();
        }
      }),
      { numRuns: 100 },
    );
  });
});

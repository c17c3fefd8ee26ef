import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../tools/simulator/clock.js';
import type { Reading, Stamp } from '../reading.js';
import { Sampler, type SamplerOptions } from '../sampler.js';
import type { Sensor, Values } from '../sensors/sensor.js';

const PERIOD = 60_000;
/** Not on a minute. */
const START = Date.UTC(2026, 10, 20, 12, 0, 17, 345);

type Done = (values: Values) => void;

/** A sensor that is what its function does, and is known to give this. */
function sensor(sample: (done: Done) => void, blank: Values = {}): Sensor {
  return { sample, blank: () => blank, close: () => {} };
}

/** A sampler on a virtual clock, and the readings it gave. */
function bench(sensors: (clock: VirtualClock) => Sensor[], options: Partial<SamplerOptions> = {}) {
  const clock = new VirtualClock(START);
  const readings: Reading[] = [];
  const sampler = new Sampler({
    sensors: sensors(clock),
    clock: { now: () => ({ time: clock.now(), clock: 'unix' }) },
    timers: clock,
    periodMs: PERIOD,
    onReading: (reading) => readings.push(reading),
    ...options,
  });
  return { clock, readings, sampler, times: () => readings.map(({ time }) => time - START) };
}

const none = () => [];

/** From START to the next whole minute. */
const TO_MINUTE = PERIOD - 17_345;

describe('Sampler', () => {
  it('takes one reading at once and the others at whole periods of the clock, without drift', async () => {
    const { clock, readings, sampler } = bench(none);
    sampler.open();
    await clock.run(START + 1000 * PERIOD);
    expect(readings[0]!.time).toBe(START);
    const minutes = Array.from({ length: 1000 }, (_, i) => START + TO_MINUTE + i * PERIOD);
    expect(readings.slice(1).map(({ time }) => time)).toEqual(minutes);
  });

  it('stamps a reading with the beginning of its cycle, however long the sample takes', async () => {
    const { clock, sampler, times } = bench((clock) => [
      sensor((done) => void clock.after(750, () => done({ a: { temp_C: 1 } }))),
    ]);
    sampler.open();
    await clock.run(START + 2 * PERIOD);
    expect(times()).toEqual([0, TO_MINUTE, TO_MINUTE + PERIOD]);
  });

  it('merges what all sensors give, field by field', async () => {
    const { clock, readings, sampler } = bench((clock) => [
      sensor((done) => done({ a: { temp_C: -0.5 }, b: { temp_C: null } })),
      sensor((done) => void clock.after(100, () => done({ battery: { batt_V: 3.9 }, a: { humidity: 40 } }))),
    ]);
    sampler.open();
    await clock.run(START + 1000);
    expect(readings).toEqual([
      {
        time: START,
        clock: 'unix',
        sensors: { a: { temp_C: -0.5, humidity: 40 }, b: { temp_C: null }, battery: { batt_V: 3.9 } },
      },
    ]);
  });

  it('makes a gap of a sensor that hangs or throws, for all it is known to give', async () => {
    const late: Done[] = [];
    let turn = 0;
    const hangs = sensor((done) => (turn++ === 1 ? late.push(done) : done({ a: { temp_C: turn } })), {
      a: { temp_C: null },
    });
    const throws = sensor(
      (done) => {
        if (turn === 2) throw new Error('bus');
        done({ b: { temp_C: turn, humidity: 50 } });
      },
      { b: { temp_C: null, humidity: null } },
    );
    const { clock, readings, sampler, times } = bench(() => [hangs, throws], { timeoutMs: 5000 });
    sampler.open();
    await clock.run(START + TO_MINUTE + 10_000);
    late[0]!({ a: { temp_C: 99 } });
    await clock.run(START + TO_MINUTE + PERIOD);
    expect(readings.map((reading) => reading.sensors)).toEqual([
      { a: { temp_C: 1 }, b: { temp_C: 1, humidity: 50 } },
      { a: { temp_C: null }, b: { temp_C: null, humidity: null } },
      { a: { temp_C: 3 }, b: { temp_C: 3, humidity: 50 } },
    ]);
    expect(times()).toEqual([0, TO_MINUTE, TO_MINUTE + PERIOD]);
  });

  it('gives one reading a cycle though a sensor answers twice', async () => {
    const { clock, readings, sampler } = bench(() => [
      sensor((done) => {
        done({ a: { temp_C: 1 } });
        done({ a: { temp_C: 2 } });
      }),
    ]);
    sampler.open();
    await clock.run(START + 1000);
    expect(readings.map((reading) => reading.sensors)).toEqual([{ a: { temp_C: 1 } }]);
  });

  it('leaves out cycles that begin while another runs, and never runs two', async () => {
    let running = 0;
    let most = 0;
    const { clock, sampler, times } = bench(
      (clock) => [
        sensor((done) => {
          most = Math.max(most, ++running);
          clock.after(150_000, () => {
            running--;
            done({ a: { temp_C: 1 } });
          });
        }),
      ],
      { timeoutMs: 200_000 },
    );
    sampler.open();
    await clock.run(START + 11 * PERIOD);
    expect(most).toBe(1);
    // 150 s of work each: every third minute
    expect(times()).toEqual([0, TO_MINUTE + 2 * PERIOD, TO_MINUTE + 5 * PERIOD]);
  });

  it('goes over to the wall clock’s periods when it comes to be known', async () => {
    const clock = new VirtualClock(START);
    const now = (): Stamp => {
      const known = clock.now() >= START + 90_000;
      return known ? { time: clock.now(), clock: 'unix' } : { time: clock.now() - START, clock: 'uptime' };
    };
    const { readings, sampler } = bench(none, { clock: { now }, timers: clock });
    sampler.open();
    await clock.run(START + TO_MINUTE + 3 * PERIOD);
    expect(readings.map(({ time, clock: kind }) => [kind, time])).toEqual([
      ['uptime', 0],
      ['uptime', PERIOD],
      ['unix', START + 2 * PERIOD],
      ['unix', START + TO_MINUTE + 2 * PERIOD],
      ['unix', START + TO_MINUTE + 3 * PERIOD],
    ]);
  });

  it('samples on when the clock is set back', async () => {
    let back = 0;
    const clock = new VirtualClock(START);
    const { readings, sampler } = bench(none, {
      clock: { now: () => ({ time: clock.now() - back, clock: 'unix' }) },
      timers: clock,
    });
    sampler.open();
    await clock.run(START + 10 * PERIOD);
    back = 3_600_000;
    await clock.run(START + 20 * PERIOD);
    expect(readings).toHaveLength(21);
  });

  it('begins no cycle twice though timers come early or late', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: -40, max: 40 }), { minLength: 1 }), async (errors) => {
        const clock = new VirtualClock(START);
        let turn = 0;
        const after: VirtualClock['after'] = (ms, callback) =>
          clock.after(ms + (ms > 1000 ? errors[turn++ % errors.length]! : 0), callback);
        const { readings, sampler } = bench(none, {
          clock: { now: () => ({ time: clock.now(), clock: 'unix' }) },
          timers: { after },
        });
        sampler.open();
        await clock.run(START + 100.5 * PERIOD);
        const cycles = readings.slice(1).map(({ time }) => Math.round(time / PERIOD));
        expect(cycles).toEqual(Array.from({ length: 100 }, (_, i) => Math.ceil(START / PERIOD) + i));
      }),
    );
  });

  it('close() ends a running cycle without a reading; open() and close() may be called twice', async () => {
    const late: Done[] = [];
    const { clock, readings, sampler } = bench(() => [sensor((done) => late.push(done))]);
    sampler.open();
    sampler.open();
    expect(late).toHaveLength(1);
    sampler.close();
    sampler.close();
    late[0]!({ a: { temp_C: 1 } });
    await clock.run(START + 10 * PERIOD);
    expect(readings).toEqual([]);
    expect(late).toHaveLength(1);
  });
});

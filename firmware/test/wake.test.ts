/** Life on batteries, wake by wake, over models: the firmware's own composition of the simulator. */
import { beforeEach, describe, expect, test } from 'vitest';
import { BatteryLife } from '../../tools/simulator/battery-life.js';
import { Bus } from '../../tools/simulator/bus.js';
import { VirtualClock } from '../../tools/simulator/clock.js';
import { NorFlash } from '../../tools/simulator/flash.js';
import { Probe } from '../../tools/simulator/probe.js';
import { Random } from '../../tools/simulator/random.js';
import type { Link, Radio } from '../network.js';
import type { Memory, Reset } from '../power.js';
import { decodeBatch, type Batch } from '../protocol/batch.js';
import type { Answer } from '../protocol/reply.js';
import type { Reading } from '../reading.js';

const T = Date.UTC(2026, 10, 20);
const MINUTE = 60_000;
/** Of a DS18B20, 12 bits. */
const CONVERSION_MS = 750;
const HOUR = 60 * MINUTE;

/** A device, its probes and a collector of a few lines; sleeps are exact, unless `oscillator` says otherwise. */
class Bench {
  readonly clock = new VirtualClock(T);
  readonly flash = new NorFlash({ sectors: 16 });
  readonly bus = new Bus();
  readonly probes = [1, 2].map(
    (n) =>
      new Probe({
        serial: Uint8Array.of(n, 0, 0, 0, 0, 0),
        now: () => this.clock.now(),
        temperature: () => 10 * n,
      }),
  );
  readonly memory: Memory;
  bytes = new Uint8Array(384);
  reset: Reset = 'power-on';
  life: BatteryLife | null = null;

  periodMs = MINUTE;
  uploadEvery = 60;
  group = 1;
  longestMs = HOUR;
  oscillator = 1;
  reachable = true;
  /** the collector and a time server know the time */
  timely = true;
  /** a newer firmware is being taken */
  busy = false;
  accessPoint = true;

  readonly taken: { at: number; reading: Reading }[] = [];
  readonly batches: { at: number; batch: Batch }[] = [];
  readonly sleeps: { ms: number; radio: boolean }[] = [];
  /** when the radio was started, and how long it was on in all, ms */
  readonly starts: number[] = [];
  radioMs = 0;
  searches = 0;
  wakes = 0;
  #next = 0;
  #lost = 0;
  #asleep = false;

  constructor() {
    this.memory = { byteLength: 384, read: () => this.bytes.slice(), write: (bytes) => this.bytes.set(bytes) };
    for (const probe of this.probes) this.bus.attach(probe);
    const search = this.bus.search.bind(this.bus);
    this.bus.search = () => {
      this.searches++;
      return search();
    };
  }

  get stored(): number {
    return this.#next - this.#lost;
  }

  get lost(): number {
    return this.#lost;
  }

  async run(ms: number): Promise<void> {
    const until = this.clock.now() + ms;
    while (this.clock.now() < until) {
      if (this.life === null) this.wake();
      this.#asleep = false;
      await this.clock.run(until, 'fast', () => this.#asleep);
    }
  }

  /** The power goes, or the chip is reset; the memory then holds what it held, or anything. */
  cut(reset: Reset, keepsMemory: boolean): void {
    this.life?.close();
    this.clock.clear();
    this.life = null;
    this.reset = reset;
    if (!keepsMemory) this.bytes.fill(0xa5);
  }

  wake(): void {
    this.wakes++;
    const random = new Random(this.wakes);
    this.life = new BatteryLife({
      device_id: 'bench',
      device_desc: '',
      token: 't',
      periodMs: this.periodMs,
      clock: this.clock,
      random,
      flash: this.flash,
      bus: this.bus,
      pin: () => 0.9,
      uplink: { send: (body, done) => this.#answer(body, done), close: () => {} },
      earliest: T - HOUR,
      ntp: () => this.reachable && this.timely,
      memory: this.memory,
      uploadEvery: this.uploadEvery,
      group: this.group,
      busy: () => this.busy,
      power: { reset: this.reset, longestMs: this.longestMs, sleep: (ms, radio) => this.#sleep(ms, radio) },
      radio: (onChange) => this.#radio(onChange),
      onTime: () => {},
      onReading: (reading, at, append) => {
        this.taken.push({ at, reading });
        append();
      },
    });
    this.life.open();
    this.life.startSampling();
  }

  #sleep(ms: number, radio: boolean): void {
    this.sleeps.push({ ms, radio });
    this.life!.close();
    this.clock.clear();
    this.reset = 'deep-sleep';
    this.clock.after(ms * this.oscillator, () => {
      this.life = null;
      this.#asleep = true;
    });
  }

  #radio(onChange: () => void): Radio {
    let on: number | null = null;
    let cancel: (() => void) | null = null;
    const radio = { link: 'down' as Link, join: () => {}, leave: () => {} };
    radio.join = () => {
      on = this.clock.now();
      this.starts.push(on);
      radio.link = 'joining';
      cancel = this.clock.after(2000, () => {
        radio.link = this.accessPoint ? 'up' : 'joining';
        onChange();
      });
    };
    radio.leave = () => {
      cancel?.();
      if (on !== null) this.radioMs += this.clock.now() - on;
      on = null;
      radio.link = 'down';
    };
    return radio;
  }

  #answer(body: string, done: (answer: Answer) => void): void {
    const batch = decodeBatch(JSON.parse(body));
    this.clock.after(200, () => {
      if (!this.reachable) return done({ status: null, body: null });
      this.batches.push({ at: this.clock.now(), batch });
      const { log, first, oldest, time } = batch;
      this.#lost += Math.max(0, Math.min(first, oldest) - this.#next);
      this.#next = Math.max(this.#next, first + time.length);
      return done({ status: 201, body: { log, next: this.#next, ...(this.timely && { now: this.clock.now() }) } });
    });
  }
}

let bench: Bench;

beforeEach(() => {
  bench = new Bench();
});

describe('a device on batteries', () => {
  test('takes a reading each minute, and starts its radio for every sixty', async () => {
    await bench.run(24 * HOUR);
    expect(bench.taken.length).toBe(24 * 60);
    const late = bench.taken.slice(1).map(({ reading }) => reading.time % MINUTE);
    expect(Math.max(...late)).toBeLessThan(10);
    // Once at power-up, for the time, then for sixty readings each.
    expect(bench.starts.length).toBe(1 + 24);
    expect(bench.stored).toBeGreaterThan(24 * 60 - 60);
    // The sleep before says so: the ESP8266 calibrates its radio only then.
    expect(bench.sleeps.filter(({ radio }) => radio).length).toBe(24);
  });

  test('keeps every reading on flash before it sleeps, and wakes with a few reads and no search', async () => {
    await bench.run(3 * HOUR + 30 * MINUTE);
    let reads = 0;
    const read = bench.flash.read.bind(bench.flash);
    bench.flash.read = (offset, byteLength) => {
      reads += byteLength;
      return read(offset, byteLength);
    };
    bench.searches = 0;
    const [wakes, written] = [bench.wakes, bench.flash.bytesWritten];
    await bench.run(10 * MINUTE);
    expect(bench.wakes - wakes).toBe(10);
    expect(reads / 10).toBeLessThan(600);
    expect(bench.searches).toBe(3);
    // two probes and a battery
    expect((bench.flash.bytesWritten - written) / 10).toBe(16);
    bench.cut('power-on', false);
    bench.uploadEvery = 1;
    await bench.run(10 * MINUTE);
    expect(bench.stored).toBe(bench.taken.length);
  });

  test('does not let a dead router drain the battery, and goes on sampling', async () => {
    bench.accessPoint = false;
    await bench.run(4 * 24 * HOUR);
    expect(bench.taken.length).toBe(4 * 24 * 60);
    expect(bench.starts.length).toBeLessThan(40);
    expect(bench.radioMs).toBeLessThan(40 * 20_100);
    bench.accessPoint = true;
    await bench.run(10 * HOUR);
    // 64 kB of flash hold two and a half days of them: the oldest are gone, and counted.
    expect(bench.lost).toBeGreaterThan(0);
    expect(bench.stored + bench.lost).toBeGreaterThan(bench.taken.length - 60);
  });

  test('stays awake, its radio on, while a newer firmware is taken or on trial', async () => {
    bench.busy = true;
    await bench.run(10 * MINUTE);
    expect([bench.wakes, bench.starts.length]).toEqual([1, 1]);
    expect(bench.taken.length).toBeGreaterThanOrEqual(10);
    bench.busy = false;
    await bench.run(10 * MINUTE);
    expect(bench.wakes).toBeGreaterThan(8);
    expect(bench.starts.length).toBeLessThan(4);
    expect(bench.lost).toBe(0);
  });

  test('leaves a collector alone that refuses it', async () => {
    bench.reachable = false;
    await bench.run(24 * HOUR);
    const radio = bench.starts.length;
    expect(radio).toBeLessThan(16);
    bench.reachable = true;
    await bench.run(6 * HOUR);
    expect(bench.stored).toBeGreaterThan(30 * 60 - 60);
    expect(new Set(bench.batches.flatMap(({ batch }) => batch.time)).size).toBe(bench.stored);
  });

  test('leaves a collector alone that does not know the time either', async () => {
    bench.timely = false;
    await bench.run(24 * HOUR);
    expect(bench.starts.length).toBeLessThan(16);
    expect(bench.taken.length).toBe(24 * 60);
    bench.timely = true;
    await bench.run(6 * HOUR);
    expect(bench.stored).toBeGreaterThan(30 * 60 - 60);
  });

  test('sleeps on where a sleep cannot be so long', async () => {
    bench.periodMs = 3 * HOUR;
    bench.uploadEvery = 1;
    await bench.run(24 * HOUR + MINUTE);
    expect(bench.taken.map(({ reading, at }) => [reading.clock, Math.round((at - T) / HOUR)])).toEqual([
      ['uptime', 0],
      ...[3, 6, 9, 12, 15, 18, 21, 24].map((hour) => ['unix', hour]),
    ]);
    expect(bench.wakes).toBe(1 + 8 * 3);
    // Only the last leg of a sleep ends with the radio.
    expect(bench.sleeps.slice(0, 6).map(({ radio }) => radio)).toEqual([false, false, true, false, false, true]);
  });

  test('learns how long its sleeps really are', async () => {
    bench.oscillator = 1.04;
    await bench.run(12 * HOUR);
    const off = bench.taken.filter(({ reading }) => reading.clock === 'unix').map((one) => one.reading.time - one.at);
    // Before the first measure by 4 % of a quarter of an hour, then by some seconds in an hour.
    expect(Math.min(...off)).toBeGreaterThan(-60_000);
    expect(Math.max(...off.slice(60).map(Math.abs))).toBeLessThan(3000);
  });

  test('gives a gap for a probe that is pulled out, and its values when it is back', async () => {
    await bench.run(5 * MINUTE);
    bench.bus.detach(bench.probes[1]!);
    await bench.run(5 * MINUTE);
    bench.bus.attach(bench.probes[1]!);
    await bench.run(5 * MINUTE);
    const values = bench.taken.map(({ reading }) => reading.sensors['28-000000000002']?.['temp_C']);
    expect(values).toEqual([20, 20, 20, 20, 20, null, null, null, null, null, 20, 20, 20, 20, 20]);
  });

  test('gives a gap for each probe it knows where a conversion never ends, though it was asleep since it met them', async () => {
    await bench.run(5 * MINUTE);
    const after = bench.clock.after.bind(bench.clock);
    bench.clock.after = (ms, callback) => (ms === CONVERSION_MS ? () => {} : after(ms, callback));
    await bench.run(2 * MINUTE);
    const values = bench.taken.slice(5).map(({ reading }) => reading.sensors);
    const gap = { temp_C: null };
    const gaps = { '28-000000000001': gap, '28-000000000002': gap, battery: { batt_V: expect.any(Number) } };
    expect(values).toEqual([gaps, gaps]);
  });

  test('looks once a second whether a firmware that it waits for is done, however often the uploader has nothing to do', async () => {
    bench.busy = true;
    await bench.run(MINUTE);
    let looks = 0;
    const after = bench.clock.after.bind(bench.clock);
    bench.clock.after = (ms, callback) => {
      if (ms === 1000) looks++;
      return after(ms, callback);
    };
    await bench.run(10 * MINUTE);
    expect(looks).toBe(600);
  });

  test('ends a wake that hangs', async () => {
    await bench.run(2 * MINUTE);
    bench.bus.reset = () => {
      throw new Error('the bus is gone');
    };
    bench.flash.write = () => {
      throw new Error('so is the flash');
    };
    await bench.run(10 * MINUTE);
    expect(bench.sleeps.length).toBeGreaterThan(10);
  });

  test('does not count it as a failure where the chip restarts after an upload, as for a newer firmware', async () => {
    bench.busy = true;
    await bench.run(MINUTE);
    expect(bench.stored).toBeGreaterThan(0);
    bench.cut('software', true);
    await bench.run(MINUTE);
    expect(bench.starts.length).toBe(2);
  });

  test('counts a breakdown under the radio as a failure', async () => {
    bench.accessPoint = false;
    for (let breakdowns = 0; breakdowns < 20; breakdowns++) {
      await bench.run(3000);
      if (bench.radioMs === 0 && bench.starts.length > breakdowns) bench.cut('brownout', true);
    }
    expect(bench.starts.length).toBeLessThan(4);
  });
});

describe('readings gathered in memory', () => {
  beforeEach(async () => {
    bench.group = 5;
    bench.uploadEvery = 1000;
    await bench.run(62 * MINUTE);
  });

  test('go to flash in groups', async () => {
    const written: number[] = [];
    for (let minute = 0; minute < 10; minute++) {
      const before = bench.flash.bytesWritten;
      await bench.run(MINUTE);
      written.push(bench.flash.bytesWritten - before);
    }
    expect(written.toSorted((a, b) => a - b)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 5 * 16, 5 * 16]);
  });

  test('do not keep the device from beginning where no flash takes them', async () => {
    await bench.run(3 * MINUTE);
    bench.flash.write = () => {
      throw new Error('the flash is gone');
    };
    bench.cut('watchdog', true);
    const taken = bench.taken.length;
    await bench.run(10 * MINUTE);
    expect(bench.taken.length).toBeGreaterThanOrEqual(taken + 10);
  });

  test('are there once where the chip resets while they go to flash, soon after another reset', async () => {
    bench.accessPoint = false;
    bench.uploadEvery = 1;
    await bench.run(20 * MINUTE);
    bench.cut('watchdog', true);
    const write = bench.flash.write.bind(bench.flash);
    let writes = 0;
    const memory: Uint8Array<ArrayBuffer>[] = [];
    bench.flash.write = (offset, bytes) => {
      if (memory.length > 0) throw new Error('this is never run');
      write(offset, bytes);
      if (++writes === 4) memory.push(bench.bytes.slice());
    };
    while (memory.length === 0) await bench.run(MINUTE);
    bench.flash.write = write;
    bench.cut('watchdog', true);
    bench.bytes = memory[0]!;
    bench.accessPoint = true;
    await bench.run(5 * HOUR);
    expect(bench.stored).toBe(bench.taken.length);
    expect(bench.lost).toBe(0);
  });

  test('are lost by a power cut, but by nothing else', async () => {
    await bench.run(3 * MINUTE);
    const taken = bench.taken.length;
    bench.cut('watchdog', true);
    bench.uploadEvery = 1;
    await bench.run(10 * MINUTE);
    expect(bench.stored).toBe(bench.taken.length);
    bench.uploadEvery = 1000;
    await bench.run(3 * MINUTE);
    expect(bench.taken.length).toBe(taken + 13);
    bench.cut('power-on', false);
    bench.uploadEvery = 1;
    await bench.run(10 * MINUTE);
    const missing = bench.taken.length - bench.stored;
    expect(missing).toBeGreaterThan(0);
    expect(missing).toBeLessThan(bench.group);
    expect(bench.lost).toBe(0);
  });
});

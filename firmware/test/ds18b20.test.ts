import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Bus, type BusFaults } from '../../tools/simulator/bus.js';
import { VirtualClock } from '../../tools/simulator/clock.js';
import { Probe, type ProbeOptions } from '../../tools/simulator/probe.js';
import { Random } from '../../tools/simulator/random.js';
import { crc8 } from '../sensors/crc8.js';
import { Ds18b20, type Ds18b20Options } from '../sensors/ds18b20.js';
import { readRom } from '../sensors/rom.js';
import { conversionMs, readScratchpad, type Resolution } from '../sensors/scratchpad.js';

const SERIAL = Uint8Array.of(0xff, 0xb2, 0xf1, 0xa4, 0x16, 0x03);
const NAME = '28-0316a4f1b2ff';
const START = Date.UTC(2026, 10, 20);

type Values = Record<string, { temp_C: number | null }>;

/** A bus with probes, whose temperatures `set` changes, and the driver on it. */
class Bench {
  readonly clock = new VirtualClock(START);
  readonly bus: Bus;
  readonly faults: BusFaults;
  readonly reports: string[] = [];
  readonly temperatures = new Map<Probe, number>();
  driver: Ds18b20;

  constructor(faults: Partial<BusFaults> = {}, options: Partial<Ds18b20Options> = {}) {
    this.bus = new Bus(new Random(7), faults);
    this.faults = this.bus.faults;
    this.driver = this.drive(options);
  }

  drive(options: Partial<Ds18b20Options> = {}): Ds18b20 {
    const report = (sensor: string, fault: string) => this.reports.push(`${sensor} ${fault}`);
    return (this.driver = new Ds18b20({ bus: this.bus, timers: this.clock, report, ...options }));
  }

  plug(temp_C: number, options: Partial<ProbeOptions> = {}): Probe {
    const probe: Probe = new Probe({
      serial: options.serial ?? SERIAL,
      now: () => this.clock.now(),
      temperature: () => this.temperatures.get(probe)!,
      ...options,
    });
    this.temperatures.set(probe, temp_C);
    this.bus.attach(probe);
    return probe;
  }

  async sample(): Promise<Values> {
    const answers: Values[] = [];
    this.driver.sample((values) => answers.push(values as Values));
    await this.clock.run(this.clock.now() + 10_000);
    expect(answers).toHaveLength(1);
    return answers[0]!;
  }

  /** The one probe's value. */
  async value(): Promise<number | null | undefined> {
    return (await this.sample())[NAME]?.temp_C;
  }
}

function serial(n: number): Uint8Array {
  return Uint8Array.of(n, n >> 8, 0, 0, 0, 0);
}

/** A scratchpad with a right CRC. */
function pad(raw: number, config = 0x7f): Uint8Array {
  const bytes = Uint8Array.of(raw, raw >> 8, 0x4b, 0x46, config, 0xff, 0x02, 0x10, 0);
  bytes[8] = crc8(bytes, 8);
  return bytes;
}

describe('crc8()', () => {
  it('gives what Maxim’s application note 27 prints', () => {
    expect(crc8(Uint8Array.of(0x02, 0x1c, 0xb8, 0x01, 0, 0, 0))).toBe(0xa2);
  });
});

describe('readRom()', () => {
  const code = new Probe({ serial: SERIAL, now: () => 0, temperature: () => 0 }).rom;

  it('names a probe as Linux does, from either byte order, and keeps the code as it came', () => {
    expect(readRom(code, 0x28)).toEqual({ family: 0x28, name: NAME, code });
    expect(readRom(code.toReversed(), 0x28)).toEqual({ family: 0x28, name: NAME, code: code.toReversed() });
  });

  it('refuses a wrong CRC, zeros and a wrong length', () => {
    for (let bit = 0; bit < 64; bit++) {
      const wrong = code.slice();
      wrong[bit >> 3]! ^= 1 << (bit & 7);
      expect(readRom(wrong, 0x28)).toBeNull();
    }
    expect(readRom(new Uint8Array(8), 0x28)).toBeNull();
    expect(readRom(code.subarray(0, 7), 0x28)).toBeNull();
  });

  it('prefers the expected family where the CRC fits both ways', () => {
    let both = 0;
    for (let n = 0; n < 4096; n++) {
      const { rom, name } = new Probe({ serial: serial(n), now: () => 0, temperature: () => 0 });
      if (crc8(rom.toReversed()) === 0) both++;
      expect(readRom(rom.toReversed(), 0x28)?.name).toBe(name);
    }
    expect(both).toBeGreaterThan(0);
  });
});

describe('readScratchpad()', () => {
  /** temperature register → °C: the datasheet’s Table 1. */
  const table: [number, number][] = [
    [0x07d0, 125],
    [0x0550, 85],
    [0x0191, 25.0625],
    [0x00a2, 10.125],
    [0x0008, 0.5],
    [0x0000, 0],
    [0xfff8, -0.5],
    [0xff5e, -10.125],
    [0xfe6f, -25.0625],
    [0xfc90, -55],
  ];

  it.each(table)('reads register %i as %d °C', (raw, temp_C) => {
    expect(readScratchpad(pad(raw))).toMatchObject({ temp_C, bits: 12 });
  });

  it('takes four configuration bytes and no other', () => {
    const taken = Array.from({ length: 256 }, (_, byte) => byte).filter(
      (byte) => readScratchpad(pad(0, byte)) !== 'config',
    );
    expect(taken).toEqual([0x1f, 0x3f, 0x5f, 0x7f]);
  });

  it('refuses what is beyond the chip’s range, though its CRC is right', () => {
    for (const raw of [0x07d1, 0x0fff, 0x7fff, 0xfc8f, 0x8000]) expect(readScratchpad(pad(raw))).toBe('range');
  });

  it('tells zeros, ones and a damaged byte apart', () => {
    expect(readScratchpad(new Uint8Array(9))).toBe('short');
    expect(readScratchpad(new Uint8Array(9).fill(0xff))).toBe('absent');
    const damaged = pad(0x0191);
    damaged[3]! ^= 4;
    expect(readScratchpad(damaged)).toBe('crc');
  });
});

describe('Ds18b20', () => {
  it('reads every temperature from −55 to +125 °C at every resolution', async () => {
    for (const bits of [9, 10, 11, 12] as Resolution[]) {
      const bench = new Bench({}, { bits });
      const probe = bench.plug(0, { bits });
      const step = 2 ** (12 - bits);
      for (let raw = -55 * 16; raw <= 125 * 16; raw += step) {
        bench.temperatures.set(probe, raw / 16);
        expect(await bench.value()).toBe(raw / 16);
      }
    }
  });

  it('agrees with what the chip held, whatever the temperature, the resolution and the noise on the wire', async () => {
    const temperature = fc.integer({ min: -60 * 160, max: 130 * 160 }).map((tenths) => tenths / 160);
    // A CRC-8 sees up to three wrong bits; so few errors never come four in one scratchpad.
    const noise = fc.constantFrom(0, 0.001, 0.005);
    const resolution = fc.constantFrom<Resolution>(9, 10, 11, 12);
    await fc.assert(
      fc.asyncProperty(
        fc.array(temperature, { minLength: 1 }),
        noise,
        resolution,
        fc.boolean(),
        async (curve, ...how) => {
          const [wrongBytes, bits, reversedRoms] = how;
          const bench = new Bench({ wrongBytes, reversedRoms }, { bits });
          const probe = bench.plug(0);
          for (const temp_C of curve) {
            bench.temperatures.set(probe, temp_C);
            const value = await bench.value();
            const held = probe.takeConversions().map((conversion) => conversion.temp_C);
            if (typeof value === 'number') expect(held).toContain(value);
            else expect(wrongBytes + (held.includes(85) ? 1 : 0)).toBeGreaterThan(0);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it('converts all probes at once and waits no longer than they need', async () => {
    for (const bits of [9, 10, 11, 12] as Resolution[]) {
      const bench = new Bench({}, { bits });
      for (let n = 0; n < 8; n++) bench.plug(n - 4, { serial: serial(n) });
      let ended = 0;
      bench.driver.sample((values) => {
        ended = bench.clock.now();
        expect(Object.values(values).map(({ temp_C }) => temp_C)).toEqual(expect.arrayContaining([-4, 0, 3]));
      });
      await bench.clock.run(START + 10_000);
      expect(ended - START).toBe(conversionMs(bits));
    }
  });

  it('knows probes by name on a bus master that reverses their codes', async () => {
    const bench = new Bench({ reversedRoms: true });
    bench.plug(-0.5);
    bench.plug(21.5, { serial: serial(2) });
    expect(await bench.sample()).toEqual({ [NAME]: { temp_C: -0.5 }, '28-000000000002': { temp_C: 21.5 } });
  });

  it('looks in each sample while no probe gives a value: one that is plugged in late, or in the place of another', async () => {
    const bench = new Bench();
    expect(await bench.sample()).toEqual({});
    const first = bench.plug(20);
    expect(await bench.value()).toBe(20);
    bench.bus.detach(first);
    expect(await bench.value()).toBe(null);
    bench.plug(30, { serial: serial(7) });
    expect(await bench.sample()).toEqual({ [NAME]: { temp_C: null }, '28-000000000007': { temp_C: 30 } });
  });

  it('unites searches that miss probes and garble codes', async () => {
    const bench = new Bench({ missed: 0.3, wrongRoms: 0.3 }, { searchEvery: 1 });
    for (let n = 0; n < 6; n++) bench.plug(n, { serial: serial(n) });
    for (let i = 0; i < 20; i++) await bench.sample();
    const values = await bench.sample();
    expect(Object.keys(values).toSorted()).toEqual([0, 1, 2, 3, 4, 5].map((n) => `28-00000000000${n}`));
    expect(Object.values(values)).not.toContainEqual({ temp_C: null });
  });

  it('leaves other families alone and says so once', async () => {
    const bench = new Bench({}, { searchEvery: 1 });
    bench.plug(20);
    bench.plug(20, { family: 0x10, serial: serial(9) });
    await bench.sample();
    expect(await bench.sample()).toEqual({ [NAME]: { temp_C: 20 } });
    expect(bench.reports).toEqual(['10-000000000009 family']);
  });

  it('gives an empty answer when there are no probes', async () => {
    expect(await new Bench().sample()).toEqual({});
    expect(await new Bench({ wire: 'short' }).sample()).toEqual({});
    expect(await new Bench({ wire: 'open' }).sample()).toEqual({});
  });

  it('gives null for a probe that is gone, and its value again when it is back', async () => {
    const bench = new Bench();
    const probe = bench.plug(20);
    const other = bench.plug(4, { serial: serial(1) });
    await bench.sample();
    bench.bus.detach(probe);
    expect(await bench.sample()).toEqual({ [NAME]: { temp_C: null }, [other.name]: { temp_C: 4 } });
    bench.bus.detach(other);
    expect(await bench.sample()).toEqual({ [NAME]: { temp_C: null }, [other.name]: { temp_C: null } });
    bench.bus.attach(probe);
    expect(await bench.sample()).toEqual({ [NAME]: { temp_C: 20 }, [other.name]: { temp_C: null } });
    const gone = (name: string) => bench.reports.filter((report) => report === `${name} absent`).length;
    expect([gone(NAME), gone(other.name), bench.reports.length]).toEqual([2, 2, 4]);
  });

  it('finds a probe that is plugged in later', async () => {
    const bench = new Bench({}, { searchEvery: 3 });
    bench.plug(20);
    await bench.sample();
    bench.plug(-7, { serial: serial(1) });
    for (let i = 0; i < 3; i++) await bench.sample();
    expect(await bench.sample()).toEqual({ [NAME]: { temp_C: 20 }, '28-000000000001': { temp_C: -7 } });
  });

  it.each(['short', 'open'] as const)('gives null while the wire is %s', async (wire) => {
    const bench = new Bench();
    bench.plug(0);
    expect(await bench.value()).toBe(0);
    bench.faults.wire = wire;
    expect(await bench.value()).toBeNull();
    bench.faults.wire = 'sound';
    expect(await bench.value()).toBe(0);
    expect(bench.reports).toEqual([`${NAME} ${wire === 'short' ? 'short' : 'absent'}`]);
  });

  it('gives null when every reading of the scratchpad comes over damaged', async () => {
    const bench = new Bench();
    bench.plug(21);
    await bench.sample();
    bench.faults.wrongBytes = 1;
    expect(await bench.value()).toBeNull();
    expect(bench.reports[0]).toMatch(/crc|config/);
  });

  it('sets the resolution in the scratchpad, keeps the alarm bytes, never writes the EEPROM', async () => {
    const bench = new Bench({}, { bits: 10 });
    const probe = bench.plug(10.3125);
    expect(await bench.value()).toBe(10.25);
    expect(probe.bits).toBe(10);
    expect(probe.copies).toBe(0);
    bench.bus.reset();
    bench.bus.select(probe.rom);
    bench.bus.write(0xbe);
    expect([0, 1, 2, 3, 4].map(() => bench.bus.read()).slice(2)).toEqual([0x4b, 0x46, 0x3f]);
  });

  it('sets the resolution again after a probe lost its power, and gives no stale value', async () => {
    const bench = new Bench({}, { bits: 9 });
    const probe = bench.plug(10);
    await bench.sample();
    probe.powerOn();
    bench.temperatures.set(probe, 30.5);
    expect(await bench.value()).toBe(30.5);
    expect(probe.bits).toBe(9);
  });

  it('waits for a probe that keeps its own resolution', async () => {
    const bench = new Bench({}, { bits: 9 });
    const probe = bench.plug(10.0625);
    const write = probe.write.bind(probe);
    probe.write = (byte) => write(byte === 0x1f ? 0x7f : byte);
    expect(await bench.value()).toBe(10.0625);
  });

  describe('at 85 °C', () => {
    it('gives null for a probe whose power fails while it converts', async () => {
      const bench = new Bench();
      const probe = bench.plug(21);
      probe.brownOut = true;
      expect(await bench.value()).toBeNull();
      probe.brownOut = false;
      expect(await bench.value()).toBe(21);
      probe.brownOut = true;
      expect(await bench.value()).toBeNull();
      expect(bench.reports).toEqual([`${NAME} power-on`, `${NAME} power-on`]);
    });

    it('never believes the power-on value, even near 85 °C', async () => {
      const bench = new Bench();
      const probe = bench.plug(84.9375);
      await bench.sample();
      probe.brownOut = true;
      expect(await bench.value()).toBeNull();
    });

    it('believes it next to a value that is near', async () => {
      const bench = new Bench();
      const probe = bench.plug(84.5);
      await bench.sample();
      bench.temperatures.set(probe, 85);
      expect(await bench.value()).toBe(85);
      expect(await bench.value()).toBe(85);
    });

    it('does not believe it out of the blue', async () => {
      const bench = new Bench();
      const probe = bench.plug(20);
      await bench.sample();
      bench.temperatures.set(probe, 85);
      expect(await bench.value()).toBeNull();
    });

    it('takes the second conversion where that says otherwise', async () => {
      const bench = new Bench();
      const probe = bench.plug(20);
      await bench.sample();
      let asked = 0;
      bench.temperatures.get = () => (asked++ === 0 ? 85 : 84.875);
      expect(await bench.value()).toBe(84.875);
      expect(probe.takeConversions().map(({ temp_C }) => temp_C)).toEqual([20, 85, 84.875]);
    });
  });

  it('never blocks: it has answered nothing before its timer runs', () => {
    const bench = new Bench();
    bench.plug(20);
    let answers = 0;
    bench.driver.sample(() => answers++);
    expect(answers).toBe(0);
  });

  it('answers a sample during another with nulls, and both exactly once', async () => {
    const bench = new Bench();
    bench.plug(20);
    await bench.sample();
    const answers: unknown[] = [];
    bench.driver.sample((values) => answers.push(values));
    bench.driver.sample((values) => answers.push(values));
    await bench.clock.run(bench.clock.now() + 10_000);
    expect(answers).toEqual([{ [NAME]: { temp_C: null } }, { [NAME]: { temp_C: 20 } }]);
  });

  it('close() ends a running sample; it may be called twice', async () => {
    const bench = new Bench();
    bench.plug(20);
    let answers = 0;
    bench.driver.sample(() => answers++);
    bench.driver.close();
    bench.driver.close();
    await bench.clock.run(START + 10_000);
    expect(answers).toBe(0);
  });

  it.each([
    ['reset', null],
    ['select', null],
    ['write', null],
    ['read', null],
    ['search', 20],
  ] as const)('survives a bus master that throws in %s', async (method, value) => {
    const bench = new Bench({}, { searchEvery: 1 });
    bench.plug(20);
    await bench.sample();
    bench.bus[method] = () => {
      throw new Error('bus timeout');
    };
    expect(await bench.value()).toBe(value);
  });
});

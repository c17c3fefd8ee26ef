import { describe, expect, it } from 'vitest';
import { crc8 } from '../../../firmware/sensors/crc8.js';
import { Bus } from '../../simulator/bus.js';
import { Probe, type ProbeOptions } from '../../simulator/probe.js';

/** A probe alone on a bus, at a time that stands still until it is set. */
function bench(options: Partial<ProbeOptions> = {}) {
  const time = { now: 0 };
  const probe = new Probe({
    serial: Uint8Array.of(1, 2, 3, 4, 5, 6),
    now: () => time.now,
    temperature: () => 25.0625,
    ...options,
  });
  const bus = new Bus();
  bus.attach(probe);
  /** Skip ROM and a function command with its bytes. */
  const command = (...bytes: number[]): void => {
    bus.reset();
    for (const byte of [0xcc, ...bytes]) bus.write(byte);
  };
  const read = (count: number): number[] => Array.from({ length: count }, () => bus.read());
  const scratchpad = (): number[] => {
    command(0xbe);
    return read(9);
  };
  return { time, probe, bus, command, read, scratchpad };
}

describe('Probe, by its datasheet', () => {
  it('powers on with 85 °C, 0C in byte 6 and the resolution of its EEPROM', () => {
    const { scratchpad } = bench();
    const bytes = scratchpad();
    expect(bytes.slice(0, 8)).toEqual([0x50, 0x05, 0x4b, 0x46, 0x7f, 0xff, 0x0c, 0x10]);
    expect(crc8(Uint8Array.from(bytes))).toBe(0);
  });

  it('answers zeros while it converts and ones after; only then the register changes', () => {
    const { time, command, read, scratchpad } = bench();
    command(0x44);
    time.now = 749;
    expect(read(1)).toEqual([0]);
    expect(scratchpad().slice(0, 2)).toEqual([0x50, 0x05]);
    command(0x44);
    time.now = 749 + 750;
    expect(read(1)).toEqual([0xff]);
    expect(scratchpad().slice(0, 2)).toEqual([0x91, 0x01]);
  });

  it('takes half the time for each bit less, and leaves the bits that are then undefined alone', () => {
    const { time, command, read, scratchpad } = bench();
    command(0x4e, 0, 0, 0x1f);
    time.now = 7;
    command(0x44);
    time.now = 7 + 93;
    expect(read(1)).toEqual([0]);
    time.now = 7 + 94;
    expect(read(1)).toEqual([0xff]);
    const low = scratchpad()[0]!;
    expect([low & 0xf8, low & 7]).toEqual([0x90, 7]);
  });

  it('says nothing while it converts on parasite power', () => {
    const { command, read } = bench({ parasite: true });
    command(0x44);
    expect(read(1)).toEqual([0xff]);
    command(0xb4);
    expect(read(1)).toEqual([0]);
  });

  it('writes two bits of the configuration, copies to the EEPROM and recalls from there', () => {
    const { probe, command, scratchpad } = bench();
    command(0x4e, 1, 2, 0x20);
    expect(scratchpad().slice(2, 5)).toEqual([1, 2, 0x3f]);
    command(0xb8);
    expect(scratchpad().slice(2, 5)).toEqual([0x4b, 0x46, 0x7f]);
    command(0x4e, 1, 2, 0x20);
    command(0x48);
    command(0x4e, 9, 9, 0xff);
    probe.powerOn();
    expect(scratchpad().slice(2, 5)).toEqual([1, 2, 0x3f]);
    expect(probe.copies).toBe(1);
  });

  it('sends its ROM when it is alone and asked, with a CRC', () => {
    const { bus, read, probe } = bench();
    bus.reset();
    bus.write(0x33);
    expect(read(9)).toEqual([0x28, 1, 2, 3, 4, 5, 6, crc8(probe.rom, 7), 0xff]);
    expect(probe.name).toBe('28-060504030201');
  });

  it('says nothing to another’s ROM, without a reset, or to a command it has not', () => {
    const { bus, read, probe } = bench();
    bus.write(0xcc);
    bus.write(0xbe);
    expect(read(1)).toEqual([0xff]);
    bus.reset();
    bus.select(probe.rom.map((byte, i) => (i === 3 ? byte ^ 1 : byte)));
    bus.write(0xbe);
    expect(read(1)).toEqual([0xff]);
    bus.reset();
    for (const byte of [0xcc, 0x99, 0xbe]) bus.write(byte);
    expect(read(1)).toEqual([0xff]);
  });

  it('keeps a record of what it held, and stays within its range', () => {
    let temp_C = -0.5;
    const { time, probe, command } = bench({ temperature: () => temp_C });
    for (const next of [-0.5, 130, -60, 0.03, 0.04]) {
      temp_C = next;
      command(0x44);
      time.now += 1000;
    }
    const held = [-0.5, 125, -55, 0, 0.0625].map((temp_C, i) => ({ time: i * 1000, temp_C }));
    expect(probe.takeConversions()).toEqual(held);
    expect(probe.takeConversions()).toEqual([]);
  });
});

describe('Bus', () => {
  it('reads the AND of what several probes send at once', () => {
    const { bus, read, command } = bench();
    bus.attach(new Probe({ serial: Uint8Array.of(2, 2, 3, 4, 5, 6), now: () => 0, temperature: () => 0, bits: 9 }));
    command(0xbe);
    expect(read(5)[4]).toBe(0x1f & 0x7f);
    bus.reset();
    bus.write(0x33);
    expect(read(2)).toEqual([0x28, 1 & 2]);
  });

  it('finds the probes in the order of their bits, and none on a wire that is cut', () => {
    const { bus } = bench();
    for (const low of [3, 2, 4])
      bus.attach(new Probe({ serial: Uint8Array.of(low, 2, 3, 4, 5, 6), now: () => 0, temperature: () => 0 }));
    expect(bus.search().map((rom) => rom[1])).toEqual([4, 2, 1, 3]);
    bus.faults.wire = 'open';
    expect(bus.search()).toEqual([]);
    expect(bus.reset()).toBe(false);
  });
});

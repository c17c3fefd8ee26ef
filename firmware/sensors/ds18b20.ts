/**
 * All DS18B20 probes of one 1-Wire bus. A sample is
 *
 *   search (now and then) → convert, all at once → wait, without blocking → read each → maybe convert and read once more
 *
 * A probe that was seen once stays known: when it doesn't answer, or not believably, its value is null, a gap. Sections
 * named below are those of Maxim's datasheet 19-7487.
 */
import type { Timers } from '../timer.js';
import type { OneWireBus } from './onewire.js';
import { readRom, type Rom } from './rom.js';
import {
  configOf,
  conversionMs,
  readScratchpad,
  SCRATCHPAD_LENGTH,
  type Resolution,
  type Scratchpad,
  type ScratchpadFault,
} from './scratchpad.js';
import type { Sensor, Values } from './sensor.js';

/** "64-Bit Lasered ROM Code": the DS18B20's own. */
const FAMILY = 0x28;

/** "ROM Commands" and "Function Commands". Match ROM is the bus's `select`. */
const SKIP_ROM = 0xcc;
const CONVERT_T = 0x44;
const READ_SCRATCHPAD = 0xbe;
const WRITE_SCRATCHPAD = 0x4e;

/** A search may miss probes and stops at the first bad CRC: this many are united. */
const SEARCHES = 3;
/** A scratchpad that came over damaged is read again, this often in all. */
const READS = 3;
/** 85 °C is believed next to a value this near, in °C. */
const NEIGHBOUR = 5;

/** Why a probe's value is null, or why a device on the bus isn't sampled. */
export type ProbeFault =
  | ScratchpadFault
  /** 85 °C that no neighbouring value bears out: the probe lost its power before it had converted */
  | 'power-on'
  /** it converts with more bits, and so for longer, than was waited for */
  | 'resolution'
  /** not a DS18B20; left alone */
  | 'family';

export interface Ds18b20Options {
  bus: OneWireBus;
  timers: Timers;
  /** set in each probe's scratchpad, never in its EEPROM, which wears out; default 12 */
  bits?: Resolution;
  /** samples from one search for new probes to the next, while one gives values; default 10 */
  searchEvery?: number;
  /** told of each value that is null, and once of each device that isn't sampled */
  report?: (sensor: string, fault: ProbeFault) => void;
  /** the probes known before a sleep: no search is made for them */
  known?: KnownProbes;
}

/** What a driver knows, for another one after a sleep. */
export interface KnownProbes {
  /** samples until the next search */
  untilSearch: number;
  probes: readonly KnownProbe[];
}

export interface KnownProbe {
  /** as the bus master gave it, for `select` */
  code: Uint8Array;
  /** as last read from it */
  bits: Resolution;
  /** the newest value that was believed, °C */
  believed: number | undefined;
}

interface Probe extends KnownProbe {
  name: string;
  /** of this sample; undefined while it has still to be read */
  value: number | null | undefined;
}

type Done = (values: Values) => void;

export class Ds18b20 implements Sensor {
  private readonly bus: OneWireBus;
  private readonly timers: Timers;
  private readonly bits: Resolution;
  private readonly searchEvery: number;
  private readonly report: (sensor: string, fault: ProbeFault) => void;
  /** in the order they were found */
  private readonly probes: Probe[] = [];
  /** names of what else is on the wire */
  private readonly strangers: string[] = [];
  private untilSearch = 0;
  /** ends the running sample's wait; null between samples */
  private cancel: (() => void) | null = null;

  constructor({ bus, timers, bits = 12, searchEvery = 10, report = () => {}, known }: Ds18b20Options) {
    this.bus = bus;
    this.timers = timers;
    this.bits = bits;
    this.searchEvery = searchEvery;
    this.report = report;
    this.untilSearch = known?.untilSearch ?? 0;
    known?.probes.forEach((probe) => {
      const rom = readRom(probe.code, FAMILY);
      if (rom !== null) this.probes.push({ ...probe, name: rom.name, value: undefined });
    });
  }

  /** What a driver after a sleep needs to know. */
  get known(): KnownProbes {
    const probes = this.probes.map(({ code, bits, believed }) => ({ code, bits, believed }));
    return { untilSearch: this.untilSearch, probes };
  }

  /** name → `temp_C`, for every probe ever seen. While a sample is running, another one has only nulls. */
  sample(done: Done): void {
    if (this.cancel !== null) {
      done(this.blank());
      return;
    }
    if (this.untilSearch === 0) this.search();
    this.untilSearch = (this.untilSearch || this.searchEvery) - 1;
    this.probes.forEach((probe) => (probe.value = undefined));
    this.convert(done, false);
  }

  blank(): Values {
    return this.reading(() => null);
  }

  /** Ends a running sample, which then never calls back. */
  close(): void {
    this.cancel?.();
    this.cancel = null;
  }

  private convert(done: Done, last: boolean): void {
    const bits = this.probes.reduce<number>((most, probe) => Math.max(most, probe.bits), this.bits) as Resolution;
    const started = this.probes.length > 0 && this.try(() => this.startConversion(), false);
    if (!started) {
      this.unread.forEach((probe) => this.giveUp(probe, 'absent'));
      return this.end(done);
    }
    this.cancel = this.timers.after(conversionMs(bits), () => {
      this.cancel = null;
      this.unread.forEach((probe) => this.take(probe, bits, last));
      if (this.unread.length > 0) this.convert(done, true);
      else this.end(done);
    });
  }

  /** Where no probe gave a value there may be others by now, of which nobody knows: then each sample looks for them. */
  private end(done: Done): void {
    if (this.probes.every((probe) => sampled(probe) === null)) this.untilSearch = 0;
    done(this.reading(sampled));
  }

  /** Those that the running sample has neither a value of nor given up. */
  private get unread(): Probe[] {
    return this.probes.filter((probe) => probe.value === undefined);
  }

  /** "CONVERT T": with skip ROM, for all probes at once. */
  private startConversion(): boolean {
    if (!this.bus.reset()) return false;
    this.bus.write(SKIP_ROM);
    this.bus.write(CONVERT_T);
    return true;
  }

  /** Reads a probe after a conversion that was waited for as long as `bits` take; leaves `value` undefined to convert once more. */
  private take(probe: Probe, bits: Resolution, last: boolean): void {
    const pad = this.read(probe);
    if (typeof pad === 'string') return this.giveUp(probe, pad);
    // It lost its power, and with it the resolution that was set, or it is another chip's answer.
    if (pad.bits !== probe.bits) {
      this.configure(probe, pad);
      if (!last) return;
      if (pad.bits > bits) return this.giveUp(probe, 'resolution');
    }
    if (pad.suspect) {
      if (!last) return;
      const near = probe.believed !== undefined && Math.abs(pad.temp_C - probe.believed) <= NEIGHBOUR;
      if (pad.powerOn || !near) return this.giveUp(probe, 'power-on');
    }
    probe.value = pad.temp_C;
    probe.believed = pad.temp_C;
  }

  private giveUp(probe: Probe, fault: ProbeFault): void {
    probe.value = null;
    this.report(probe.name, fault);
  }

  private search(): void {
    for (let i = 0; i < SEARCHES; i++) {
      this.try(() => this.bus.search(), []).forEach((code) => {
        const rom = readRom(code, FAMILY);
        if (rom !== null) this.meet(rom);
      });
    }
  }

  private meet({ family, name, code }: Rom): void {
    if (family !== FAMILY) {
      if (this.strangers.includes(name)) return;
      this.strangers.push(name);
      this.report(name, 'family');
    } else if (!this.probes.some((probe) => probe.name === name)) {
      const probe: Probe = { name, code: code.slice(), bits: this.bits, value: undefined, believed: undefined };
      this.probes.push(probe);
      const pad = this.read(probe);
      if (typeof pad !== 'string') this.configure(probe, pad);
    }
  }

  /** Sets the resolution and reads back what the probe made of it: there are chips that keep their own. */
  private configure(probe: Probe, pad: Scratchpad): void {
    if (pad.bits !== this.bits) this.try(() => this.write(probe, pad.alarm), undefined);
    const now = pad.bits === this.bits ? pad : this.read(probe);
    if (typeof now !== 'string') probe.bits = now.bits;
  }

  /** "WRITE SCRATCHPAD": all three bytes, before the next reset. */
  private write(probe: Probe, alarm: Scratchpad['alarm']): void {
    if (!this.bus.reset()) return;
    this.bus.select(probe.code);
    [WRITE_SCRATCHPAD, ...alarm, configOf(this.bits)].forEach((byte) => this.bus.write(byte));
  }

  private read(probe: Probe): Scratchpad | ScratchpadFault {
    let pad: Scratchpad | ScratchpadFault = 'absent';
    for (let i = 0; i < READS; i++) {
      pad = this.try(() => this.readOnce(probe), 'absent');
      if (typeof pad !== 'string') return pad;
    }
    return pad;
  }

  /** "READ SCRATCHPAD", byte by byte: longer reads overflow the ESP32's bus master. */
  private readOnce(probe: Probe): Scratchpad | ScratchpadFault {
    if (!this.bus.reset()) return 'absent';
    this.bus.select(probe.code);
    this.bus.write(READ_SCRATCHPAD);
    const bytes = new Uint8Array(SCRATCHPAD_LENGTH);
    for (let i = 0; i < SCRATCHPAD_LENGTH; i++) bytes[i] = this.bus.read();
    return readScratchpad(bytes);
  }

  /** A bus master that throws has found nothing: on the chip, what isn't caught here reboots it. */
  private try<T>(step: () => T, otherwise: T): T {
    try {
      return step();
    } catch {
      return otherwise;
    }
  }

  private reading(of: (probe: Probe) => number | null): Values {
    const reading: Values = {};
    this.probes.forEach((probe) => (reading[probe.name] = { temp_C: of(probe) }));
    return reading;
  }
}

function sampled({ value }: Probe): number | null {
  return value ?? null;
}

/**
 * A DS18B20 as its datasheet (Maxim 19-7487) describes it, seen from the wire: reset and presence, ROM and function
 * commands, scratchpad, EEPROM. Time is asked for, never waited for; what the wire costs (some 15 ms a sample) is left out.
 *
 * What the datasheet leaves open is as genuine chips do it: the undefined bits of lower resolutions hold anything, and
 * byte 6 is 0C at power-on, 10 less the fraction after a conversion.
 */
import { crc8 } from '../../firmware/sensors/crc8.js';
import { romName } from '../../firmware/sensors/rom.js';
import { configOf, type Resolution } from '../../firmware/sensors/scratchpad.js';

/** What was in the chip at a conversion: the truth that everything stored is compared with. */
export interface Conversion {
  /** when it began, ms */
  time: number;
  temp_C: number;
}

export interface ProbeOptions {
  /** six bytes, least significant first */
  serial: Uint8Array;
  /** the place's temperature, °C */
  temperature: (time: number) => number;
  now: () => number;
  family?: number;
  /** what its EEPROM comes with; default 12 */
  bits?: Resolution;
  /** fed by the data line alone */
  parasite?: boolean;
}

/** What the chip does with the next byte after a reset. */
type Phase = 'idle' | 'rom' | 'match' | 'function' | 'write' | 'send' | 'busy';

const POWER_ON_RAW = 0x0550;
const COPY_MS = 10;

export class Probe {
  /** family, serial, CRC, as the chip sends it */
  readonly rom: Uint8Array;
  readonly name: string;
  /** writes of the EEPROM, which stands some 50,000 */
  copies = 0;
  /** the power fails in every conversion: the classic of a long wire with parasite power */
  brownOut = false;

  readonly #options: ProbeOptions;
  readonly #scratchpad = new Uint8Array(9);
  /** T_H, T_L, configuration */
  readonly #eeprom: Uint8Array;
  #conversion: (Conversion & { raw: number; ends: number }) | null = null;
  #conversions: Conversion[] = [];
  #busyUntil = 0;
  #phase: Phase = 'idle';
  /** bytes received in this phase, or still to be sent */
  #bytes: number[] = [];

  constructor(options: ProbeOptions) {
    this.#options = options;
    this.rom = new Uint8Array([options.family ?? 0x28, ...options.serial, 0]);
    this.rom[7] = crc8(this.rom, 7);
    this.name = romName(this.rom);
    this.#eeprom = new Uint8Array([0x4b, 0x46, configOf(options.bits ?? 12)]);
    this.powerOn();
  }

  /** What every loss of power does: EEPROM into the scratchpad, 85 °C, nothing converted. */
  powerOn(): void {
    this.#phase = 'idle';
    this.#conversion = null;
    this.#busyUntil = 0;
    this.#scratchpad.set([0, 0, 0, 0, 0, 0xff, 0x0c, 0x10]);
    this.#setRaw(POWER_ON_RAW);
    this.#recall();
  }

  /** The conversions since this was asked last, oldest first. */
  takeConversions(): Conversion[] {
    this.#settle();
    const conversions = this.#conversions;
    this.#conversions = [];
    return conversions;
  }

  get bits(): Resolution {
    return (((this.#scratchpad[4]! >> 5) & 3) + 9) as Resolution;
  }

  reset(): void {
    this.#phase = 'rom';
  }

  /** Ends the part in this exchange, as a search does for all and match ROM for the others. */
  release(): void {
    this.#phase = 'idle';
  }

  write(byte: number): void {
    this.#settle();
    switch (this.#phase) {
      case 'rom':
        return this.#romCommand(byte);
      case 'match':
        if (byte !== this.rom[this.#bytes.length]) return this.release();
        this.#bytes.push(byte);
        if (this.#bytes.length === this.rom.length) this.#phase = 'function';
        return;
      case 'function':
        return this.#functionCommand(byte);
      case 'write':
        // the configuration register has two bits that can be written
        this.#scratchpad[2 + this.#bytes.length] = this.#bytes.length === 2 ? (byte & 0x60) | 0x1f : byte;
        this.#bytes.push(byte);
        if (this.#bytes.length === 3) this.release();
        this.#seal();
        return;
      default:
    }
  }

  /** The byte it puts on the wire: FF when it leaves the wire alone. */
  read(): number {
    this.#settle();
    if (this.#phase === 'busy') return this.#options.now() < this.#busyUntil && !this.#options.parasite ? 0 : 0xff;
    return this.#phase === 'send' ? (this.#bytes.shift() ?? 0xff) : 0xff;
  }

  #romCommand(byte: number): void {
    this.#bytes = [];
    if (byte === 0x55) this.#phase = 'match';
    else if (byte === 0xcc) this.#phase = 'function';
    else if (byte === 0x33) this.#send(this.rom);
    else this.release();
  }

  #functionCommand(byte: number): void {
    this.#bytes = [];
    if (byte === 0x44) this.#convert();
    else if (byte === 0xbe) this.#send(this.#scratchpad);
    else if (byte === 0x4e) this.#phase = 'write';
    else if (byte === 0x48) {
      this.#eeprom.set(this.#scratchpad.subarray(2, 5));
      this.copies++;
      this.#stayBusy(COPY_MS);
    } else if (byte === 0xb8) {
      this.#recall();
      this.#stayBusy(0);
    } else if (byte === 0xb4) this.#send([this.#options.parasite ? 0 : 0xff]);
    else this.release();
  }

  #convert(): void {
    if (this.brownOut) return this.powerOn();
    const time = this.#options.now();
    const takes = 750 / 2 ** (12 - this.bits);
    const measured = Math.round(this.#options.temperature(time) * 16);
    const raw = Math.min(125 * 16, Math.max(-55 * 16, measured)) & (-1 << (12 - this.bits));
    this.#conversion = { time, temp_C: raw / 16, raw, ends: time + takes };
    this.#stayBusy(takes);
  }

  /** The temperature register changes as the conversion ends. */
  #settle(): void {
    const conversion = this.#conversion;
    if (conversion === null || this.#options.now() < conversion.ends) return;
    this.#conversion = null;
    this.#conversions.push({ time: conversion.time, temp_C: conversion.temp_C });
    const undefinedBits = (1 << (12 - this.bits)) - 1;
    this.#setRaw(conversion.raw | (conversion.time & undefinedBits));
    this.#scratchpad[6] = 0x10 - (this.#scratchpad[0]! & 0x0f);
    this.#seal();
  }

  #setRaw(raw: number): void {
    this.#scratchpad[0] = raw & 0xff;
    this.#scratchpad[1] = (raw >> 8) & 0xff;
  }

  #recall(): void {
    this.#scratchpad.set(this.#eeprom, 2);
    this.#seal();
  }

  #seal(): void {
    this.#scratchpad[8] = crc8(this.#scratchpad, 8);
  }

  #send(bytes: Iterable<number>): void {
    this.#bytes = [...bytes];
    this.#phase = 'send';
  }

  #stayBusy(ms: number): void {
    this.#busyUntil = this.#options.now() + ms;
    this.#phase = 'busy';
  }
}

/** The chip's 1-Wire bus, over the SDK's `onewire`. */
import OneWire from 'onewire';
import type { OneWireBus } from '../sensors/onewire.js';

/** The class as its C code has it; the SDK's own typings say otherwise. */
interface Wire {
  /** on the simulator a number */
  reset(): boolean | number;
  search(): ArrayBuffer[];
  /** resets, then sends Match ROM and the code, which must be as `search` gave it */
  select(code: ArrayBuffer): void;
  /** one byte: a longer read overflows the ESP32's receive buffer */
  read(): number;
  write(byte: number): void;
}

export class ChipBus implements OneWireBus {
  private readonly wire: Wire;
  private readonly feed: () => void;

  /**
   * @param pin the data wire's GPIO; it wants a pull-up of 4.7 kΩ
   * @param feed feeds the watchdog
   */
  constructor(pin: number, feed: () => void) {
    this.feed = feed;
    this.wire = new OneWire({ pin }) as unknown as Wire;
  }

  reset(): boolean {
    return Boolean(this.wire.reset());
  }

  /** This and each `select` feed the watchdog: many probes, which may each have to be read three times, are one turn. */
  search(): Uint8Array[] {
    this.feed();
    return this.wire.search().map((code) => new Uint8Array(code));
  }

  select(rom: Uint8Array): void {
    this.feed();
    this.wire.select(new Uint8Array(rom).buffer);
  }

  write(byte: number): void {
    this.wire.write(byte);
  }

  read(): number {
    return this.wire.read();
  }
}

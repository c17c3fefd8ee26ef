/** The chip's 1-Wire bus: the SDK's `onewire`, whose codes are buffers in the order its `select` wants them back. */
import OneWire from 'onewire';
import type { OneWireBus } from '../sensors/onewire.js';

export class ChipBus implements OneWireBus {
  readonly #wire: OneWire;

  /** @param pin the data wire's GPIO, pulled up by 4.7 kΩ */
  constructor(pin: number) {
    this.#wire = new OneWire({ pin });
  }

  reset(): boolean {
    return Boolean(this.#wire.reset());
  }

  search(): Uint8Array[] {
    return this.#wire.search().map((code) => new Uint8Array(code));
  }

  /** Resets by itself; a reset just before it does no harm. */
  select(rom: Uint8Array): void {
    this.#wire.select(new Uint8Array(rom).buffer);
  }

  write(byte: number): void {
    this.#wire.write(byte);
  }

  /** One byte: a longer read overflows the ESP32's receive buffer. */
  read(): number {
    return this.#wire.read();
  }
}

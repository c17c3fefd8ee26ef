/** The chip itself, over our own C (`modChip.c`) by XS FFI. */
import FFI from 'mc/ffi';
import { hexOf } from '../protocol/letters.js';
import { RESETS, type Memory, type Power, type Reset } from '../power.js';

export class Chip implements Memory, Power {
  /** One for all: each has functions of its own, which take some 25 slots of memory. */
  private readonly ffi = new FFI();
  readonly byteLength = this.ffi.chip_memory_size();
  readonly longestMs = this.ffi.chip_longest_sleep();
  readonly reset: Reset = RESETS[this.ffi.chip_reset_reason()] ?? 'unknown';

  /** `esp8266`, `esp32`, `esp32c3`, …: what its images are for. */
  get platform(): string {
    return this.ffi.chip_platform();
  }

  /** The Wi-Fi's address, whether it is on or not: `24:6f:28:aa:bb:cc`. */
  get mac(): string {
    const bytes = new Uint8Array(6);
    this.ffi.chip_mac(bytes.buffer);
    const hex = hexOf(bytes);
    return [0, 2, 4, 6, 8, 10].map((at) => hex.slice(at, at + 2)).join(':');
  }

  read(): Uint8Array {
    const bytes = new Uint8Array(this.byteLength);
    this.ffi.chip_memory_read(bytes.buffer);
    return bytes;
  }

  write(bytes: Uint8Array): void {
    const copy = new Uint8Array(bytes);
    this.ffi.chip_memory_write(copy.buffer, copy.length);
  }

  /** It is fed at the end of each turn, too. */
  feedWatchdog(): void {
    this.ffi.chip_feed_watchdog();
  }

  /** On a chip it doesn't return. */
  restart(): void {
    this.ffi.chip_restart();
  }

  sleep(ms: number, radio: boolean): void {
    this.ffi.chip_sleep(Math.max(1, ms), radio ? 1 : 0);
  }
}

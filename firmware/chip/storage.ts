/** The chip's flash: the partition `storage` of the SDK's `flash`, whose rules are those of `Flash`. */
import ChipFlash from 'flash';
import type { Flash } from '../flash.js';

/** Bytes read from one feeding of the watchdog to the next: a tenth of a second of work on an ESP8266, at most. */
const FED_FOR = 4096;

export class Storage implements Flash {
  private readonly flash = new ChipFlash('storage');
  readonly byteLength = this.flash.byteLength;
  readonly blockSize = this.flash.blockSize;
  private readonly feed: () => void;
  private unfed = 0;

  /** @param feed feeds the watchdog */
  constructor(feed: () => void) {
    this.feed = feed;
  }

  erase(sector: number): void {
    this.flash.erase(sector);
  }

  /**
   * The chip refuses to read nothing. To date what it took in boots that never knew the time, a log is gone through in one
   * turn, which can take longer than the watchdog waits: the device would start anew, and again at the same place.
   */
  read(offset: number, byteLength: number): Uint8Array {
    if (byteLength === 0) return new Uint8Array();
    this.unfed += byteLength;
    if (this.unfed >= FED_FOR) {
      this.unfed = 0;
      this.feed();
    }
    return new Uint8Array(this.flash.read(offset, byteLength) as ArrayBuffer);
  }

  write(offset: number, bytes: Uint8Array): void {
    if (bytes.length > 0) this.flash.write(offset, bytes.length, bytes);
  }
}

/** The chip's flash: the partition `storage` of the SDK's `flash`, whose rules are those of `Flash`. */
import ChipFlash from 'flash';
import type { Flash } from '../flash.js';

export class Storage implements Flash {
  private readonly flash = new ChipFlash('storage');
  readonly byteLength = this.flash.byteLength;
  readonly blockSize = this.flash.blockSize;

  erase(sector: number): void {
    this.flash.erase(sector);
  }

  /** The chip refuses to read nothing. */
  read(offset: number, byteLength: number): Uint8Array {
    return byteLength === 0 ? new Uint8Array() : new Uint8Array(this.flash.read(offset, byteLength) as ArrayBuffer);
  }

  write(offset: number, bytes: Uint8Array): void {
    if (bytes.length > 0) this.flash.write(offset, bytes.length, bytes);
  }
}

/**
 * Raw NOR flash, as Moddable's `flash` module has it on both chips. An erase sets every bit of a sector; a write only
 * clears bits; a power cut may leave either half done.
 */
export interface Flash {
  /** bytes in all */
  readonly byteLength: number;
  /** bytes of a sector, the unit of an erase */
  readonly blockSize: number;
  erase(sector: number): void;
  read(offset: number, byteLength: number): Uint8Array;
  write(offset: number, bytes: Uint8Array): void;
}

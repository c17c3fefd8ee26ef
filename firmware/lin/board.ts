/** What `modChip.c` has for Linux alone: how fast time goes, and a flash in a file. */
import FFI from 'mc/ffi';

export interface Board {
  /** how many times faster than real time */
  lin_speed(): number;
  /** how often it has been called, lives before included */
  lin_count(): number;
  lin_flash_read(offset: number, count: number, into: ArrayBuffer): void;
  /** clears bits only, byte by byte: so that a kill tears it anywhere */
  lin_flash_write(offset: number, count: number, bytes: ArrayBuffer): void;
  lin_flash_erase(sector: number): void;
}

/** Not kept in a constant: that would be made when the modules are linked, where there is no C. */
export function openBoard(): Board {
  return new FFI() as unknown as Board;
}

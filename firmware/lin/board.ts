/** What the C beside has for Linux alone: how fast time goes, flash and images in files, UDP. */
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
  /** what `lin_set_clock` said since the power came; NaN: nothing */
  lin_clock(): number;
  lin_set_clock(offset: number): void;
  /** a few words in a file; '' where there are none */
  lin_note(name: string): string;
  lin_set_note(name: string, text: string): void;
  image_on_trial(): number;
  image_confirm(): void;
  image_give_up(): void;
  /** these four on the slot that doesn't run; 0: it failed */
  lin_slot_begin(): number;
  lin_slot_write(bytes: ArrayBuffer, count: number): number;
  lin_slot_finish(): number;
  lin_slot_abandon(): void;
  /** a socket, or -1 */
  lin_udp_open(port: number): number;
  lin_udp_join(socket: number, group: string): number;
  lin_udp_write(socket: number, bytes: ArrayBuffer, count: number, address: string, port: number): number;
  /** how many bytes came, or -1; `from`: four bytes of address, two of port */
  lin_udp_read(socket: number, into: ArrayBuffer, size: number, from: ArrayBuffer): number;
  lin_udp_close(socket: number): void;
}

/** Not kept in a constant: that would be made when the modules are linked, where there is no C. */
export function openBoard(): Board {
  return new FFI() as unknown as Board;
}

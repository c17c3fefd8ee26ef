/** XS FFI, with the functions of `chip/modChip.c`. */
declare module 'mc/ffi' {
  export default class FFI {
    chip_memory_size(): number;
    chip_memory_read(bytes: ArrayBuffer): void;
    chip_memory_write(bytes: ArrayBuffer, count: number): void;
    chip_longest_sleep(): number;
    chip_sleep(ms: number, radio: number): void;
    chip_restart(): void;
    chip_reset_reason(): number;
    chip_feed_watchdog(): void;
    chip_platform(): string;
    chip_mac(mac: ArrayBuffer): void;
    /** only on ESP32: `esp32/modImage.c` */
    image_on_trial(): number;
    image_confirm(): void;
    image_give_up(): void;
  }
}

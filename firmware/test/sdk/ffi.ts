/** XS FFI with the functions of `chip/modChip.c`: buffers only, and every argument given. */
export default class FFI {
  static readonly memory = new Uint8Array(384);
  static reset = 6;
  static slept: unknown[] = [];
  static fed = 0;

  chip_memory_size(): number {
    return 384;
  }

  chip_memory_read(bytes: unknown): void {
    if (!(bytes instanceof ArrayBuffer)) throw new TypeError('not an ArrayBuffer');
    new Uint8Array(bytes).set(FFI.memory);
  }

  chip_memory_write(bytes: unknown, count: unknown): void {
    if (!(bytes instanceof ArrayBuffer) || typeof count !== 'number') throw new TypeError('not an ArrayBuffer');
    FFI.memory.set(new Uint8Array(bytes, 0, count));
  }

  chip_longest_sleep(): number {
    return 3_600_000;
  }

  chip_sleep(...given: unknown[]): void {
    FFI.slept = given;
  }

  chip_restart(): void {}

  chip_reset_reason(): number {
    return FFI.reset;
  }

  chip_feed_watchdog(): void {
    FFI.fed++;
  }

  chip_platform(): string {
    return 'esp32c3';
  }

  chip_mac(mac: ArrayBuffer): void {
    new Uint8Array(mac).set([0x24, 0x6f, 0x28, 0xaa, 0x0b, 0xcc]);
  }
}

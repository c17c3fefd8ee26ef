/** The SDK's `onewire` as it misbehaves: `reset` answers a number, codes are buffers and, as on the ESP32, reversed. */
export default class OneWire {
  /** what was done on the bus, the newest wire last */
  static done: (string | ArrayBuffer)[] = [];
  static present: number | boolean = 1;
  static codes: ArrayBuffer[] = [];

  constructor({ pin }: { pin: number }) {
    OneWire.done.push(`pin ${pin}`);
  }

  reset(): number | boolean {
    return OneWire.present;
  }

  search(): ArrayBuffer[] {
    return OneWire.codes;
  }

  select(code: unknown): void {
    if (!(code instanceof ArrayBuffer)) throw new TypeError('not an ArrayBuffer');
    OneWire.done.push(code);
  }

  /** As on the plain ESP32 a read of many bytes overflows its buffer. */
  read(count?: number): number {
    if (count !== undefined) throw new RangeError('overflow');
    return 0x5a;
  }

  write(byte: number): void {
    OneWire.done.push(`write ${byte}`);
  }
}

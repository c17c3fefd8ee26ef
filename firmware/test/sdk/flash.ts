/** The SDK's `flash`, which refuses to read or write nothing, and writes only buffers that begin where they begin. */
export default class Flash {
  static readonly bytes = new Uint8Array(3 * 4096).fill(0xff);
  readonly byteLength = Flash.bytes.length;
  readonly blockSize = 4096;

  constructor(partition: string) {
    if (partition !== 'storage') throw new Error(`no partition ${partition}`);
  }

  erase(sector: number): void {
    Flash.bytes.fill(0xff, sector * 4096, (sector + 1) * 4096);
  }

  read(offset: number, count: number): ArrayBuffer {
    if (count === 0) throw new RangeError('invalid length');
    return Flash.bytes.slice(offset, offset + count).buffer;
  }

  write(offset: number, count: number, bytes: Uint8Array): void {
    if (count === 0) throw new RangeError('invalid length');
    for (let i = 0; i < count; i++) Flash.bytes[offset + i]! &= bytes[i]!;
  }
}

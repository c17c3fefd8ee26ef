/** ECMA-419's UDP: packets that somebody sends, and what was written. */
interface Options {
  onReadable?: (count: number) => void;
}

export default class UDP {
  static newest: UDP;
  readonly written: { bytes: Uint8Array; address: string; port: number }[] = [];
  private readonly options: Options;
  private readonly packets: ArrayBuffer[] = [];
  private open = true;

  constructor(options: Options) {
    this.options = options;
    UDP.newest = this;
  }

  /** They come in together. */
  receive(...packets: Uint8Array[]): void {
    packets.forEach((packet) => this.packets.push(packet.slice().buffer));
    this.options.onReadable?.(packets.length);
  }

  /** As on an ESP32, it throws once it is closed. */
  read(): ArrayBuffer | undefined {
    if (!this.open) throw new Error('the socket is closed');
    return this.packets.shift();
  }

  write(bytes: Uint8Array, address: string, port: number): void {
    this.written.push({ bytes: bytes.slice(), address, port });
  }

  close(): void {
    this.open = false;
  }
}

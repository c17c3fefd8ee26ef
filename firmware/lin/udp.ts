/**
 * Stands in for ECMA-419's UDP, since the SDK's can't join a group on Linux. It has the manners of the ESP32's: it tells
 * how many packets there are, and once it is closed, in the middle of them too, `read` throws.
 */
import { openBoard } from 'firmware/lin/board';
import Timer from 'timer';

/** As long as the SDK's other sockets on Linux wait between two looks, ms. */
const LOOK_MS = 20;
const LONGEST = 2048;

export interface UDPOptions {
  port?: number;
  target?: unknown;
  onReadable?: (this: UDP, count: number) => void;
}

type Packet = ArrayBuffer & { address: string; port: number };

export default class UDP {
  readonly target: unknown;
  private readonly board = openBoard();
  private readonly options: UDPOptions;
  private readonly packets: Packet[] = [];
  private socket: number;
  private timer: Timer;

  constructor(options: UDPOptions) {
    this.target = options.target;
    this.options = options;
    this.socket = this.board.lin_udp_open(options.port ?? 0);
    if (this.socket < 0) throw new Error('bind failed');
    this.timer = Timer.repeat(() => this.look(), LOOK_MS);
  }

  add(group: string): void {
    if (!this.board.lin_udp_join(this.open, group)) throw new Error('no interface for multicast');
  }

  /** No packet is there that `onReadable` hasn't told of. */
  read(): Packet {
    void this.open;
    return this.packets.shift()!;
  }

  write(bytes: ArrayBuffer | Uint8Array, address: string, port: number): void {
    const copy = new Uint8Array(bytes as ArrayBuffer).slice();
    if (!this.board.lin_udp_write(this.open, copy.buffer, copy.length, address, port)) throw new Error('sendto failed');
  }

  close(): void {
    if (this.socket < 0) return;
    Timer.clear(this.timer);
    this.board.lin_udp_close(this.socket);
    this.socket = -1;
  }

  private get open(): number {
    if (this.socket < 0) throw new Error('the socket is closed');
    return this.socket;
  }

  private look(): void {
    const bytes = new ArrayBuffer(LONGEST);
    const from = new Uint8Array(6);
    for (;;) {
      const count = this.board.lin_udp_read(this.socket, bytes, LONGEST, from.buffer);
      if (count < 0) break;
      const address = from.subarray(0, 4).join('.');
      const port = (from[4]! << 8) | from[5]!;
      this.packets.push(Object.assign(bytes.slice(0, count), { address, port }));
    }
    if (this.packets.length > 0) this.options.onReadable?.call(this, this.packets.length);
  }
}

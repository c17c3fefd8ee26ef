/** A raw connection: bytes out in pieces of any size, the whole answer back. */
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export class Wire {
  readonly url: string;
  readonly socket: Socket;
  readonly #answer: Buffer[] = [];
  readonly #ended: Promise<void>;

  /** `from`: the address on this side, where it matters */
  constructor(url: string, from?: string) {
    this.url = url;
    const { hostname, port } = new URL(url);
    this.socket = connect({ port: Number(port), host: hostname, ...(from && { localAddress: from }) }).setNoDelay(true);
    this.socket.on('data', (data) => this.#answer.push(data));
    this.#ended = new Promise((resolve) => this.socket.on('error', () => {}).once('close', () => resolve()));
  }

  /** Sends in segments of so many bytes, each on its way before the next. */
  async send(text: string, segment = Infinity): Promise<void> {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += segment) {
      await new Promise<void>((resolve) => this.socket.write(bytes.subarray(at, at + segment), () => resolve()));
      if (segment < bytes.length) await sleep(1);
    }
  }

  /** What came so far. */
  get received(): string {
    return Buffer.concat(this.#answer).toString();
  }

  /** Waits for the other side to close; everything it sent. */
  async toTheEnd(): Promise<string> {
    await this.#ended;
    return this.received;
  }

  /** Waits until what came holds a text. */
  async until(text: string): Promise<string> {
    while (!this.received.includes(text)) {
      if (this.socket.destroyed) throw new Error(`the connection closed before "${text}": ${this.received}`);
      await sleep(5);
    }
    return this.received;
  }
}

/**
 * One MQTT 3.1.1 connection that publishes at QoS 1, one message at a time. Written on a bare socket for the reason that
 * connection.ts has: the client shares the machine with what it measures.
 */
import { once } from 'node:events';
import net, { type Socket } from 'node:net';

export interface Publication {
  topic: string;
  payload: string;
}

/** ms until PUBACK has to come */
const PATIENCE = 30_000;
/** the first bytes of CONNACK and PUBACK: both are four bytes long */
const CONNACK = 0x20;
const PUBACK = 0x40;
const LENGTH = 4;

export class MqttConnection {
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #waiting: { type: number; resolve: () => void; reject: (reason: Error) => void } | null = null;
  #broken: Error | null = null;
  #packetId = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** @throws Error when the broker doesn't let it in */
  static async open(port: number, clientId: string, password: string): Promise<MqttConnection> {
    const socket = net.connect({ host: '127.0.0.1', port, noDelay: true });
    await once(socket, 'connect');
    const connection = new MqttConnection(socket);
    socket
      .setTimeout(PATIENCE, () => socket.destroy(new Error(`no answer within ${PATIENCE / 1000} s`)))
      .on('data', (piece) => connection.#take(piece))
      .on('error', (error) => connection.#fail(error))
      .on('close', () => connection.#fail(new Error('the broker closed the connection')));
    // clean session, user name and password, no keep-alive
    const head = Buffer.from([0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 0xc2, 0, 0]);
    const fields = [clientId, 'bench', password].map(counted);
    await connection.#exchange(packet(0x10, [head, ...fields]), CONNACK);
    return connection;
  }

  /** Through when PUBACK has come. @throws Error when the connection breaks off */
  async send({ topic, payload }: Publication): Promise<string> {
    this.#packetId = (this.#packetId % 65_535) + 1;
    const id = Buffer.from([this.#packetId >> 8, this.#packetId & 255]);
    await this.#exchange(packet(0x32, [counted(topic), id, Buffer.from(payload)]), PUBACK);
    return '';
  }

  close(): void {
    this.#socket.destroy();
  }

  #exchange(bytes: Buffer, type: number): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#broken !== null) return reject(this.#broken);
      this.#waiting = { type, resolve, reject };
      this.#socket.write(bytes);
    });
  }

  #take(piece: Buffer): void {
    this.#received = this.#received.length === 0 ? piece : Buffer.concat([this.#received, piece]);
    if (this.#received.length < LENGTH) return;
    const [type, , , code] = this.#received;
    this.#received = this.#received.subarray(LENGTH);
    const refused = type === CONNACK && code !== 0;
    const waiting = this.#waiting;
    if (waiting === null || waiting.type !== type || refused)
      return this.#fail(new Error(`the broker answers ${type}, ${code}`));
    this.#waiting = null;
    waiting.resolve();
  }

  #fail(error: Error): void {
    this.#broken ??= error;
    this.#waiting?.reject(error);
    this.#waiting = null;
    this.#socket.destroy();
  }
}

/** A string with its length before it (MQTT 3.1.1 §1.5.3). */
function counted(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
}

/** A packet with its length in digits of 7 bits (§2.2.3). */
function packet(type: number, parts: Buffer[]): Buffer {
  const rest = Buffer.concat(parts);
  const header = [type];
  for (let left = rest.length; ; left >>= 7) {
    header.push((left & 127) | (left > 127 ? 128 : 0));
    if (left <= 127) return Buffer.concat([Buffer.from(header), rest]);
  }
}

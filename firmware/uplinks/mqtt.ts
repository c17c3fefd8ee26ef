/**
 * MQTT to a broker: the batch, packed, on the device's topic `batch`, the answer on its topic `reply` (protocol.md §4).
 *
 *   closed → connecting → subscribing → ready       any error, and a try without answer: closed
 *
 * ECMA-419's client has no queue, no resending and no time limit for an answer. So: one batch at a time, sent in the
 * pieces that the network takes; an answer is what comes on `reply` once the whole batch is out, never a PUBACK, which
 * only says that the broker has it. A batch that gets none goes out again by the uploader's hand, on a new connection and
 * so under a new packet id. Where a kept connection breaks, that is at once: the broker has started again, or somebody
 * else has come with this client id.
 */
import { gzip } from '../gzip.js';
import { answerIn, type Answer } from '../protocol/reply.js';
import { topic } from '../protocol/topic.js';
import type { Timers } from '../timer.js';
import { attempt } from './attempt.js';
import { Heard, type Codec } from './heard.js';
import { Turn } from './turn.js';
import { NO_ANSWER, type Uplink } from './uplink.js';

/** What is used of ECMA-419's MQTT client. */
export interface MqttClient {
  /**
   * Begins a message, goes on with it (without options), or subscribes (without bytes).
   * @returns how many bytes of payload it takes next, before the topic of a new message
   * @throws where that is too much
   */
  write(bytes: Uint8Array | null, options?: MqttWrite): number;
  read(count: number): ArrayBuffer | undefined;
  /** Nothing is called back after it. */
  close(): void;
}

export type MqttWrite =
  | { operation: typeof PUBLISH; id: number; topic: string; QoS: 1; byteLength: number }
  | { operation: typeof SUBSCRIBE; id: number; items: { topic: string; QoS: 1 }[] };

/** A packet that isn't a message. The SDK's typings have an operation beside it; there is none. */
export interface MqttControl {
  operation: number;
  id?: number;
  /** SUBACK: a code for each topic */
  payload?: readonly number[];
}

export interface MqttOptions {
  host: string;
  port: number;
  /** client id; a second client with it takes over the first one's connection */
  id: string;
  user: string;
  password: string;
  onWritable: (count: number) => void;
  /** A piece of a message; the first one has its topic. */
  onReadable: (count: number, piece: { topic?: string; more: boolean }) => void;
  onControl: (packet: MqttControl) => void;
  /** It broke, or was refused; it closes itself. */
  onError: () => void;
}

export type OpenMqtt = (options: MqttOptions) => MqttClient;

export interface MqttUplinkOptions {
  open: OpenMqtt;
  codec: Codec;
  timers: Timers;
  host: string;
  port: number;
  device_id: string;
  token: string;
  /** from a send to its answer, with all that it takes to get there; default 30 s */
  timeoutMs?: number;
}

/** MQTT 3.1.1 §2.2.1 */
const PUBLISH = 3;
const SUBSCRIBE = 8;
const CONNACK = 2;
const SUBACK = 9;
/** §3.9.3: the broker won't have this subscription */
const REFUSED = 0x80;

export class MqttUplink implements Uplink {
  private readonly options: MqttUplinkOptions;
  private readonly turn = new Turn();
  private client: MqttClient | null = null;
  /** subscribed to the reply */
  private ready = false;
  /** bytes that the client takes */
  private room = 0;
  /** of the last packet; ids go round from 1 to 65535 */
  private id = 0;
  /** of the batch under way */
  private payload: Uint8Array = new Uint8Array();
  private sent = 0;
  /** the connection was there before the batch under way */
  private kept = false;
  /** of the message that is coming in */
  private heard: Heard | null = null;
  constructor(options: MqttUplinkOptions) {
    this.options = options;
  }

  send(body: string, done: (answer: Answer) => void): void {
    const { timers, codec, timeoutMs = 30_000 } = this.options;
    if (!this.turn.begin(done, timers, timeoutMs, () => this.close())) return;
    const text = codec.encode(body);
    this.payload = gzip(text) ?? text;
    this.sent = 0;
    this.kept = this.client !== null;
    if (this.kept)
      attempt(
        () => this.publish(),
        () => this.broke(),
      );
    else this.open();
  }

  /** A batch under way gets no answer. A later `send` opens again. */
  close(): void {
    this.drop();
    this.finish(NO_ANSWER);
  }

  private open(): void {
    const { open, host, port, device_id, token } = this.options;
    let client: MqttClient | null = null;
    let broke = false;
    /** For as long as this connection is the one in use. */
    const heed = (step: () => void): void => {
      if (client !== null && client === this.client) attempt(step, () => this.broke());
    };
    const fail = (): void => {
      broke = true;
      heed(() => this.broke());
    };
    attempt(() => {
      client = open({
        host,
        port,
        id: device_id,
        user: device_id,
        password: token,
        onWritable: (count) => heed(() => this.writable(count)),
        onReadable: (count, piece) => heed(() => this.hear(client!.read(count), piece)),
        onControl: (packet) => heed(() => this.control(packet)),
        onError: fail,
      });
    }, fail);
    if (broke) return this.finish(NO_ANSWER);
    this.client = client;
  }

  private control({ operation, payload }: MqttControl): void {
    const { device_id } = this.options;
    if (operation === CONNACK) {
      const items = [{ topic: topic(device_id, 'reply'), QoS: 1 as const }];
      this.client!.write(null, { operation: SUBSCRIBE, id: this.nextId(), items });
    } else if (operation === SUBACK && payload?.[0] === REFUSED) {
      this.drop();
      this.finish({ status: 403, body: null });
    } else if (operation === SUBACK) {
      this.ready = true;
      this.publish();
    }
  }

  private writable(count: number): void {
    this.room = count;
    this.publish();
  }

  /** As much of the batch as the network takes. */
  private publish(): void {
    const name = topic(this.options.device_id, 'batch');
    const { length } = this.payload;
    while (this.ready && this.turn.taken && this.sent < length) {
      const begins = this.sent === 0;
      // The client leaves its head out of the count, but not the topic.
      const room = begins ? this.room - name.length : this.room;
      if (room <= 0) return;
      const piece = this.payload.subarray(this.sent, this.sent + room);
      this.sent += piece.length;
      this.room = begins
        ? this.client!.write(piece, {
            operation: PUBLISH,
            id: this.nextId(),
            topic: name,
            QoS: 1,
            byteLength: length,
          })
        : this.client!.write(piece);
    }
  }

  private hear(bytes: ArrayBuffer | undefined, { topic: name, more }: { topic?: string; more: boolean }): void {
    if (name !== undefined) this.heard = name === topic(this.options.device_id, 'reply') ? new Heard() : null;
    this.heard?.add(bytes);
    if (more || this.heard === null) return;
    const answer = answerIn(this.heard.json(this.options.codec));
    this.heard = null;
    // What comes before the batch is out answers an earlier one.
    if (this.sent === this.payload.length && answer.status !== null) this.finish(answer);
  }

  private broke(): void {
    this.drop();
    if (!this.turn.taken) return;
    if (!this.kept) return this.finish(NO_ANSWER);
    this.kept = false;
    this.sent = 0;
    this.open();
  }

  private drop(): void {
    const client = this.client;
    this.client = null;
    this.ready = false;
    this.room = 0;
    this.heard = null;
    attempt(() => client?.close());
  }

  private finish(answer: Answer): void {
    this.payload = new Uint8Array();
    this.turn.end(answer);
  }

  private nextId(): number {
    this.id = (this.id % 65_535) + 1;
    return this.id;
  }
}

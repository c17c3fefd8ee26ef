/**
 * MQTT as the firmware speaks it (protocol.md §4): the batch, packed, at QoS 1 on `batch`; the answer is what comes on
 * `reply`, never the PUBACK.
 */
import { Socket } from 'node:net';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { gzip } from '../../firmware/gzip.js';
import { answerIn, type Answer } from '../../firmware/protocol/reply.js';
import { topic } from '../../firmware/protocol/topic.js';
import { parse, REAL_TIMEOUT_MS, type Exchange, type Transport } from './exchange.js';

/** Return codes of CONNACK for a wrong password and for none (MQTT 3.1.1 §3.2.2.3). */
const REFUSED = new Set([4, 5]);

export class MqttExchange implements Exchange {
  readonly #url: URL;
  readonly #device_id: string;
  readonly #options: IClientOptions;
  #client: MqttClient | null = null;
  #pending: { resolve: (answer: Answer) => void; reject: (reason: Error) => void } | null = null;
  #open = true;

  constructor(url: URL, device_id: string, token: string) {
    this.#url = url;
    this.#device_id = device_id;
    // an outside broker has users of its own, which its address then names
    const own = url.username === '' ? { username: device_id, password: token } : {};
    this.#options = { clientId: device_id, reconnectPeriod: 0, connectTimeout: REAL_TIMEOUT_MS, ...own };
  }

  async exchange(body: string): Promise<Answer> {
    try {
      const client = this.#client ?? (await this.#connect());
      return await this.#ask(client, body);
    } catch (error) {
      this.#drop();
      const { code, message } = error as { code?: number; message: string };
      if (code !== undefined && REFUSED.has(code)) return { status: 403, body: { message } };
      throw error;
    }
  }

  close(): void {
    this.#open = false;
    this.#drop();
  }

  async #connect(): Promise<MqttClient> {
    const client = await mqtt.connectAsync(this.#url.href, this.#options, false);
    this.#client = client;
    // else each batch waits for the TCP acknowledgement of the PUBACK before it, 40 ms
    if (client.stream instanceof Socket) client.stream.setNoDelay();
    client.on('error', () => undefined);
    client.on('message', (_topic, payload) => {
      const answer = answerIn(parse(payload.toString()));
      if (answer.status !== null) this.#pending?.resolve(answer);
    });
    client.on('close', () => this.#pending?.reject(new Error('the connection broke')));
    if (!this.#open) this.#drop();
    await client.subscribeAsync(topic(this.#device_id, 'reply'), { qos: 1 });
    return client;
  }

  async #ask(client: MqttClient, body: string): Promise<Answer> {
    const bytes = new TextEncoder().encode(body);
    const payload = Buffer.from(gzip(bytes) ?? bytes);
    let late: NodeJS.Timeout | undefined;
    try {
      return await new Promise<Answer>((resolve, reject) => {
        this.#pending = { resolve, reject };
        late = setTimeout(() => reject(new Error('no answer in time')), REAL_TIMEOUT_MS);
        client.publish(topic(this.#device_id, 'batch'), payload, { qos: 1 }, (error) => {
          if (error) reject(error);
        });
      });
    } finally {
      clearTimeout(late);
      this.#pending = null;
    }
  }

  #drop(): void {
    this.#client?.end(true);
    this.#client = null;
  }
}

/** `url`: of the broker, ours or another, maybe with user and password. */
export function overMqtt(url: URL, token: string): Transport {
  const address = `${url.protocol}//${url.host}${url.pathname}`;
  return { address, token: null, open: (device_id) => new MqttExchange(url, device_id, token) };
}

/**
 * Somebody else's broker: one persistent session at QoS 1. A message is acknowledged to the broker only once its handler
 * is through, so what the collector was killed over comes again. MQTT.js would take messages one by one, each after the
 * sync of the one before; so it is told at once that it needn't acknowledge, and PUBACK is sent from here.
 */
import { readFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { connect, type IClientOptions, type IPublishPacket, type MqttClient } from 'mqtt';
import type { MqttShape } from '../../firmware/protocol/rest.js';
import { COLLECTOR_STATUS } from '../../firmware/protocol/collector-topic.js';
import type { Log } from '../log.js';
import type { User } from '../users.js';
import type { Bus, Handler, Message, PublishOptions } from './bus.js';
import { Handlers } from './handlers.js';
import { Sequence } from './sequence.js';

/** There is one collector on a broker: a second one would push it out, and both say so. */
const CLIENT_ID = 'thermowell-collector';

/** Messages that are taken at a time. More wait with the broker, which has its own limit, too. */
const TAKING_MAX = 64;

/** From one try to connect to the next, ms: doubled each time. */
const RETRY_MS = 500;
const RETRY_MAX_MS = 60_000;

export interface OutsideOptions {
  /** `mqtt:`, `mqtts:`, `ws:` or `wss:`, maybe with user and password */
  url: URL;
  /** file of the certificates to trust beside `mqtts:`; null: those that Node trusts */
  ca: string | null;
  log: Log;
  /** whose is what comes, as of now; throws when that can't be told */
  user: () => User;
  stopMs: number;
}

export class OutsideBroker implements Bus {
  readonly #options: OutsideOptions;
  readonly #handlers = new Handlers();
  readonly #listeners: (() => void)[] = [];
  readonly #acknowledgements = new Sequence();
  readonly #taking = new Set<Promise<void>>();
  /** continues with the next message when there is room for it */
  #waiting: (() => void)[] = [];
  #client: MqttClient | null = null;
  #state: MqttShape['state'] = 'closed';
  #note: string | null = null;
  #retryMs = RETRY_MS;
  /** a message on this connection could not be taken */
  #failed = false;
  #received = 0;
  #deferred = 0;

  constructor(options: OutsideOptions) {
    this.#options = options;
  }

  /** Begins to connect, and goes on trying. @throws Error for a user that can't be told, or certificates that can't be read */
  async open(): Promise<void> {
    const { url, ca, user } = this.#options;
    user();
    const options: IClientOptions = {
      clientId: CLIENT_ID,
      clean: false,
      protocolVersion: 4,
      reconnectPeriod: this.#retryMs,
      // what nobody hears now is said again by whoever listens to `onOnline`
      queueQoSZero: false,
      resubscribe: false,
      username: decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
      will: { topic: COLLECTOR_STATUS, payload: Buffer.from('offline'), qos: 1, retain: true },
    };
    if (ca !== null) options.ca = readFileSync(ca);
    if (url.username === '') delete options.username;
    if (url.password === '') delete options.password;
    this.#state = 'connecting';
    const client = connect(this.#address, options);
    this.#client = client;
    client.handleMessage = (packet, done) => this.#arrived(packet, done);
    client.on('connect', () => void this.#connected(client));
    client.on('close', () => this.#disconnected(client));
    client.on('error', (error) => this.#trouble(error.message));
  }

  async close(): Promise<void> {
    const client = this.#client;
    this.#client = null;
    if (client === null) return;
    this.#state = 'closed';
    const { stopMs } = this.#options;
    let late: NodeJS.Timeout;
    const patience = new Promise<void>((resolve) => (late = setTimeout(resolve, stopMs)));
    await Promise.race([Promise.allSettled(this.#taking), patience]).finally(() => clearTimeout(late));
    if (client.connected) await published(client, COLLECTOR_STATUS, 'offline', { qos: 1, retain: true });
    await client.endAsync(!client.connected);
  }

  handle(filter: string, handler: Handler): void {
    this.#handlers.add(filter, handler);
  }

  onOnline(listener: () => void): void {
    this.#listeners.push(listener);
  }

  async publish(topic: string, payload: string, options: PublishOptions = {}): Promise<void> {
    if (this.#client?.connected === true) await published(this.#client, topic, payload, options);
  }

  status(): MqttShape {
    return {
      broker: 'outside',
      state: this.#state,
      address: this.#address,
      note: this.#note,
      clients: null,
      received: this.#received,
      refused: 0,
      deferred: this.#deferred,
    };
  }

  /** Without user and password, which a log mustn't hold. */
  get #address(): string {
    const { protocol, host, pathname, search } = this.#options.url;
    return `${protocol}//${host}${pathname === '/' ? '' : pathname}${search}`;
  }

  async #connected(client: MqttClient): Promise<void> {
    this.#failed = false;
    // acknowledgements are small, and brokers wait for them
    if (client.stream instanceof Socket) client.stream.setNoDelay();
    try {
      const granted = await client.subscribeAsync(this.#handlers.filters, { qos: 1 });
      const refused = granted.filter(({ qos }) => qos === 128).map(({ topic }) => topic);
      if (refused.length > 0) this.#trouble(`the broker refuses subscribing to ${refused.join(', ')}`);
      else this.#note = null;
      if (refused.some((topic) => topic.startsWith('thermowell/'))) return;
    } catch (error) {
      // gone again; the next connection subscribes
      if (client.connected) this.#trouble((error as Error).message);
      return;
    }
    this.#state = 'connected';
    this.#options.log.info({ broker: this.#address }, 'MQTT: connected');
    for (const listener of this.#listeners) listener();
  }

  #disconnected(client: MqttClient): void {
    if (this.#client === null) return;
    // one that broke over a full disk will break again
    if (this.#state === 'connected' && !this.#failed) {
      this.#trouble('the connection broke');
      this.#retryMs = RETRY_MS;
    }
    this.#state = 'connecting';
    client.options.reconnectPeriod = this.#retryMs * (0.75 + Math.random() / 2);
    this.#retryMs = Math.min(RETRY_MAX_MS, 2 * this.#retryMs);
    for (const go of this.#waiting.splice(0)) go();
  }

  #trouble(text: string): void {
    if (text !== this.#note) this.#options.log.warn({ broker: this.#address }, `MQTT: ${text}`);
    this.#note = text;
  }

  /** `next` asks for the next message; an error keeps MQTT.js from acknowledging this one. */
  #arrived(packet: IPublishPacket, next: (error?: Error) => void): void {
    const client = this.#client;
    const goOn = (): void => next(packet.qos > 0 ? new Error('acknowledged later') : undefined);
    if (client === null) return goOn();
    const { stream } = client;
    const taken = this.#acknowledgements
      .inOrder(() => this.#take(packet))
      .then(
        () => {
          this.#received++;
          // on another connection the number may mean another message
          if (packet.qos > 0 && client.stream === stream && client.connected) stream.write(pubAck(packet.messageId!));
        },
        (error: Error) => {
          this.#deferred++;
          this.#failed = true;
          this.#trouble(error.message);
          // unacknowledged messages come again with the next connection
          if (client.stream === stream) stream.destroy();
        },
      );
    this.#taking.add(taken);
    void taken.then(() => {
      this.#taking.delete(taken);
      this.#waiting.shift()?.();
    });
    if (this.#taking.size < TAKING_MAX) goOn();
    else this.#waiting.push(goOn);
  }

  async #take({ topic, payload, retain, qos }: IPublishPacket): Promise<void> {
    const message: Message = {
      topic,
      payload: typeof payload === 'string' ? Buffer.from(payload) : payload,
      retained: retain,
      held: true,
      awaited: qos > 0,
      user: this.#options.user(),
      tell: (topic, payload) => this.publish(topic, payload, { qos: 1 }),
    };
    await this.#handlers.call(message);
  }
}

function published(client: MqttClient, topic: string, payload: string, options: PublishOptions): Promise<unknown> {
  return client.publishAsync(topic, payload, { qos: 0, ...options }).catch(() => undefined);
}

/** MQTT 3.1.1 §3.4. */
function pubAck(messageId: number): Buffer {
  return Buffer.from([0x40, 2, messageId >> 8, messageId & 255]);
}

/**
 * aedes, bounded and with our rules. A message is taken in `authorizePublish`, since aedes sends PUBACK right after that
 * and before its `published` hook: so a PUBACK means what `Handler` promises. Nothing of it outlives the process:
 * retained messages and wills are kept in memory, sessions end with their connection.
 */
import type { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Aedes, type AedesPublishPacket, type Client, type PublishPacket, type Subscription } from 'aedes';
import { COLLECTOR_STATUS } from '../../firmware/protocol/collector-topic.js';
import type { Log } from '../log.js';
import type { Message, PublishOptions } from './bus.js';
import { isUpload, UNAVAILABLE, type Gate } from './gate.js';
import type { Handlers } from './handlers.js';
import { limitPackets } from './packet-limit.js';
import { Retained } from './retained.js';
import { Session } from './session.js';

/**
 * How long a connection may take to say who it is, and how long a subscriber may read nothing: meanwhile who publishes on
 * its topics isn't read either.
 */
const CONNECT_MS = 10_000;
const STALLED_MS = 10_000;

/** What may wait for a subscriber that reads too slowly: beyond it QoS 0 is dropped, and above QoS 0 it is cut off. */
const WAITING_MAX = 1024 * 1024;

/** Messages of one client between PUBLISH and PUBREL, which aedes keeps (QoS 2). */
const QOS_2_MAX = 16;

export interface BrokerOptions {
  gate: Gate;
  handlers: Handlers;
  log: Log;
  /** clients at a time */
  clients: number;
  /** of a packet, bytes */
  packet: number;
}

export class Broker {
  received = 0;
  refused = 0;
  deferred = 0;
  readonly #options: BrokerOptions;
  readonly #sessions = new WeakMap<Client, Session>();
  readonly #retained = new Retained();
  /** messages that are being taken */
  readonly #taking = new Set<Promise<void>>();
  #aedes: Aedes | null = null;
  #closing = false;

  constructor(options: BrokerOptions) {
    this.#options = options;
  }

  async open(): Promise<void> {
    const { log } = this.#options;
    const aedes = await Aedes.createBroker({
      connectTimeout: CONNECT_MS,
      drainTimeout: STALLED_MS,
      maxInflightInbound: QOS_2_MAX,
      // MQTT 3.1's limit, which nobody keeps to, and which has to hold what we put before it
      maxClientsIdLength: 1024,
      // messages don't queue up behind those for a subscriber that is slow
      concurrency: 0,
      preConnect: (_client, packet, done) => {
        const admission = this.#options.gate.admit(packet.password);
        // known by its user too, so that nobody is pushed out by somebody else's client of the same name
        if ('user' in admission && packet.clientId !== '')
          packet.clientId = `${admission.user?.id ?? ''}/${packet.clientId}`;
        packet.clean = true;
        done(null, true);
      },
      authenticate: (client, _name, password, done) => {
        const returnCode = this.#admit(client, password);
        done(returnCode === 0 ? null : new Refused(returnCode), true);
      },
      authorizePublish: (client, packet, done) => {
        void settle(this.#take(client, packet), done);
      },
      authorizeSubscribe: (client, subscription, done) => done(null, this.#granted(client, subscription)),
      authorizeForward: (client, packet) => this.#forwarded(client, packet),
    });
    const broke = ({ id }: Client, error: Error): void => {
      // what was refused has been said
      if (!(error instanceof Refused)) log.info({ client: id }, `MQTT connection: ${error.message}`);
    };
    aedes.on('clientError', broke);
    aedes.on('connectionError', broke);
    const errors: EventEmitter = aedes;
    errors.on('error', (error: Error) => log.error({ err: error }, 'MQTT broker'));
    aedes.on('unsubscribe', (filters, client) => {
      for (const filter of filters) this.#sessions.get(client)?.filters.delete(filter);
    });
    this.#aedes = aedes;
  }

  /** Waits for what is being taken, at most `ms`, and ends every connection. */
  async close(ms: number): Promise<void> {
    this.#closing = true;
    const aedes = this.#aedes;
    if (aedes === null) return;
    const late = new AbortController();
    await Promise.race([Promise.allSettled(this.#taking), sleep(ms, undefined, late).catch(() => undefined)]);
    late.abort();
    await this.publish(COLLECTOR_STATUS, 'offline', { qos: 1, retain: true });
    this.#aedes = null;
    await new Promise<void>((resolve) => aedes.close(resolve));
  }

  get clients(): number {
    return this.#aedes?.connectedClients ?? 0;
  }

  accept(connection: Duplex, request?: IncomingMessage): void {
    if (this.#aedes === null) return void connection.destroy();
    limitPackets(connection, this.#options.packet);
    this.#aedes.handle(connection, request);
  }

  publish(topic: string, payload: string, { qos = 0, retain = false }: PublishOptions = {}): Promise<void> {
    const aedes = this.#aedes;
    if (aedes === null) return Promise.resolve();
    return new Promise((resolve) => aedes.publish(packetOf(topic, payload, qos, retain), () => resolve()));
  }

  /** The return code for CONNACK, 0 to let the client in. */
  #admit(client: Client, password: Uint8Array | undefined): number {
    const { gate, clients, log } = this.#options;
    const admission = gate.admit(password);
    // who only listens leaves room for those that have something to say
    const most = 'user' in admission && admission.user === null ? clients / 2 : clients;
    const returnCode = this.clients >= most ? UNAVAILABLE : 'user' in admission ? 0 : admission.returnCode;
    if ('user' in admission && returnCode === 0) this.#sessions.set(client, new Session(admission.user));
    else {
      this.refused++;
      log.warn({ client: client.id, returnCode }, 'MQTT client refused');
    }
    return returnCode;
  }

  #take(client: Client | null, packet: PublishPacket): Promise<void> {
    const session = client === null ? undefined : this.#sessions.get(client);
    const user = session?.user ?? null;
    const objection = this.#options.gate.objection(user, packet.topic);
    if (client === null || session === undefined || user === null || objection !== null) {
      this.refused++;
      this.#options.log.warn({ client: client?.id, topic: packet.topic }, `MQTT message refused: ${objection}`);
      return Promise.reject(new Refused(0));
    }
    if (packet.retain && (isUpload(packet.topic) || !this.#retained.make(packet.topic, packet.payload.length)))
      packet.retain = false;
    const message: Message = {
      topic: packet.topic,
      payload: typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload,
      retained: false,
      held: false,
      awaited: packet.qos > 0,
      user,
      tell: (topic, payload) =>
        new Promise((resolve) => client.publish(packetOf(topic, payload, 1, false), () => resolve())),
    };
    const taken = this.#handle(session, message);
    this.#taking.add(taken);
    return taken.finally(() => this.#taking.delete(taken));
  }

  async #handle(session: Session, message: Message): Promise<void> {
    const turn = session.turn();
    if (turn !== null) await turn;
    try {
      if (this.#closing) throw new Error('shutting down');
      await session.acknowledgements.inOrder(() => this.#options.handlers.call(message));
      this.received++;
    } catch (error) {
      this.deferred++;
      throw error;
    }
  }

  /** null: SUBACK says that it failed. */
  #granted(client: Client, subscription: Subscription): Subscription | null {
    const session = this.#sessions.get(client);
    if (session?.mayFilter(subscription.topic) !== true) return null;
    session.filters.add(subscription.topic);
    return subscription;
  }

  /** What devices upload is for the collector alone: it is long, and it may hold what a device shouldn't have sent. */
  #forwarded({ conn }: Client, packet: AedesPublishPacket): AedesPublishPacket | null {
    if (packet.topic.startsWith('thermowell/') && packet.topic.endsWith('/batch')) return null;
    if (conn.writableLength <= WAITING_MAX) return packet;
    if (packet.qos > 0) conn.destroy(new Error('a subscriber that reads too slowly'));
    return null;
  }
}

/** A client or a message that was turned away, for a reason that is in the log. */
class Refused extends Error {
  /** of CONNACK */
  readonly returnCode: number;

  constructor(returnCode: number) {
    super('refused');
    this.returnCode = returnCode;
  }
}

/** A promise's end, as aedes wants to hear of it. */
async function settle(work: Promise<void>, done: (error: Error | null) => void): Promise<void> {
  try {
    await work;
  } catch (error) {
    return done(error as Error);
  }
  done(null);
}

function packetOf(topic: string, payload: string, qos: 0 | 1, retain: boolean): PublishPacket {
  return { cmd: 'publish', dup: false, topic, payload: Buffer.from(payload), qos, retain };
}

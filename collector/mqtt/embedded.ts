/**
 * Our own broker as the rest of the collector sees it: TCP, and WebSocket on the HTTP port. aedes is loaded by the first
 * client, so that a collector without any pays neither its start (about 0.1 s) nor its memory (about 13 MB).
 */
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer } from 'node:tls';
import type { MqttShape } from '../../firmware/protocol/rest.js';
import type { Log } from '../log.js';
import type { Tls } from '../tls.js';
import type { Broker } from './broker.js';
import type { Bus, Handler, PublishOptions } from './bus.js';
import type { Gate } from './gate.js';
import { Handlers } from './handlers.js';
import type { Upgrade } from './upgrade.js';

/** Clients at a time, and connections that may be told why they aren't let in. */
const CLIENTS_MAX = 512;
const CONNECTIONS_MAX = CLIENTS_MAX + 64;

/** TCP asks after so long whether a silent client is still there, also one without keep-alive. */
const PROBE_MS = 60_000;

export interface EmbeddedOptions {
  gate: Gate;
  log: Log;
  host: string;
  /** 0: any free one */
  port: number;
  /** null: plain */
  tls: Tls | null;
  /** somebody named the port: it must be that one; else the collector goes on without it */
  insist: boolean;
  /** of an upload, bytes */
  bytes: number;
  /** for messages that are being taken when the collector stops, ms */
  stopMs: number;
}

export class EmbeddedBroker implements Bus {
  readonly #options: EmbeddedOptions;
  readonly #handlers = new Handlers();
  readonly #listeners: (() => void)[] = [];
  /** retained messages of our own, until there is a broker to keep them */
  readonly #kept = new Map<string, string>();
  readonly #connections = new Set<Duplex>();
  #server: Server | null = null;
  #loading: Promise<Broker> | null = null;
  #broker: Broker | null = null;
  #state: MqttShape['state'] = 'closed';
  #port: number;

  constructor(options: EmbeddedOptions) {
    this.#options = options;
    this.#port = options.port;
  }

  /** @throws Error that names the port and what to do, when it is taken and was asked for */
  async open(): Promise<void> {
    const { host, port, insist, log, tls } = this.#options;
    const options = { noDelay: true, keepAlive: true, keepAliveInitialDelay: PROBE_MS };
    const accept = (socket: Duplex): void => this.#accept(socket);
    this.#server = tls === null ? createServer(options, accept) : createTlsServer({ ...options, ...tls }, accept);
    this.#server.maxConnections = CONNECTIONS_MAX;
    this.#state = 'listening';
    try {
      await listen(this.#server, host, port);
      this.#port = (this.#server.address() as AddressInfo).port;
    } catch (error) {
      this.#server = null;
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || insist) throw explained(error, port);
      this.#state = 'unavailable';
      log.warn({ port }, this.#note!);
    }
  }

  async close(): Promise<void> {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#server?.close();
    this.#server = null;
    const broker = await this.#loading;
    await broker?.close(this.#options.stopMs);
    for (const connection of this.#connections) connection.destroy();
  }

  handle(filter: string, handler: Handler): void {
    this.#handlers.add(filter, handler);
  }

  onOnline(listener: () => void): void {
    this.#listeners.push(listener);
  }

  async publish(topic: string, payload: string, options: PublishOptions = {}): Promise<void> {
    if (this.#broker !== null) return this.#broker.publish(topic, payload, options);
    if (options.retain !== true) return;
    if (payload === '') this.#kept.delete(topic);
    else this.#kept.set(topic, payload);
  }

  /** A WebSocket on the HTTP port. */
  upgrade(upgrade: Upgrade): void {
    const { socket, request } = upgrade;
    if (this.#connections.size >= CONNECTIONS_MAX) return void socket.destroy();
    socket.on('error', () => undefined);
    void import('./websocket.js').then(({ accept }) =>
      accept(upgrade, this.#packet, (bytes) => this.#accept(bytes, request)),
    );
  }

  status(): MqttShape {
    const { received = 0, refused = 0, deferred = 0, clients = 0 } = this.#broker ?? {};
    const { host, tls } = this.#options;
    const name = host === '::' || host === '0.0.0.0' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
    const address = `${tls === null ? 'mqtt' : 'mqtts'}://${name}:${this.#port}`;
    return { broker: 'own', state: this.#state, address, note: this.#note, clients, received, refused, deferred };
  }

  /** A packet may be longer than an upload, so that one that is too long is told so. */
  get #packet(): number {
    return 2 * this.#options.bytes;
  }

  get #note(): string | null {
    if (this.#state !== 'unavailable') return null;
    return (
      `MQTT port ${this.#port} is in use, by another broker perhaps: not listening there. ` +
      `Use that one (--mqtt-url mqtt://localhost), another port (--mqtt-port) or no MQTT (--no-mqtt)`
    );
  }

  #accept(connection: Duplex, request?: IncomingMessage): void {
    this.#connections.add(connection);
    connection.once('close', () => this.#connections.delete(connection));
    connection.on('error', () => undefined);
    if (this.#broker !== null) return this.#broker.accept(connection, request);
    void this.#load().then((broker) => broker.accept(connection, request));
  }

  #load(): Promise<Broker> {
    return (this.#loading ??= this.#loadOnce());
  }

  async #loadOnce(): Promise<Broker> {
    const { Broker } = await import('./broker.js');
    const { gate, log } = this.#options;
    const broker = new Broker({ gate, log, handlers: this.#handlers, clients: CLIENTS_MAX, packet: this.#packet });
    await broker.open();
    for (const [topic, payload] of this.#kept) void broker.publish(topic, payload, { qos: 1, retain: true });
    this.#kept.clear();
    this.#broker = broker;
    for (const listener of this.#listeners) listener();
    return broker;
  }
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  try {
    await once(server.listen({ host, port }), 'listening');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // every address, on a system without IPv6
    if (host !== '::' || (code !== 'EAFNOSUPPORT' && code !== 'EADDRNOTAVAIL')) throw error;
    await once(server.listen({ host: '0.0.0.0', port }), 'listening');
  }
}

function explained(error: unknown, port: number): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== 'EADDRINUSE' && code !== 'EACCES') return error;
  const what = code === 'EACCES' ? 'may not be used' : 'is in use, by another broker perhaps';
  const remedy = 'Choose another --mqtt-port, use that broker by --mqtt-url mqtt://localhost, or none by --no-mqtt';
  return new Error(`MQTT port ${port} ${what}. ${remedy}`, { cause: error });
}

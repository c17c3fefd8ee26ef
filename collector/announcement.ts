/**
 * Tells the LAN where the collector is, by mDNS and DNS-SD (RFC 6762, 6763): `_thermowell._tcp` for devices and tools,
 * `_http._tcp` for people. A convenience: whatever is wrong with the network, the collector goes on without.
 */
import { createHash } from 'node:crypto';
import { hostname, networkInterfaces } from 'node:os';
import type { Service } from 'bonjour-service';
import { VERSION } from '../firmware/protocol/version.js';
import type { Log } from './log.js';

/** The port that a collector has unless somebody says otherwise. */
const USUAL_PORT = 8080;

/** How often it looks whether the host has another address, ms: a lease ends without anybody's telling. */
const LOOK_MS = 5000;

/** For the last word, ms. */
const GOODBYE_MS = 500;

/** What `bonjour-service` has, but doesn't declare: errors of the socket would end the process. */
interface Multicast {
  on(event: 'error', listener: (error: Error) => void): void;
  /** it has joined another one */
  on(event: 'networkInterface', listener: () => void): void;
}
interface Responder {
  publish(config: object): Service;
  unpublishAll(done: () => void): void;
  destroy(done: () => void): void;
  server: { mdns: Multicast };
}

export interface AnnouncementOptions {
  /** of the page and the REST interface */
  url: string;
  /** what its certificate is made out to; null: it speaks no TLS */
  tls: string | null;
  /** null: no MQTT */
  mqtt: { broker: 'own' | 'outside'; state: string; address: string } | null;
  log: Log;
  /** for the socket; as multicast-dns has them */
  socket?: { port: number; interface: string; bind: string };
  /** the host's own, in any form that changes with them */
  addresses?: () => string;
  lookMs?: number;
}

export class Announcement {
  readonly #options: AnnouncementOptions;
  #responder: Responder | null = null;
  /** the host's, as they were published or are about to be */
  #addresses = '';
  #closed = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: AnnouncementOptions) {
    this.#options = options;
  }

  /** Never rejects. */
  async open(): Promise<void> {
    const { log, socket = {} } = this.#options;
    try {
      const { Bonjour } = await import('bonjour-service');
      if (this.#closed) return;
      const trouble = (error: Error): void => log.info({}, `mDNS: ${error.message}`);
      const responder = new Bonjour(socket, trouble) as unknown as Responder;
      this.#responder = responder;
      responder.server.mdns.on('error', trouble);
      responder.server.mdns.on('networkInterface', () => this.#look());
      this.#publish();
      this.#timer = setInterval(() => this.#look(), this.#options.lookMs ?? LOOK_MS).unref();
    } catch (error) {
      log.info({}, `mDNS: ${(error as Error).message}`);
    }
  }

  /** Says that it is gone. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    const responder = this.#responder;
    this.#responder = null;
    if (responder === null) return;
    await new Promise<void>((resolve) => {
      const late = setTimeout(end, GOODBYE_MS);
      function end(): void {
        clearTimeout(late);
        resolve();
      }
      responder.unpublishAll(end);
    });
    await new Promise<void>((resolve) => responder.destroy(resolve));
  }

  #publish(): void {
    const { url, tls, mqtt } = this.#options;
    this.#addresses = this.#here;
    const port = Number(new URL(url).port || 80);
    const { name, host } = namesOf(port);
    // names are made so that nobody else has them, so there is no need to ask, which takes a second
    const service = { name, host, port, probe: false };
    const own = mqtt?.broker === 'own' && mqtt.state === 'listening' ? { mqtt: new URL(mqtt.address).port } : {};
    const secure = tls === null ? {} : { tls };
    this.#responder?.publish({
      ...service,
      type: 'thermowell',
      txt: { version: VERSION, path: '/', ...own, ...secure },
    });
    this.#responder?.publish({ ...service, type: 'http', txt: { path: '/' } });
  }

  /** Where there is another address, says so: the records name those there were. */
  #look(): void {
    const here = this.#here;
    if (here === this.#addresses) return;
    // once, however often it is looked before that is said
    this.#addresses = here;
    this.#responder?.unpublishAll(() => this.#publish());
  }

  get #here(): string {
    const { addresses = hostAddresses } = this.#options;
    return addresses();
  }
}

function hostAddresses(): string {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return all.map(({ address }) => address).join();
}

/** Whether others can reach what listens on this address. */
export function isForOthers(host: string): boolean {
  return host !== 'localhost' && host !== '::1' && !host.startsWith('127.');
}

/**
 * The service's name and the host it is on. Not the host's own name: many a Pi is called `raspberrypi`, and it is the
 * system's to claim.
 */
function namesOf(port: number): { name: string; host: string } {
  const macs = Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ mac }) => mac));
  const mac = macs.sort().find((one) => one !== '00:00:00:00:00:00') ?? '';
  const id = createHash('sha256').update(mac).digest('hex').slice(0, 6);
  const which = port === USUAL_PORT ? '' : `, port ${port}`;
  return { name: `Thermowell on ${hostname().split('.')[0]} (${id}${which})`, host: `thermowell-${id}.local` };
}

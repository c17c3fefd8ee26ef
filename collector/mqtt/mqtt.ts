/** The bus that a configuration asks for, with the devices' uploads on it; what isn't used isn't loaded. */
import type { Server } from 'node:http';
import { COLLECTOR_STATUS } from '../../firmware/protocol/collector-topic.js';
import type { Access } from '../access.js';
import type { Config } from '../config.js';
import type { Ingest } from '../ingest.js';
import type { Log } from '../log.js';
import type { Store } from '../store/store.js';
import type { Tls } from '../tls.js';
import { addresses } from '../welcome.js';
import type { Bus } from './bus.js';
import { EmbeddedBroker } from './embedded.js';
import { Foreign } from './foreign/foreign.js';
import { Gate } from './gate.js';
import { Herald, type HeraldOptions } from './herald.js';
import { ignore, isWebSocketAt } from './upgrade.js';
import { Uploads } from './uploads.js';

/** Of WebSockets, on the HTTP port. */
const PATHS = ['/mqtt', '/api/mqtt'];

export interface MqttParts {
  access: Access;
  store: Store;
  ingest: Ingest;
  log: Log;
  /** where WebSockets come in */
  web: Server;
  /** null: our own broker is plain */
  tls: Tls | null;
}

/** null: no MQTT. It is to be opened and closed by the caller. */
export async function createBus(config: Config, parts: MqttParts): Promise<Bus | null> {
  const bus = await busOf(config, parts);
  if (bus === null) return null;
  const { store, ingest, log } = parts;
  new Uploads({ bus, store, ingest, log, limits: config.limits }).attach();
  new Foreign({ bus, ingest, log, limits: config.limits }).attach(config.accept);
  bus.onOnline(() => void bus.publish(COLLECTOR_STATUS, 'online', { qos: 1, retain: true }));
  return bus;
}

/** What the collector tells by itself, for Home Assistant and others; to be closed before the bus. */
export function createHerald(config: Config, parts: Omit<HeraldOptions, 'scene'> & { url: string }): Herald {
  const { homeAssistant: prefix, host } = config;
  // another machine is more likely to ask than this one
  const page = addresses(parts.url, host).at(-1) ?? null;
  const herald = new Herald({ ...parts, scene: prefix === null ? null : { prefix, page } });
  herald.attach();
  return herald;
}

async function busOf(config: Config, { access, log, web, tls }: MqttParts): Promise<Bus | null> {
  const { mqtt, host, limits } = config;
  const { stopMs } = config.timeouts;
  if (mqtt.broker === 'none') return null;
  if (mqtt.broker === 'outside') {
    const { OutsideBroker } = await import('./client.js');
    return new OutsideBroker({ ...mqtt, log, stopMs, user: () => access.named(mqtt.user) });
  }
  const gate = new Gate(access, config.private);
  const broker = new EmbeddedBroker({ ...mqtt, tls, host, gate, log, stopMs, bytes: limits.bytes });
  web.on('upgrade', (request, socket, head: Buffer) => {
    const upgrade = { request, socket, head };
    if (isWebSocketAt(request, PATHS)) broker.upgrade(upgrade);
    else ignore(upgrade, web);
  });
  return broker;
}

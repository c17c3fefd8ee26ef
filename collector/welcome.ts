import { existsSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import type { Config } from './config.js';
import { newToken, writeUsers } from './users.js';

/** How devices get there by MQTT; `note`: why they don't. */
export interface MqttAddress {
  broker: 'own' | 'outside';
  address: string;
  note: string | null;
}

/** Where the collector can be reached. */
export interface Reachable {
  url: string;
  /** null: not by MQTT */
  mqtt(): MqttAddress | null;
}

/** On the very first start: a user, so that there is somebody who may write. The token, or null when there are users. */
export async function createFirstUser(file: string): Promise<string | null> {
  if (existsSync(file)) return null;
  const token = newToken();
  await writeUsers(file, { [token]: { name: 'admin', id: 1 } });
  return token;
}

/** What a person reads when the collector has started. */
export function welcome(collector: Reachable, config: Config, token: string | null): string {
  const urls = addresses(collector.url, config.host).map((one) => `  ${one}\n`);
  const where = `Thermowell collects into ${config.data} and answers at\n\n${urls.join('')}${mqttLines(collector.mqtt(), config.host)}\n`;
  return where + firstUser(config, token);
}

function mqttLines(mqtt: MqttAddress | null, host: string): string {
  if (mqtt === null) return '';
  if (mqtt.note !== null) return `\n  ${mqtt.note}\n`;
  if (mqtt.broker === 'outside') return `\nDevices reach it over the broker at\n\n  ${mqtt.address}\n`;
  const urls = addresses(mqtt.address, host).map((one) => `  ${one}\n`);
  return `\nand by MQTT at\n\n${urls.join('')}`;
}

/** The token of `createFirstUser`, '' when there is none. It is shown this once, and never logged. */
export function firstUser({ users }: Config, token: string | null): string {
  if (token === null) return '';
  return `A first user, "admin", is in ${users}. Its token, which is not shown again:\n\n  ${token}\n\n`;
}

/** The URLs to open: from this machine, and from the LAN when it listens there. */
export function addresses(url: string, host: string): string[] {
  if (host !== '::' && host !== '0.0.0.0') return [url];
  const { protocol, port } = new URL(url);
  const lan = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4')
    .map(({ address }) => `${protocol}//${address}${port === '' ? '' : `:${port}`}`);
  return [url, ...lan];
}

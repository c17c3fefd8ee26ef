import { readFile, writeFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig } from '../config.js';
import { createFirstUser, welcome, type MqttAddress, type Reachable } from '../welcome.js';
import { temporaryFolder } from './running.js';

function at(url: string, mqtt: Partial<MqttAddress> | null = null): Reachable {
  return { url, mqtt: () => mqtt && { broker: 'own', address: 'mqtt://localhost:1883', note: null, ...mqtt } };
}

function said(mqtt: Partial<MqttAddress> | null): string {
  return welcome(at('http://localhost:8080', mqtt), loadConfig({}, {}), null);
}

test('createFirstUser() leaves a users file alone that is there', async () => {
  const file = join(await temporaryFolder(), 'users.json');
  await writeFile(file, '{}');
  expect(await createFirstUser(file)).toBeNull();
  expect(await readFile(file, 'utf8')).toBe('{}');
});

test('welcome() shows the addresses of the LAN when it listens there', () => {
  const lan = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4')
    .map(({ address }) => `http://${address}:8080`);
  const text = welcome(at('http://localhost:8080'), loadConfig({}, {}), null);
  for (const url of ['http://localhost:8080', ...lan]) expect(text).toContain(`  ${url}\n`);
  const local = welcome(at('http://127.0.0.1:8080'), loadConfig({ host: '127.0.0.1' }, {}), null);
  expect(local.match(/http:/g)).toHaveLength(1);
});

test('welcome() shows a token only when it is new', () => {
  expect(welcome(at('http://localhost:8080'), loadConfig({}, {}), 'a-token')).toContain('  a-token\n');
  expect(welcome(at('http://localhost:8080'), loadConfig({}, {}), null)).not.toContain('token');
});

test('welcome() names the MQTT address, or says why there is none', () => {
  expect(said({})).toContain('by MQTT at\n\n  mqtt://localhost:1883\n');
  expect(said({ note: 'port 1883 is in use' })).toContain('  port 1883 is in use\n');
  expect(said({ broker: 'outside', address: 'mqtts://pi:8883' })).toContain('broker at\n\n  mqtts://pi:8883\n');
  expect(said(null)).not.toContain('mqtt');
});

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig } from '../config.js';
import { ConfigError } from '../options.js';

test('without flags and variables it listens everywhere on 8080 and keeps its data in ./data', () => {
  expect(loadConfig({}, {})).toMatchObject({
    host: '::',
    port: 8080,
    data: 'data',
    users: join('data', 'users.json'),
    logLevel: 'info',
    private: false,
    limits: { bytes: 1_048_576, readings: 10_000, sensors: 64, fields: 64 },
    commitDelayMs: 0,
    verifyEveryMs: 60_000,
  });
});

test('a flag wins over its variable', () => {
  const env = { THERMOWELL_PORT: '1', THERMOWELL_DATA: '/srv/data', THERMOWELL_PRIVATE: 'yes' };
  const config = loadConfig({ port: '2', host: '127.0.0.1' }, env);
  expect(config).toMatchObject({ port: 2, host: '127.0.0.1', data: '/srv/data', private: true });
  expect(config.users).toBe(join('/srv/data', 'users.json'));
});

test('variables of other programs, and empty ones, change nothing', () => {
  expect(loadConfig({}, { MQTT_PORT: 'x', THERMOWELL_URL: 'y', THERMOWELL_PORT: '' }).port).toBe(8080);
});

test.each([
  [{ port: '65536' }, {}, '--port'],
  [{ port: '80a' }, {}, '--port'],
  [{}, { THERMOWELL_PORT: '-1' }, 'THERMOWELL_PORT'],
  [{ logLevel: 'loud' }, {}, '--log-level'],
  [{}, { THERMOWELL_PRIVATE: 'perhaps' }, 'THERMOWELL_PRIVATE'],
  [{}, { THERMOWELL_MAX_BYTES: '10' }, 'THERMOWELL_MAX_BYTES'],
  [{ mqttPort: 'x' }, {}, '--mqtt-port'],
  [{}, { THERMOWELL_MQTT: 'perhaps' }, 'THERMOWELL_MQTT'],
  [{ mqttUrl: 'http://pi' }, {}, '--mqtt-url'],
  [{ commitDelay: '60000' }, {}, '--commit-delay'],
  [{ accept: 'tasmota,esphome' }, {}, '--accept'],
  [{ homeassistantPrefix: 'ha/#' }, {}, '--homeassistant-prefix'],
  [{}, { THERMOWELL_MDNS: 'perhaps' }, 'THERMOWELL_MDNS'],
  [{ tlsCert: 'cert.pem' }, {}, '--tls-key must be given, too: --tls-cert alone is no TLS'],
  [{}, { THERMOWELL_TLS_KEY: 'key.pem' }, '--tls-cert must be given, too'],
])('%j and %j are refused, naming %s', (flags, env, name) => {
  expect(() => loadConfig(flags, env)).toThrow(ConfigError);
  expect(() => loadConfig(flags, env)).toThrow(name);
});

test('what is on by itself is switched off by flag or variable, and the command line’s own default is neither', () => {
  expect(loadConfig({ mqtt: true, homeassistant: true, mdns: true }, {})).toMatchObject({
    mqtt: { broker: 'own' },
    homeAssistant: 'homeassistant',
    mdns: true,
    accept: [],
  });
  const off = { mqtt: { broker: 'none' }, homeAssistant: null, mdns: false };
  expect(loadConfig({ mqtt: false, homeassistant: false, mdns: false }, {})).toMatchObject(off);
  const env = { THERMOWELL_MQTT: 'off', THERMOWELL_HOMEASSISTANT: '0', THERMOWELL_MDNS: 'no' };
  expect(loadConfig({ mqtt: true, homeassistant: true, mdns: true }, env)).toMatchObject(off);
});

test('other firmware is accepted by name, in any order', () => {
  expect(loadConfig({ accept: 'Zigbee2MQTT, tasmota' }, {}).accept).toEqual(['tasmota', 'zigbee2mqtt']);
});

test('the config cannot be changed afterwards', () => {
  expect(Object.isFrozen(loadConfig({}, {}))).toBe(true);
});

test('MQTT: our own broker on 1883 unless another port, another broker or none is asked for', () => {
  expect(loadConfig({ mqtt: true }, {}).mqtt).toEqual({ broker: 'own', port: 1883, insist: false });
  expect(loadConfig({ mqttPort: '0' }, {}).mqtt).toEqual({ broker: 'own', port: 0, insist: true });
  expect(loadConfig({ mqtt: false }, { THERMOWELL_MQTT: 'on' }).mqtt).toEqual({ broker: 'none' });
  expect(loadConfig({ mqtt: true }, { THERMOWELL_MQTT: 'off' }).mqtt).toEqual({ broker: 'none' });
  expect(loadConfig({ mqttPort: '1884' }, { THERMOWELL_MQTT: 'off' }).mqtt).toMatchObject({ port: 1884 });
  const { mqtt } = loadConfig({ mqttUrl: 'mqtts://me:secret@pi:8883', mqttCa: 'ca.pem', mqttUser: 'Robin' }, {});
  expect(mqtt).toMatchObject({ broker: 'outside', ca: 'ca.pem', user: 'Robin' });
});

test('an MQTT address that makes no sense is not repeated: it may hold a password', () => {
  expect(() => loadConfig({ mqttUrl: 'amqp://me:secret@pi' }, {})).toThrow(/^(?!.*secret).*--mqtt-url/);
});

/** Flags and environment → one frozen Config. The collector reads `process.env` here and nowhere else. */
import { join } from 'node:path';
import { LIMITS, type Limits } from '../firmware/protocol/limits.js';
import { ConfigError, Options, type Flags } from './options.js';

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface Timeouts {
  /** for a request's headers, and for the whole request with its body */
  headersMs: number;
  requestMs: number;
  /** a connection on which nothing moves */
  idleMs: number;
  /** for requests in flight when the collector stops */
  stopMs: number;
}

/** Firmware of others that can be made to upload here. */
export const FOREIGN = ['tasmota', 'zigbee2mqtt'] as const;
export type Foreign = (typeof FOREIGN)[number];

/** Whose MQTT broker devices use: none, our own, or one that exists. */
export type MqttConfig =
  | { broker: 'none' }
  | {
      broker: 'own';
      /** 0: any free one */
      port: number;
      /** somebody named it: without it the collector doesn't start */
      insist: boolean;
    }
  | {
      broker: 'outside';
      /** with user and password, if there are any */
      url: URL;
      /** file of certificates to trust */
      ca: string | null;
      /** name or id of the user whose devices are there; null: the only one */
      user: string | null;
    };

export interface Config {
  /** the address to listen on; `::` is every one, IPv4 too */
  host: string;
  /** 0: any free one */
  port: number;
  /** PEM files, both or none: then HTTP and our own MQTT broker speak TLS, and nothing else */
  tlsCert: string | null;
  tlsKey: string | null;
  /** the data folder */
  data: string;
  /** the users file */
  users: string;
  logLevel: LogLevel;
  /** reads need a token too */
  private: boolean;
  /** the system's clock is believed even where it is behind the newest record */
  trustClock: boolean;
  limits: Readonly<Limits>;
  /** journal written before it is turned into chunks; bounds the points in memory, and the time of a start */
  journalBytes: number;
  /**
   * between two syncs of the journal at least: an acknowledgement waits for the one it shares, and means "on disk" as
   * ever, but a card is written to less often; 0 is off
   */
  commitDelayMs: number;
  /** from one file of the store that is read again to see whether it is whole to the next; 0 is off */
  verifyEveryMs: number;
  /** where alarms are sent; null: nowhere */
  alarmWebhook: string | null;
  alarmNtfy: string | null;
  timeouts: Readonly<Timeouts>;
  mqtt: Readonly<MqttConfig>;
  /** where topics for Home Assistant begin; null: it is told of nothing */
  homeAssistant: string | null;
  /** tells the LAN where it is */
  mdns: boolean;
  /** other firmware whose messages are understood */
  accept: readonly Foreign[];
}

/** About 100,000 points in memory, a start of a second on a Raspberry Pi. */
const JOURNAL_BYTES = 8 * 1024 * 1024;

/** The 4,800 files of a hundred probes that were read each minute for three years take three days. */
const VERIFY_EVERY_S = 60;

/** MQTT's own (IANA). */
const MQTT_PORT = 1883;
const MQTT_SCHEMES = ['mqtt:', 'mqtts:', 'ws:', 'wss:'];

const TIMEOUTS: Timeouts = { headersMs: 20_000, requestMs: 60_000, idleMs: 120_000, stopMs: 10_000 };

/** @throws ConfigError */
export function loadConfig(flags: Flags = {}, env: NodeJS.ProcessEnv = process.env): Config {
  const options = new Options(flags, env);
  const data = options.text('data', 'data');
  return Object.freeze({
    host: options.text('host', '::'),
    port: options.integer('port', 8080, 0, 65_535),
    data,
    users: options.text('users', join(data, 'users.json')),
    logLevel: logLevel(options),
    ...tlsFiles(options),
    private: options.truth('private'),
    trustClock: options.truth('trustClock'),
    limits: Object.freeze({
      bytes: options.integer('maxBytes', LIMITS.bytes, 1024, 64 * 1024 * 1024),
      readings: options.integer('maxReadings', LIMITS.readings, 1, 1_000_000),
      sensors: options.integer('maxSensors', LIMITS.sensors, 1, 1024),
      fields: options.integer('maxFields', LIMITS.fields, 1, 1024),
    }),
    journalBytes: options.integer('journalBytes', JOURNAL_BYTES, 4096, 1024 * 1024 * 1024),
    commitDelayMs: options.integer('commitDelay', 0, 0, 5000),
    verifyEveryMs: 1000 * options.integer('verifyEvery', VERIFY_EVERY_S, 0, 86_400),
    alarmWebhook: options.address('alarmWebhook', 'http://host/path', isHttp)?.href ?? null,
    alarmNtfy: options.address('alarmNtfy', 'https://ntfy.sh/topic', isTopic)?.href ?? null,
    timeouts: Object.freeze(TIMEOUTS),
    mqtt: Object.freeze(mqtt(options)),
    homeAssistant: homeAssistant(options),
    mdns: !options.isOff('mdns'),
    accept: Object.freeze(accept(options)),
  });
}

function tlsFiles(options: Options): Pick<Config, 'tlsCert' | 'tlsKey'> {
  const tlsCert = options.text('tlsCert', '') || null;
  const tlsKey = options.text('tlsKey', '') || null;
  const [there, missing] = tlsCert === null ? ['--tls-key', '--tls-cert'] : ['--tls-cert', '--tls-key'];
  if ((tlsCert === null) !== (tlsKey === null))
    throw new ConfigError(missing, undefined, `given, too: ${there} alone is no TLS`);
  return { tlsCert, tlsKey };
}

function logLevel(options: Options): LogLevel {
  const given = options.given('logLevel');
  const level = LOG_LEVELS.find((level) => level === (given?.value ?? 'info'));
  if (level === undefined) throw new ConfigError(given!.source, given!.value, `one of ${LOG_LEVELS.join(', ')}`);
  return level;
}

function mqtt(options: Options): MqttConfig {
  const { mqtt, mqttPort, mqttUrl } = options.flags;
  // a flag that asks for MQTT wins over the variable that is against it
  const asked = mqtt !== false && (mqttPort !== undefined || mqttUrl !== undefined);
  if (options.isOff('mqtt') && !asked) return { broker: 'none' };
  const url = options.address('mqttUrl', 'mqtt://host:1883 or mqtts://user:password@host', isMqtt);
  if (url === null) {
    const port = options.integer('mqttPort', MQTT_PORT, 0, 65_535);
    return { broker: 'own', port, insist: options.given('mqttPort') !== null };
  }
  const [ca, user] = [options.given('mqttCa'), options.given('mqttUser')];
  return { broker: 'outside', url, ca: ca && String(ca.value), user: user && String(user.value) };
}

function isHttp({ protocol }: URL): boolean {
  return protocol === 'http:' || protocol === 'https:';
}

/** An ntfy topic is the end of its path. */
function isTopic(url: URL): boolean {
  return isHttp(url) && !url.pathname.endsWith('/');
}

function isMqtt({ protocol, hostname }: URL): boolean {
  return MQTT_SCHEMES.includes(protocol) && hostname !== '';
}

function homeAssistant(options: Options): string | null {
  const prefix = options.text('homeassistantPrefix', 'homeassistant');
  if (!/^[^\s/#+$][^\s#+]{0,63}$/.test(prefix) || prefix.endsWith('/'))
    throw new ConfigError(options.given('homeassistantPrefix')!.source, prefix, 'the beginning of topics');
  return options.isOff('homeassistant') ? null : prefix;
}

function accept(options: Options): Foreign[] {
  const given = options.given('accept');
  if (given === null) return [];
  const names = String(given.value)
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((name) => name !== '');
  const known = FOREIGN.filter((name) => names.includes(name));
  if (known.length < new Set(names).size)
    throw new ConfigError(given.source, given.value, `one or more of ${FOREIGN.join(', ')}`);
  return known;
}

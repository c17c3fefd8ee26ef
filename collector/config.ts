/** Flags and environment → one frozen Config. The collector reads `process.env` here and nowhere else. */
import { join } from 'node:path';
import { LIMITS, type Limits } from '../firmware/protocol/limits.js';

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

/** Flags as the command line gives them; each has a variable that it wins over. */
export interface Flags {
  host?: string;
  port?: string;
  tlsCert?: string;
  tlsKey?: string;
  data?: string;
  users?: string;
  logLevel?: string;
  private?: boolean;
  trustClock?: boolean;
  maxBytes?: string;
  maxReadings?: string;
  maxSensors?: string;
  maxFields?: string;
  journalBytes?: string;
  commitDelay?: string;
  verifyEvery?: string;
  /** true says nothing: the command line has it so without --no-mqtt */
  mqtt?: boolean;
  mqttPort?: string;
  mqttUrl?: string;
  mqttCa?: string;
  mqttUser?: string;
  alarmWebhook?: string;
  alarmNtfy?: string;
  /** true says nothing, as with `mqtt` */
  homeassistant?: boolean;
  homeassistantPrefix?: string;
  /** the same */
  mdns?: boolean;
  accept?: string;
}

/** flag → its spelling on the command line, its variable */
const OPTIONS: Record<keyof Flags, { flag: string; variable: string }> = {
  host: { flag: '--host', variable: 'THERMOWELL_HOST' },
  port: { flag: '--port', variable: 'THERMOWELL_PORT' },
  tlsCert: { flag: '--tls-cert', variable: 'THERMOWELL_TLS_CERT' },
  tlsKey: { flag: '--tls-key', variable: 'THERMOWELL_TLS_KEY' },
  data: { flag: '--data', variable: 'THERMOWELL_DATA' },
  users: { flag: '--users', variable: 'THERMOWELL_USERS' },
  logLevel: { flag: '--log-level', variable: 'THERMOWELL_LOG_LEVEL' },
  private: { flag: '--private', variable: 'THERMOWELL_PRIVATE' },
  trustClock: { flag: '--trust-clock', variable: 'THERMOWELL_TRUST_CLOCK' },
  maxBytes: { flag: '--max-bytes', variable: 'THERMOWELL_MAX_BYTES' },
  maxReadings: { flag: '--max-readings', variable: 'THERMOWELL_MAX_READINGS' },
  maxSensors: { flag: '--max-sensors', variable: 'THERMOWELL_MAX_SENSORS' },
  maxFields: { flag: '--max-fields', variable: 'THERMOWELL_MAX_FIELDS' },
  journalBytes: { flag: '--journal-bytes', variable: 'THERMOWELL_JOURNAL_BYTES' },
  commitDelay: { flag: '--commit-delay', variable: 'THERMOWELL_COMMIT_DELAY' },
  verifyEvery: { flag: '--verify-every', variable: 'THERMOWELL_VERIFY_EVERY' },
  mqtt: { flag: '--no-mqtt', variable: 'THERMOWELL_MQTT' },
  mqttPort: { flag: '--mqtt-port', variable: 'THERMOWELL_MQTT_PORT' },
  mqttUrl: { flag: '--mqtt-url', variable: 'THERMOWELL_MQTT_URL' },
  mqttCa: { flag: '--mqtt-ca', variable: 'THERMOWELL_MQTT_CA' },
  mqttUser: { flag: '--mqtt-user', variable: 'THERMOWELL_MQTT_USER' },
  alarmWebhook: { flag: '--alarm-webhook', variable: 'THERMOWELL_ALARM_WEBHOOK' },
  alarmNtfy: { flag: '--alarm-ntfy', variable: 'THERMOWELL_ALARM_NTFY' },
  homeassistant: { flag: '--no-homeassistant', variable: 'THERMOWELL_HOMEASSISTANT' },
  homeassistantPrefix: { flag: '--homeassistant-prefix', variable: 'THERMOWELL_HOMEASSISTANT_PREFIX' },
  mdns: { flag: '--no-mdns', variable: 'THERMOWELL_MDNS' },
  accept: { flag: '--accept', variable: 'THERMOWELL_ACCEPT' },
};

/** About 100,000 points in memory, a start of a second on a Raspberry Pi. */
const JOURNAL_BYTES = 8 * 1024 * 1024;

/** The 4,800 files of a hundred probes that were read each minute for three years take three days. */
const VERIFY_EVERY_S = 60;

/** MQTT's own (IANA). */
const MQTT_PORT = 1883;
const MQTT_SCHEMES = ['mqtt:', 'mqtts:', 'ws:', 'wss:'];

const TIMEOUTS: Timeouts = { headersMs: 20_000, requestMs: 60_000, idleMs: 120_000, stopMs: 10_000 };

/** A flag or variable that makes no sense; the message names it. */
export class ConfigError extends Error {
  constructor(source: string, value: unknown, wanted: string) {
    super(`${source} must be ${wanted}, not "${String(value)}"`);
    this.name = 'ConfigError';
  }
}

/** @throws ConfigError */
export function loadConfig(flags: Flags = {}, env: NodeJS.ProcessEnv = process.env): Config {
  const options = new Options(flags, env);
  const data = options.text('data', 'data');
  return Object.freeze({
    host: options.text('host', '::'),
    port: options.integer('port', 8080, 0, 65_535),
    data,
    users: options.text('users', join(data, 'users.json')),
    logLevel: options.level(),
    tlsCert: options.text('tlsCert', '') || null,
    tlsKey: options.text('tlsKey', '') || null,
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
    alarmWebhook: options.address('alarmWebhook', 'http://host/path', () => true),
    alarmNtfy: options.address('alarmNtfy', 'https://ntfy.sh/topic', ({ pathname }) => /[^/]$/.test(pathname)),
    timeouts: Object.freeze(TIMEOUTS),
    mqtt: Object.freeze(options.mqtt()),
    homeAssistant: options.homeAssistant(),
    mdns: !options.isOff('mdns'),
    accept: Object.freeze(options.accept()),
  });
}

/** Flags that are true where nobody gave them, as the command line has it: only false says something. */
const SWITCHES = { mqtt: true, homeassistant: true, mdns: true };

type Given = { source: string; value: string | boolean };

class Options {
  readonly #flags: Flags;
  readonly #env: NodeJS.ProcessEnv;

  constructor(flags: Flags, env: NodeJS.ProcessEnv) {
    this.#flags = flags;
    this.#env = env;
  }

  text(name: keyof Flags, fallback: string): string {
    return String(this.#given(name)?.value ?? fallback);
  }

  integer(name: keyof Flags, fallback: number, min: number, max: number): number {
    const given = this.#given(name);
    if (given === null) return fallback;
    const number = /^\d+$/.test(String(given.value)) ? Number(given.value) : NaN;
    if (!(number >= min && number <= max))
      throw new ConfigError(given.source, given.value, `an integer from ${min} to ${max}`);
    return number;
  }

  /** An http address; the message of an error leaves it out, for it may hold a password. */
  address(name: keyof Flags, like: string, holds: (url: URL) => boolean): string | null {
    const given = this.#given(name);
    if (given === null) return null;
    const url = URL.canParse(String(given.value)) ? new URL(String(given.value)) : null;
    if (url === null || !['http:', 'https:'].includes(url.protocol) || !holds(url))
      throw new ConfigError(given.source, '…', `an address like ${like}`);
    return url.href;
  }

  truth(name: keyof Flags, fallback = false): boolean {
    const given = this.#given(name);
    if (given === null) return fallback;
    const text = String(given.value).toLowerCase();
    if (['1', 'true', 'yes', 'on'].includes(text)) return true;
    if (['0', 'false', 'no', 'off'].includes(text)) return false;
    throw new ConfigError(given.source, given.value, 'true or false');
  }

  level(): LogLevel {
    const given = this.#given('logLevel');
    const level = LOG_LEVELS.find((level) => level === (given?.value ?? 'info'));
    if (level === undefined) throw new ConfigError(given!.source, given!.value, `one of ${LOG_LEVELS.join(', ')}`);
    return level;
  }

  mqtt(): MqttConfig {
    const { mqtt, mqttPort, mqttUrl } = this.#flags;
    // a flag that asks for MQTT wins over the variable that is against it
    const asked = mqtt !== false && (mqttPort !== undefined || mqttUrl !== undefined);
    if (this.isOff('mqtt') && !asked) return { broker: 'none' };
    const url = this.#given('mqttUrl');
    if (url === null) {
      const port = this.integer('mqttPort', MQTT_PORT, 0, 65_535);
      return { broker: 'own', port, insist: this.#given('mqttPort') !== null };
    }
    const text = String(url.value);
    const address = URL.canParse(text) ? new URL(text) : null;
    // it may hold a password, so an error doesn't repeat it
    if (address === null || !MQTT_SCHEMES.includes(address.protocol) || address.hostname === '')
      throw new ConfigError(url.source, '…', 'an address like mqtt://host:1883 or mqtts://user:password@host');
    const [ca, user] = [this.#given('mqttCa'), this.#given('mqttUser')];
    return { broker: 'outside', url: address, ca: ca && String(ca.value), user: user && String(user.value) };
  }

  homeAssistant(): string | null {
    const prefix = this.text('homeassistantPrefix', 'homeassistant');
    if (!/^[^\s/#+$][^\s#+]{0,63}$/.test(prefix) || prefix.endsWith('/'))
      throw new ConfigError(this.#given('homeassistantPrefix')!.source, prefix, 'the beginning of topics');
    return this.isOff('homeassistant') ? null : prefix;
  }

  accept(): Foreign[] {
    const given = this.#given('accept');
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

  /** On unless somebody says otherwise. */
  isOff(name: keyof typeof SWITCHES): boolean {
    return this.#flags[name] === false || !this.truth(name, true);
  }

  /** An empty variable counts as none: that is how a unit file or a compose file leaves one out. */
  #given(name: keyof Flags): Given | null {
    const { flag, variable } = OPTIONS[name];
    const value = name in SWITCHES ? undefined : this.#flags[name];
    if (value !== undefined) return { source: flag, value };
    const text = this.#env[variable];
    return text === undefined || text === '' ? null : { source: variable, value: text };
  }
}

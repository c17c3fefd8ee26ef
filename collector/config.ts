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

export interface Config {
  /** the address to listen on; `::` is every one, IPv4 too */
  host: string;
  /** 0: any free one */
  port: number;
  /** the data folder */
  data: string;
  /** the users file */
  users: string;
  logLevel: LogLevel;
  /** reads need a token too */
  private: boolean;
  limits: Readonly<Limits>;
  /** journal written before it is turned into chunks; bounds the points in memory, and the time of a start */
  journalBytes: number;
  /**
   * between two syncs of the journal at least: an acknowledgement waits for the one it shares, and means "on disk" as
   * ever, but a card is written to less often; 0 is off
   */
  commitDelayMs: number;
  timeouts: Readonly<Timeouts>;
}

/** Flags as the command line gives them; each has a variable that it wins over. */
export interface Flags {
  host?: string;
  port?: string;
  data?: string;
  users?: string;
  logLevel?: string;
  private?: boolean;
  maxBytes?: string;
  maxReadings?: string;
  maxSensors?: string;
  maxFields?: string;
  journalBytes?: string;
  commitDelay?: string;
}

/** flag → its spelling on the command line, its variable */
const OPTIONS: Record<keyof Flags, { flag: string; variable: string }> = {
  host: { flag: '--host', variable: 'THERMOWELL_HOST' },
  port: { flag: '--port', variable: 'THERMOWELL_PORT' },
  data: { flag: '--data', variable: 'THERMOWELL_DATA' },
  users: { flag: '--users', variable: 'THERMOWELL_USERS' },
  logLevel: { flag: '--log-level', variable: 'THERMOWELL_LOG_LEVEL' },
  private: { flag: '--private', variable: 'THERMOWELL_PRIVATE' },
  maxBytes: { flag: '--max-bytes', variable: 'THERMOWELL_MAX_BYTES' },
  maxReadings: { flag: '--max-readings', variable: 'THERMOWELL_MAX_READINGS' },
  maxSensors: { flag: '--max-sensors', variable: 'THERMOWELL_MAX_SENSORS' },
  maxFields: { flag: '--max-fields', variable: 'THERMOWELL_MAX_FIELDS' },
  journalBytes: { flag: '--journal-bytes', variable: 'THERMOWELL_JOURNAL_BYTES' },
  commitDelay: { flag: '--commit-delay', variable: 'THERMOWELL_COMMIT_DELAY' },
};

/** About 100,000 points in memory, a start of a second on a Raspberry Pi. */
const JOURNAL_BYTES = 8 * 1024 * 1024;

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
    private: options.truth('private'),
    limits: Object.freeze({
      bytes: options.integer('maxBytes', LIMITS.bytes, 1024, 64 * 1024 * 1024),
      readings: options.integer('maxReadings', LIMITS.readings, 1, 1_000_000),
      sensors: options.integer('maxSensors', LIMITS.sensors, 1, 1024),
      fields: options.integer('maxFields', LIMITS.fields, 1, 1024),
    }),
    journalBytes: options.integer('journalBytes', JOURNAL_BYTES, 4096, 1024 * 1024 * 1024),
    commitDelayMs: options.integer('commitDelay', 0, 0, 5000),
    timeouts: Object.freeze(TIMEOUTS),
  });
}

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

  truth(name: keyof Flags): boolean {
    const given = this.#given(name);
    if (given === null) return false;
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

  /** An empty variable counts as none: that is how a unit file or a compose file leaves one out. */
  #given(name: keyof Flags): Given | null {
    const { flag, variable } = OPTIONS[name];
    const value = this.#flags[name];
    if (value !== undefined) return { source: flag, value };
    const text = this.#env[variable];
    return text === undefined || text === '' ? null : { source: variable, value: text };
  }
}

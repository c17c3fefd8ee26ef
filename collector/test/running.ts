/** A collector on a free port and a folder of its own, and requests to it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openCollector, type Collector } from '../collector.js';
import { loadConfig, type Config } from '../config.js';
import type { Disk } from '../store/disk.js';
import type { UserEntry } from '../users.js';

export const USERS: Record<string, UserEntry> = {
  robin: { name: 'Robin', id: 1 },
  'robin-too': { name: 'Robin', id: 1 },
  ada: { name: 'Ada', id: 2 },
  bound: { name: 'Bound', id: 3, devices: ['dev-bound'] },
};

/** Our own broker, on a free port. */
export const MQTT: Partial<Config> = { mqtt: { broker: 'own', port: 0, insist: true } };

/** A time that any collector in these tests believes: after the release. */
export const NOW = Date.UTC(2026, 10, 20, 12);

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** undefined where the text isn't JSON */
  body: any;
}

export interface Call {
  body?: unknown;
  /** sent as it is */
  raw?: string | Buffer;
  headers?: Record<string, string>;
}

export interface Options {
  config?: Partial<Config>;
  now?: () => number;
  folder?: string;
  disk?: Disk;
  alarmTickMs?: number;
  heraldTickMs?: number;
}

export class Running {
  readonly config: Config;
  readonly folder: string;
  readonly url: string;
  readonly log: string[];
  readonly #collector: Collector;

  constructor(config: Config, collector: Collector, log: string[]) {
    this.config = config;
    this.folder = config.data;
    this.url = collector.url;
    this.log = log;
    this.#collector = collector;
  }

  async call(method: string, path: string, { body, raw, headers = {} }: Call = {}): Promise<Answer> {
    const sent = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const answer = await fetch(this.url + path, {
      method,
      headers: { ...(sent === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(sent === undefined ? {} : { body: sent as string }),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, text, body: parsed(text) };
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.call('GET', path, { headers });
  }

  put(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return this.call('PUT', path, { body, headers });
  }

  /** A new series of Robin's; its id. */
  async series(token = 'robin', device_id = 'dev'): Promise<number> {
    return (await this.put('/series/new', { token, device_id, device_desc: 'a device' })).body;
  }

  /** where MQTT is spoken, for a config that has it */
  get mqttPort(): number {
    return Number(new URL(this.#collector.mqtt()!.address).port);
  }

  close(): Promise<void> {
    return this.#collector.close();
  }
}

/** Starts a collector that ends with the test. */
export async function start({ config = {}, now = () => NOW, folder, ...rest }: Options = {}): Promise<Running> {
  const data = folder ?? (await temporaryFolder());
  const users = join(data, 'users.json');
  if (folder === undefined) await writeFile(users, JSON.stringify(USERS));
  const base = loadConfig({ host: '127.0.0.1', port: '0', data, logLevel: 'info', mqtt: false }, {});
  const whole = { ...base, ...config };
  const log: string[] = [];
  const collector = await openCollector(whole, { log: { write: (line) => void log.push(line) }, now, ...rest });
  onTestFinished(() => collector.close());
  return new Running(whole, collector, log);
}

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'thermowell-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

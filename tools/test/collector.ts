import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCollector, type Collector } from '../../collector/collector.js';
import { loadConfig } from '../../collector/config.js';
import type { Flags } from '../../collector/options.js';
import { writeUsers } from '../../collector/users.js';

export const TOKEN = 'robins-token';
export const STRANGER = 'kims-token';

const MINUTE = 60_000;

/** A real collector on a folder of its own and a free port, with two users. */
export class TestCollector {
  readonly folder: string;
  readonly #collector: Collector;

  private constructor(folder: string, collector: Collector) {
    this.folder = folder;
    this.#collector = collector;
  }

  static async open(flags: Flags = {}): Promise<TestCollector> {
    const folder = await mkdtemp(join(tmpdir(), 'thermowell-cli-'));
    const config = loadConfig(
      { host: '127.0.0.1', port: '0', data: folder, logLevel: 'silent', mqtt: false, ...flags },
      {},
    );
    await writeUsers(config.users, { [TOKEN]: { name: 'Robin', id: 1 }, [STRANGER]: { name: 'Kim', id: 2 } });
    return new TestCollector(folder, await openCollector(config, { log: process.stderr }));
  }

  get url(): string {
    return this.#collector.url;
  }

  /** of its own broker, where its flags ask for one */
  get mqtt(): URL {
    return new URL(this.#collector.mqtt()!.address);
  }

  async put(path: string, body: object): Promise<unknown> {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${this.url}/${path}`, { method: 'PUT', headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`PUT ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }

  /** Readings of one device with a probe and a battery, a minute apart, the last one at `end`. */
  async upload(count: number, end: number, more: object = {}): Promise<void> {
    const temp_C = Array.from({ length: count }, (_, i) =>
      i === 1 ? null : 20 + Math.round(16 * Math.sin(i / 50)) / 16,
    );
    await this.put('batch/new', {
      token: TOKEN,
      device_id: '24:6f:28:aa:bb:cc',
      device_desc: 'fridge',
      log: '9f3a17c2',
      first: 100,
      clock: 'unix',
      time: [end - (count - 1) * MINUTE, ...new Array<number>(count - 1).fill(MINUTE)],
      sensors: {
        '28-0316a4f1b2ff': { temp_C },
        battery: { batt_V: temp_C.map((_, i) => 4 - i / 10_000) },
      },
      ...more,
    });
  }

  /** Ends it, but keeps its folder. */
  stop(): Promise<void> {
    return this.#collector.close();
  }

  async close(): Promise<void> {
    await this.stop();
    await rm(this.folder, { recursive: true });
  }
}

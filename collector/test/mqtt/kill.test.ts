/**
 * The promise over MQTT: a PUBACK of our broker means on disk. The real process is killed at random instants while
 * devices publish, each in its own manner; at the end every acknowledged reading is there exactly once. `KILLS=100` for
 * more of it.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import mqtt, { type MqttClient } from 'mqtt';
import { expect, test } from 'vitest';
import { Chance } from '../chance.js';
import { killAgainAndAgain } from '../kills.js';
import { CollectorProcess } from '../process.js';
import { temporaryFolder, USERS } from '../running.js';

const KILLS = Number(process.env['KILLS'] ?? 50);

/** So little journal that chunks are written, and kills fall into their writing, too. */
const JOURNAL_BYTES = '16384';

const seed = Number(process.env['KILL_SEED'] ?? Date.now() % 1_000_000);

/** Where the broker is now; port 0: nowhere. */
const target = { port: 0, stopped: false };

/** A device that numbers its readings, believes PUBACK and nothing else, and begins again at the first unacknowledged. */
class Device {
  readonly name: string;
  /** everything below is acknowledged */
  acknowledged = 0;
  /** how often it has connected */
  connections = 0;
  readonly #chance: Chance;
  readonly #qos: 1 | 2;
  /** batches on their way at a time */
  readonly #window: number;

  constructor(name: string, chance: Chance, qos: 1 | 2, window: number) {
    this.name = name;
    this.#chance = chance;
    this.#qos = qos;
    this.#window = window;
  }

  async run(): Promise<void> {
    while (!target.stopped) {
      const client = await connected(this.name);
      if (client === null) continue;
      this.connections++;
      const closed = new Promise<void>((resolve) => client.once('close', resolve));
      await Promise.race([closed, Promise.all(Array.from({ length: this.#window }, () => this.#lane(client)))]);
      await client.endAsync(true);
    }
  }

  /** next number to be sent on this connection */
  #next = 0;
  #on: MqttClient | null = null;

  async #lane(client: MqttClient): Promise<void> {
    if (this.#on !== client) {
      this.#on = client;
      this.#next = this.acknowledged;
    }
    while (!target.stopped && client.connected) {
      const first = this.#next;
      const count = this.#chance.between(1, 40);
      this.#next += count;
      try {
        await client.publishAsync(`thermowell/${this.name}/batch`, batch(first, count), { qos: this.#qos });
      } catch {
        return;
      }
      // acknowledgements come in the order of the messages
      expect(this.acknowledged).toBe(first);
      this.acknowledged = first + count;
    }
  }
}

/** Points have no number: each is sent once, and may be stored whether or not it was acknowledged. */
class Pointer {
  readonly name = 'pointer';
  readonly acknowledged = new Set<number>();
  connections = 0;
  #sent = 0;

  async run(): Promise<void> {
    while (!target.stopped) {
      const client = await connected(this.name);
      if (client === null) continue;
      this.connections++;
      const closed = new Promise<void>((resolve) => client.once('close', resolve));
      await Promise.race([closed, this.#publish(client)]);
      await client.endAsync(true);
    }
  }

  async #publish(client: MqttClient): Promise<void> {
    while (!target.stopped && client.connected) {
      const number = this.#sent++;
      try {
        await client.publishAsync(`thermowell/${this.name}/point`, String(number), { qos: 1 });
      } catch {
        return;
      }
      this.acknowledged.add(number);
    }
  }
}

/** null when nobody answers just now */
async function connected(clientId: string): Promise<MqttClient | null> {
  try {
    if (target.port === 0) throw new Error('nobody is there');
    const options = { username: 'any', password: 'robin', reconnectPeriod: 0, clientId };
    const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${target.port}`, options, false);
    client.on('error', () => undefined);
    return client;
  } catch {
    await sleep(20);
    return null;
  }
}

function batch(first: number, count: number): string {
  const temp_C = Array.from({ length: count }, (_, i) => first + i);
  const time = temp_C.map((n, i) => (i === 0 ? Date.UTC(2026, 0) + n : 1));
  return JSON.stringify({ log: 'log', first, clock: 'unix', time, sensors: { probe: { temp_C } } });
}

const title = `after ${KILLS} kills every reading that was acknowledged by PUBACK is there exactly once`;
test(title, { timeout: 900_000 }, async () => {
  process.stderr.write(`MQTT kill test: KILL_SEED=${seed}\n`);
  const chance = new Chance(seed);
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'users.json'), JSON.stringify(USERS));
  const env = {
    THERMOWELL_LOG_LEVEL: 'error',
    THERMOWELL_JOURNAL_BYTES: JOURNAL_BYTES,
    THERMOWELL_MQTT: 'on',
    THERMOWELL_MQTT_PORT: '0',
  };
  const start = (): CollectorProcess => new CollectorProcess(folder, env);
  const first = start();
  target.port = await first.mqttPort();
  const devices = [
    new Device('one-by-one', new Chance(seed + 1), 1, 1),
    new Device('five-at-once', new Chance(seed + 2), 1, 5),
    new Device('qos-2', new Chance(seed + 3), 2, 1),
  ];
  const pointer = new Pointer();
  const clients = [...devices, pointer];
  const running = Promise.all(clients.map((client) => client.run()));
  running.catch(() => (target.stopped = true));

  const collector = await killAgainAndAgain(first, {
    kills: KILLS,
    chance,
    start,
    leave: () => (target.port = 0),
    // a kill that nobody is connected for proves nothing
    follow: async (collector) => {
      const before = clients.map(({ connections }) => connections);
      target.port = await collector.mqttPort();
      const all = (): boolean => target.stopped || clients.every(({ connections }, i) => connections > before[i]!);
      await expect.poll(all, { interval: 5 }).toBe(true);
    },
    over: () => target.stopped,
  });
  target.stopped = true;
  await running;

  const url = await collector.url();
  const get = async (path: string): Promise<any> => (await fetch(url + path)).json();
  let total = 0;
  for (const { name, acknowledged } of devices) {
    const { ledger, sensors } = await get(`/devices/${name}`);
    const { next, before, stored, lost, quarantined } = ledger[0];
    expect({ before, lost, quarantined, next }, name).toEqual({ before: 0, lost: 0, quarantined: 0, next: stored });
    expect(next).toBeGreaterThanOrEqual(acknowledged);
    expect(await values(get, sensors.probe)).toEqual(Array.from({ length: next }, (_, i) => i));
    expect(acknowledged).toBeGreaterThan(KILLS);
    total += next;
  }
  const { sensors } = await get(`/devices/${pointer.name}`);
  const found = (await values(get, sensors.point)).sort((a, b) => a - b);
  expect(new Set(found).size).toBe(found.length);
  for (const number of pointer.acknowledged) expect(found.includes(number), `point ${number}`).toBe(true);
  total += found.length;
  process.stderr.write(`MQTT kill test: ${KILLS} kills, ${total} points\n`);
  expect(await get('/points/count')).toBe(total);
  expect(await collector.end('SIGTERM')).toBe(0);
});

async function values(get: (path: string) => Promise<any>, series: number): Promise<number[]> {
  const { fields } = await get(`/series/${series}?from=0&format=columns`);
  return fields.temp_C;
}

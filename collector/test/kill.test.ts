/**
 * The promise itself: a 2xx means on disk. The real process is killed at random instants while four clients upload; at
 * the end every acknowledged point is there exactly once, and none is there twice.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Chance } from './chance.js';
import { CollectorProcess } from './process.js';
import { temporaryFolder, USERS } from './running.js';

const KILLS = 50;

/** So little journal that chunks are written, and kills fall into their writing, too. */
const JOURNAL_BYTES = '16384';

const seed = Number(process.env['KILL_SEED'] ?? Date.now() % 1_000_000);

/** Where the collector is now; the clients follow it from process to process. */
interface Target {
  url: string;
  stopped: boolean;
}

interface Answer {
  status: number;
  body: any;
}

/** One request; null when nothing came back. */
async function put({ url }: Target, path: string, body: object): Promise<Answer | null> {
  const headers = { 'content-type': 'application/json' };
  try {
    const answer = await fetch(url + path, {
      method: 'PUT',
      headers,
      body: JSON.stringify({ token: 'robin', ...body }),
    });
    return { status: answer.status, body: await answer.json() };
  } catch {
    await sleep(10);
    return null;
  }
}

/** A client that uploads numbers, each one once or until it is acknowledged, and remembers which were. */
interface Client {
  run(target: Target): Promise<void>;
  /** how often each number was found, checked against what the client knows */
  check(found: Map<number, number>, target: Target): Promise<void>;
  /** its series */
  series(): number;
}

/** A device: batches of a log, each reading's value its sequence number. */
class LogClient implements Client {
  readonly #device: string;
  readonly #chance: Chance;
  #series = 0;
  #next = 0;

  constructor(device: string, chance: Chance) {
    this.#device = device;
    this.#chance = chance;
  }

  async run(target: Target): Promise<void> {
    while (!target.stopped) {
      const count = this.#chance.between(1, 40);
      const values = Array.from({ length: count }, (_, i) => this.#next + i);
      const time = values.map((_, i) => (i === 0 ? Date.now() - 1_000_000 + this.#next : 1));
      const sensors = { probe: { temp_C: values } };
      const answer = await put(target, '/batch/new', {
        device_id: this.#device,
        log: 'log',
        first: this.#next,
        clock: 'unix',
        time,
        sensors,
      });
      if (answer === null) continue;
      expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
      // more, when a longer batch before was stored and its answer lost
      expect(answer.body.next).toBeGreaterThanOrEqual(this.#next + count);
      this.#next = answer.body.next;
      this.#series = answer.body.series.probe;
    }
  }

  async check(found: Map<number, number>, { url }: Target): Promise<void> {
    const { ledger } = (await (await fetch(`${url}/devices/${this.#device}`)).json()) as { ledger: any[] };
    const { next, before, stored, lost, quarantined } = ledger[0];
    expect({ before, lost, quarantined, next }).toEqual({ before: 0, lost: 0, quarantined: 0, next: stored });
    expect(next).toBeGreaterThanOrEqual(this.#next);
    expect(found.size).toBe(next);
    for (let value = 0; value < next; value++) expect(found.get(value), `${this.#device} ${value}`).toBe(1);
  }

  series(): number {
    return this.#series;
  }
}

/** Plain points: stamped ones are sent again until they are acknowledged, others once. */
class PointClient implements Client {
  readonly #stamped: boolean;
  readonly #series: number;
  readonly #acknowledged = new Set<number>();
  #sent = 0;

  constructor(series: number, stamped: boolean) {
    this.#series = series;
    this.#stamped = stamped;
  }

  async run(target: Target): Promise<void> {
    while (!target.stopped) {
      const value = this.#sent++;
      const point = { series_id: this.#series, fields: { value }, ...(this.#stamped ? { timestamp: Date.now() } : {}) };
      let answer = await put(target, '/point/new', point);
      while (answer === null && this.#stamped && !target.stopped) answer = await put(target, '/point/new', point);
      if (answer === null) continue;
      expect(answer.status, JSON.stringify(answer.body)).toBe(201);
      this.#acknowledged.add(value);
    }
  }

  async check(found: Map<number, number>): Promise<void> {
    for (const value of this.#acknowledged) expect(found.get(value), `point ${value}`).toBe(1);
    for (const [value, times] of found) expect(times, `point ${value}`).toBe(1);
  }

  series(): number {
    return this.#series;
  }
}

test(`after ${KILLS} kills every acknowledged point is there exactly once`, { timeout: 240_000 }, async () => {
  process.stderr.write(`kill test: KILL_SEED=${seed}\n`);
  const chance = new Chance(seed);
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'users.json'), JSON.stringify(USERS));
  const env = { THERMOWELL_LOG_LEVEL: 'error', THERMOWELL_JOURNAL_BYTES: JOURNAL_BYTES };

  let collector = new CollectorProcess(folder, env);
  const target: Target = { url: await collector.url(), stopped: false };
  const made = await Promise.all(
    ['a', 'b'].map((device_id) => put(target, '/series/new', { device_id, device_desc: 'plain' })),
  );
  const clients: Client[] = [
    new LogClient('device-1', new Chance(seed + 1)),
    new LogClient('device-2', new Chance(seed + 2)),
    new PointClient(made[0]!.body, true),
    new PointClient(made[1]!.body, false),
  ];
  const running = Promise.all(clients.map((client) => client.run(target)));
  running.catch(() => (target.stopped = true));

  for (let kill = 0; kill < KILLS && !target.stopped; kill++) {
    await sleep(chance.between(0, 400));
    expect(await collector.end('SIGKILL')).toBeNull();
    collector = new CollectorProcess(folder, env);
    // now and then the start itself is cut short
    if (chance.between(1, 5) === 1) {
      await sleep(chance.between(100, 600));
      await collector.end('SIGKILL');
      collector = new CollectorProcess(folder, env);
    }
    target.url = await collector.url();
  }
  await sleep(300);
  target.stopped = true;
  await running;

  let total = 0;
  for (const client of clients) {
    const answer = await fetch(`${target.url}/series/${client.series()}?from=0`);
    const points = (await answer.json()) as { id: number; fields: Record<string, number> }[];
    const found = new Map<number, number>();
    for (const { fields } of points) {
      const [value] = Object.values(fields);
      found.set(value!, (found.get(value!) ?? 0) + 1);
    }
    expect(new Set(points.map(({ id }) => id)).size).toBe(points.length);
    await client.check(found, target);
    total += points.length;
  }
  expect(await (await fetch(`${target.url}/points/count`)).json()).toBe(total);
  expect(total).toBeGreaterThan(KILLS * 10);
  expect(await collector.end('SIGTERM')).toBe(0);
});

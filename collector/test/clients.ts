/**
 * Clients that upload numbers while the collector dies under them and comes back: each number once or until it is
 * acknowledged. What they remember says at the end whether the promise was kept: a 2xx means on disk, once.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Chance } from './chance.js';

/** Where the collector is now; the clients follow it from process to process. */
export class Target {
  /** null while there is none */
  url: string | null;
  stopped = false;
  /** answers with 503 so far */
  refusals = 0;

  constructor(url: string) {
    this.url = url;
  }

  /** There is none until the next one has its place; what is on its way stays on its way. */
  leave(): void {
    this.url = null;
  }

  /** One request; null when nothing came back, or a 503: nothing is known then. */
  async put(path: string, body: object): Promise<{ status: number; body: any } | null> {
    const headers = { 'content-type': 'application/json' };
    try {
      if (this.url === null) throw new Error('nobody is there');
      const answer = await fetch(this.url + path, {
        method: 'PUT',
        headers,
        body: JSON.stringify({ token: 'robin', ...body }),
      });
      const whole = { status: answer.status, body: await answer.json() };
      if (answer.status !== 503) return whole;
      this.refusals++;
    } catch {
      // The connection broke, or there was none.
    }
    await sleep(10);
    return null;
  }

  async get(path: string): Promise<any> {
    return (await fetch(`${this.url}${path}`)).json();
  }
}

export interface Client {
  run(target: Target): Promise<void>;
  /** how often each number was found, checked against what the client knows */
  check(found: Map<number, number>, target: Target): Promise<void>;
  /** its series */
  series(): number;
  /** how many of its requests were acknowledged */
  acknowledgements: number;
}

/** A device: batches of a log, each reading's value its sequence number. */
class LogClient implements Client {
  readonly #device: string;
  readonly #chance: Chance;
  acknowledgements = 0;
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
      const answer = await target.put('/batch/new', {
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
      this.acknowledgements++;
      this.#next = answer.body.next;
      this.#series = answer.body.series.probe;
    }
  }

  async check(found: Map<number, number>, target: Target): Promise<void> {
    const { ledger } = await target.get(`/devices/${this.#device}`);
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
  acknowledgements = 0;
  #sent = 0;

  constructor(series: number, stamped: boolean) {
    this.#series = series;
    this.#stamped = stamped;
  }

  async run(target: Target): Promise<void> {
    while (!target.stopped) {
      const value = this.#sent++;
      const point = { series_id: this.#series, fields: { value }, ...(this.#stamped ? { timestamp: Date.now() } : {}) };
      let answer = await target.put('/point/new', point);
      while (answer === null && this.#stamped && !target.stopped) answer = await target.put('/point/new', point);
      if (answer === null) continue;
      expect(answer.status, JSON.stringify(answer.body)).toBe(201);
      this.acknowledgements++;
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

/** Two devices and two that send single points, each on a connection of its own. */
export class Clients {
  readonly #target: Target;
  readonly #clients: Client[];
  readonly #running: Promise<unknown>;

  private constructor(target: Target, clients: Client[]) {
    this.#target = target;
    this.#clients = clients;
    this.#running = Promise.all(clients.map((client) => client.run(target)));
    this.#running.catch(() => (target.stopped = true));
  }

  static async start(target: Target, chances: [Chance, Chance]): Promise<Clients> {
    const devices = chances.map((chance, i) => new LogClient(`device-${i + 1}`, chance));
    const plain = [true, false].map(async (stamped) => {
      const made = await target.put('/series/new', { device_id: String(stamped), device_desc: 'plain' });
      return new PointClient(made!.body, stamped);
    });
    return new Clients(target, [...devices, ...(await Promise.all(plain))]);
  }

  /**
   * Stops them once each was acknowledged something by the collector that is there now; how many points that holds, after
   * each was found to be one that was sent, once.
   */
  async finish(): Promise<number> {
    const before = this.#clients.map(({ acknowledgements }) => acknowledgements);
    const all = () => this.#clients.every(({ acknowledgements }, i) => acknowledgements > before[i]!);
    await expect.poll(() => this.#target.stopped || all()).toBe(true);
    this.#target.stopped = true;
    await this.#running;
    let total = 0;
    for (const client of this.#clients) {
      const points = await this.#target.get(`/series/${client.series()}?from=0`);
      const found = new Map<number, number>();
      for (const { fields } of points as { fields: Record<string, number> }[]) {
        const [value] = Object.values(fields);
        found.set(value!, (found.get(value!) ?? 0) + 1);
      }
      expect(new Set(points.map(({ id }: { id: number }) => id)).size).toBe(points.length);
      await client.check(found, this.#target);
      total += points.length;
    }
    expect(await this.#target.get('/points/count')).toBe(total);
    return total;
  }
}

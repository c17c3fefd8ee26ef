/**
 * Tells whoever listens how the series stand: the newest value of each on its state topic (protocol.md §4), and for Home
 * Assistant what there is (discovery.ts). Only fresh values: what arrives late belongs in the store, not on a topic that
 * is read as "now". It begins with the first listener, so that a collector without any pays nothing.
 */
import { isObject, type Json, type JsonObject } from '../../firmware/protocol/json.js';
import type { CollectorClock } from '../clock.js';
import type { Log } from '../log.js';
import { newestOf } from '../newest.js';
import { usualStep, withStep } from '../store/rhythm.js';
import { fieldsAt } from '../store/rows.js';
import { Pauses, WORK } from '../store/pauses.js';
import type { Block, Series, Store } from '../store/store.js';
import type { Bus, Message } from './bus.js';
import { collectorEntity, entitiesOf, expiryOf, stateTopicOf, type Described, type Scene } from './discovery.js';
import { Told } from './told.js';

/** What happens to a series within this time is told at once, ms. */
const GATHER_MS = 200;

/** Work of telling how one series stands: texts for up to a few topics. */
const SETTLING = 64 * WORK.series;

/** A point's time may lie so far ahead, ms: clocks differ. */
const AHEAD_MS = 300_000;

export interface HeraldOptions {
  bus: Bus;
  store: Store;
  clock: CollectorClock;
  log: Log;
  /** how often is looked for values that have grown old, ms */
  tickMs: number;
  /** null: nothing for Home Assistant */
  scene: Scene | null;
}

export class Herald {
  readonly #options: HeraldOptions;
  readonly #told = new Map<number, Told>();
  /** topic → what is retained there */
  readonly #said = new Map<string, string>();
  readonly #due = new Set<number>();
  /** retained by an outside broker when we came, and maybe not ours to keep */
  readonly #leftovers: { topic: string; state: string }[] = [];
  #leave: (() => void)[] = [];
  #timer: NodeJS.Timeout | null = null;
  #sweep: NodeJS.Timeout | undefined;
  #work: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: HeraldOptions) {
    this.#options = options;
  }

  /** Before the bus is opened. */
  attach(): void {
    const { bus, scene } = this.#options;
    bus.onOnline(() => this.#queue(() => this.#begin()));
    if (scene === null) return;
    bus.handle(`${scene.prefix}/status`, async ({ payload, retained }) => {
      // one that is retained was sent before we came
      if (!retained && payload.toString() === 'online') this.#queue(() => this.#sayAgain());
    });
    bus.handle(`${scene.prefix}/sensor/+/+/config`, async (message) => this.#tidy(message));
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#sweep);
    for (const leave of this.#leave.splice(0)) leave();
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#work;
  }

  /** Work is done one after the other; what fails is logged, and told again when the series next changes. */
  #queue(work: () => Promise<void>): void {
    this.#work = this.#work.then(async () => {
      try {
        if (!this.#closed) await work();
      } catch (error) {
        if (!this.#closed) this.#options.log.error({ err: error }, 'MQTT: values could not be told');
      }
    });
  }

  async #begin(): Promise<void> {
    if (this.#leave.length > 0) return this.#sayAgain();
    const { store, scene } = this.#options;
    this.#leave.push(store.subscribe((series, points) => this.#arrived(series, points)));
    this.#leave.push(store.watch((id) => this.#settleSoon(id, true)));
    this.#sweep = setInterval(() => this.#expire(), this.#options.tickMs).unref();
    if (scene !== null) this.#say(collectorEntity(scene));
    const all = await store.listSeries();
    await this.#settleAll(
      all.map(({ id }) => id),
      true,
    );
    this.#clear();
  }

  /** One after the other, so that they don't pile up before whoever listens. */
  async #sayAgain(): Promise<void> {
    for (const [topic, payload] of this.#said)
      await this.#options.bus.publish(topic, payload, { qos: 1, retain: true });
  }

  /** What is retained would be taken for a new value by who subscribes later. */
  #expire(): void {
    const now = this.#options.clock.now();
    for (const { stateTopic, expires } of this.#told.values())
      if (now !== undefined && now > expires && stateTopic !== null && this.#said.has(stateTopic))
        this.#say({ topic: stateTopic, payload: '' });
  }

  #arrived({ id }: Series, points: Block): void {
    const told = this.#of(id);
    const last = points.length - 1;
    const time = points.time[last]!;
    if (points.estimated?.[last] === 1) return;
    if (time >= (told.newest?.time ?? Number.NEGATIVE_INFINITY))
      told.learn({ time, fields: fieldsAt(points, last) }, this.#isAhead(time));
    this.#settleSoon(id, false);
  }

  #settleSoon(id: number, changed: boolean): void {
    if (changed) this.#of(id).renew();
    this.#due.add(id);
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      const due = [...this.#due];
      this.#due.clear();
      this.#queue(() => this.#settleAll(due, false));
    }, GATHER_MS);
  }

  /** What keeps one of them from being told, a damaged file above all, keeps none of the others. */
  async #settleAll(ids: number[], first: boolean): Promise<void> {
    const pauses = new Pauses();
    for (const id of ids) {
      if (this.#closed) return;
      try {
        await this.#settle(id, first);
      } catch (error) {
        this.#options.log.error({ err: error, series: id }, 'MQTT: a value could not be told');
      }
      await pauses.did(SETTLING);
    }
  }

  /** Tells what is new of a series. `first`: it wasn't known. */
  async #settle(id: number, first: boolean): Promise<void> {
    const { store, scene } = this.#options;
    const told = this.#of(id);
    const known = told.described;
    if (known !== null) return this.#sayState(known, told);
    const series = await store.series(id);
    if (series === undefined) return this.#forget(id);
    if (first && series.sensor === null) await this.#learnRhythm(told, id);
    if (told.newest === null) {
      const latest = await newestOf(store, id);
      if (latest !== undefined && told.newest === null) told.learn(latest, this.#isAhead(latest.time));
    }
    const described = await told.describe(() => this.#describe(series, told));
    this.#sayState(described, told);
    // an outside broker may have kept what was fresh when the collector ended
    if (first && !this.#said.has(told.stateTopic!)) this.#say({ topic: told.stateTopic!, payload: '' });
    const entities = scene === null ? [] : entitiesOf(described, scene);
    for (const entity of entities) this.#say(entity);
    const topics = new Set(entities.map(({ topic }) => topic));
    for (const topic of told.topics) if (!topics.has(topic)) this.#say({ topic, payload: '' });
    told.topics = topics;
  }

  async #describe(series: Series, { fields, steps }: Told): Promise<Described> {
    const { store } = this.#options;
    const { id, device_id, device_desc, sensor, desc, unit } = series;
    const device = sensor === null ? undefined : await store.device(device_id);
    const first = device && (await store.series(Math.min(...Object.values(device.sensors))));
    const version = device?.status?.['version'];
    return {
      id,
      device_id,
      // of one device's series each may be called otherwise by hand, but the device has one name
      device_desc: (first ?? series).device_desc || device_desc,
      sensor,
      desc,
      ...(unit !== undefined && { unit }),
      fields,
      every: device === undefined ? usualStep(steps) : device.every,
      version: typeof version === 'string' ? version : null,
    };
  }

  #sayState(described: Described, told: Told): void {
    const topic = stateTopicOf(described);
    if (told.stateTopic !== null && told.stateTopic !== topic) this.#say({ topic: told.stateTopic, payload: '' });
    told.stateTopic = topic;
    const { newest } = told;
    if (newest === null || newest.time < told.sent || !this.#isFresh(newest.time, described.every)) return;
    told.sent = newest.time;
    told.expires = newest.time + 1000 * expiryOf(described.every);
    const { time: _, ...fields } = newest.fields;
    this.#say({ topic, payload: JSON.stringify({ time: newest.time, ...fields }) });
  }

  #isFresh(time: number, every: number | null): boolean {
    const now = this.#options.clock.now();
    return now === undefined || time >= now - 1000 * expiryOf(every);
  }

  #isAhead(time: number): boolean {
    const now = this.#options.clock.now();
    return now !== undefined && time > now + AHEAD_MS;
  }

  /** How often the points of a series that no device fills came lately. */
  async #learnRhythm(told: Told, id: number): Promise<void> {
    const window = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY, order: 'desc' } as const;
    for await (const { time, length } of this.#options.store.read(id, window)) {
      const times = time.subarray(0, Math.min(6, length)).toReversed();
      for (const [i, t] of times.entries()) if (i > 0) told.steps = withStep(told.steps, t - times[i - 1]!);
      return;
    }
  }

  #forget(id: number): void {
    const told = this.#told.get(id);
    if (told === undefined) return;
    this.#told.delete(id);
    for (const topic of told.topics) this.#say({ topic, payload: '' });
    if (told.stateTopic !== null) this.#say({ topic: told.stateTopic, payload: '' });
  }

  #say({ topic, payload }: { topic: string; payload: string }): void {
    if (this.#said.get(topic) === payload) return;
    if (payload === '') this.#said.delete(topic);
    else this.#said.set(topic, payload);
    void this.#options.bus.publish(topic, payload, { qos: 1, retain: true });
  }

  /** An outside broker may have kept what was deleted while the collector or the connection was gone. */
  #tidy({ topic, payload, retained }: Message): void {
    if (!retained || payload.length === 0) return;
    let config: Json;
    try {
      config = JSON.parse(payload.toString()) as Json;
    } catch {
      return;
    }
    if (!isObject(config) || !isOurs(config)) return;
    this.#leftovers.push({ topic, state: config['state_topic'] as string });
    this.#queue(async () => this.#clear());
  }

  #clear(): void {
    // before all series are known, everything would look left over
    if (this.#leave.length === 0) return;
    const known = new Set(Array.from(this.#told.values(), ({ stateTopic }) => stateTopic));
    for (const { topic, state } of this.#leftovers.splice(0)) {
      if (this.#said.has(topic) || known.has(state)) continue;
      this.#say({ topic, payload: '' });
      this.#say({ topic: state, payload: '' });
    }
  }

  #of(id: number): Told {
    let told = this.#told.get(id);
    if (told === undefined) {
      told = new Told();
      this.#told.set(id, told);
    }
    return told;
  }
}

function isOurs({ origin, state_topic }: JsonObject): boolean {
  const name = isObject(origin) ? origin['name'] : undefined;
  return (
    name === 'Thermowell' && typeof state_topic === 'string' && /^thermowell\/[^/]+\/[^/]+\/state$/.test(state_topic)
  );
}

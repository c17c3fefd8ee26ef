/**
 * THE door for everything that is stored as points: HTTP and MQTT call it, and neither validates or stores by itself.
 * parse → allow → date → store → reply; each answer comes when the data is on disk (protocol.md §3).
 */
import { decodeBatch, readEnvelope } from '../firmware/protocol/batch.js';
import { ProtocolError } from '../firmware/protocol/error.js';
import { member, type JsonObject } from '../firmware/protocol/json.js';
import type { Limits } from '../firmware/protocol/limits.js';
import type { Reply } from '../firmware/protocol/reply.js';
import { mayWriteAs, mayWriteTo } from './access.js';
import { batchInColumns } from './batch-columns.js';
import type { Body } from './body.js';
import type { CollectorClock } from './clock.js';
import { dated } from './dating.js';
import { checkFields, refusePrototypeNames } from './document.js';
import { Refusal } from './error.js';
import type { Firmware } from './firmware.js';
import { timestamp } from './moment.js';
import { decodePlain, isPlain, seriesId } from './plain.js';
import type { SentBatch, Series, Store } from './store/store.js';
import { Turns } from './store/turns.js';
import type { User } from './users.js';

/** An upload from a known user. */
export interface Upload {
  body: Body;
  user: User;
  /** it came over a broker that may have held it: when it arrived says nothing about when it was sent */
  held?: boolean;
}

/** One reading of a device that has neither a log nor a clock: it is dated when it arrives. */
export interface Arrival {
  device_id: string;
  device_desc?: string;
  /** sensor → field → value */
  sensors: Record<string, Record<string, number | null>>;
  user: User;
}

/** Answer to a plain upload, in points. */
export interface PlainReply {
  stored: number;
  duplicates: number;
  /** the collector's clock, ms; absent when it doesn't trust it */
  now?: number;
}

/** What came into the collector since it started. */
export interface Counters {
  readings: number;
  points: number;
  duplicates: number;
  lost: number;
  quarantined: number;
}

/** The log that arrivals are counted in; no device can name its own so. */
const ARRIVALS = '@arrivals';

/** The member `token`, whichever of its letters are spelled with escapes. */
const TOKEN = /"(?:t|\\u0074)(?:o|\\u006[fF])(?:k|\\u006[bB])(?:e|\\u0065)(?:n|\\u006[eE])"\s*:\s*"(?:[^"\\]|\\.)*"/g;

export class Ingest {
  readonly counters: Counters = { readings: 0, points: 0, duplicates: 0, lost: 0, quarantined: 0 };
  readonly #store: Store;
  readonly #clock: CollectorClock;
  readonly #limits: Limits;
  readonly #firmware: Firmware;
  /** arrivals of one device get their numbers one after the other */
  readonly #turns = new Turns<string>();

  constructor(store: Store, clock: CollectorClock, limits: Limits, firmware: Firmware) {
    this.#store = store;
    this.#clock = clock;
    this.#limits = limits;
    this.#firmware = firmware;
  }

  /** `PUT /batch/new` in all its forms. @throws Refusal, ProtocolError, StoreError: nothing was stored as points */
  batch(upload: Upload): Promise<Reply | PlainReply> {
    return isPlain(upload.body.outline) ? this.#plain(upload) : this.#log(upload);
  }

  /** `PUT /point/new`: the id, the first one's when the same stamped point came before. @throws as `batch` */
  async point({ body, user }: Upload): Promise<number> {
    const { document } = body;
    refusePrototypeNames(body);
    const { id, typed } = seriesId(document);
    mayWriteInto(await this.#store.series(id), typed, user);
    const fields = member(document, 'fields');
    if (fields === undefined) throw new Refusal('invalid', 'Some fields are missing', { pointer: '/fields' });
    checkFields(fields, '/fields', 'free', this.#limits.fields);
    const stamp = member(document, 'timestamp') ?? null;
    const time = stamp === null ? this.#clock.mustKnow() : timestamp(stamp, '/timestamp');
    const point = { time, fields: fields as JsonObject };
    const added = await this.#store.addPoints(id, [point], this.#terms(stamp !== null));
    this.#count(added);
    return added.ids[0]!;
  }

  /** A reading that is always new: what is sent twice is stored twice. @throws Refusal, ProtocolError, StoreError */
  async arrival({ device_id, device_desc, sensors, user }: Arrival): Promise<void> {
    const document: JsonObject = { device_id, log: 'log', first: 0, clock: 'unix', sensors: {} };
    if (device_desc !== undefined) document['device_desc'] = device_desc;
    document['sensors'] = Object.fromEntries(
      Object.entries(sensors).map(([sensor, fields]) => [
        sensor,
        Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, [value]])),
      ]),
    );
    mayWriteAs(user, device_id);
    await this.#turns.take(device_id, async () => {
      const time = this.#clock.mustKnow();
      const batch = decodeBatch({ ...document, time: [time] }, this.#limits);
      const device = await this.#store.device(device_id);
      const first = device?.ledger.find(({ log }) => log === ARRIVALS)?.next ?? 0;
      const counted = { ...batch, log: ARRIVALS, first, oldest: first };
      await this.#store.addBatch({ batch: counted, user: user.id, received: time });
      this.counters.readings++;
    });
  }

  async #log({ body, user, held = false }: Upload): Promise<Reply> {
    const received = this.#clock.reading();
    let batch: SentBatch;
    try {
      batch = dated(this.#decoded(body), () => this.#arrival(held));
    } catch (error) {
      if (error instanceof ProtocolError) return this.#quarantine({ body, user }, error, held);
      throw error;
    }
    mayWriteAs(user, batch.device_id);
    const outcome = await this.#store.addBatch({ batch, user: user.id, received });
    if (outcome.kind === 'gap') throw this.#gap(batch, outcome.next);
    const { next, stored, duplicates, lost, series } = outcome;
    this.counters.readings += stored;
    this.counters.duplicates += duplicates;
    this.counters.lost += lost;
    const offer = this.#firmware.offer(user.id, batch.status);
    const reply: Reply = { log: batch.log, next, stored, duplicates, lost, ...this.#now(), series };
    return offer === undefined ? reply : { ...reply, firmware: offer };
  }

  #decoded(body: Body): SentBatch {
    const batch = body.hollow && batchInColumns(body.hollow, this.#limits);
    if (batch !== null) return batch;
    refusePrototypeNames(body);
    return decodeBatch(body.document, this.#limits);
  }

  /** The time of what has none of its own; over a broker that holds messages back, arrival is not sending time. */
  #arrival(held: boolean): number {
    if (held) throw new Refusal('undated', 'Over this broker only Unix time makes sense; `now` says it', this.#now());
    return this.#clock.mustKnow();
  }

  /** A batch that will never be right is kept aside, so that the device may move on; always ends in an error. */
  async #quarantine({ body, user }: Upload, error: ProtocolError, held: boolean): Promise<never> {
    const { document } = body;
    const envelope = readEnvelope(document, this.#limits);
    if (envelope === null) throw error;
    mayWriteAs(user, envelope.device_id);
    const detail = error.pointer === '' ? error.message : `${error.pointer}: ${error.message}`;
    // a replay dates by it what has no time of its own
    const received = member(document, 'clock') === 'unix' ? this.#clock.reading() : this.#arrival(held);
    const kept = { user: user.id, received, body: body.text.replaceAll(TOKEN, '"token":null'), detail };
    const outcome = await this.#store.quarantine({ ...envelope, ...kept });
    if (outcome.kind === 'gap') throw this.#gap(envelope, outcome.next);
    const { next, taken, name } = outcome;
    this.counters.quarantined += taken;
    const place = { log: envelope.log, next, ...(name !== null && { quarantined: name }), ...this.#now() };
    throw new Refusal('invalid', error.message, { pointer: error.pointer, ...place });
  }

  async #plain({ body, user }: Upload): Promise<PlainReply> {
    const { document } = body;
    refusePrototypeNames(body);
    const { id, typed } = seriesId(document);
    mayWriteInto(await this.#store.series(id), typed, user);
    const { stamped, unstamped } = decodePlain(document, this.#limits);
    const time = unstamped.length > 0 ? this.#clock.mustKnow() : 0;
    const reply: PlainReply = { stored: 0, duplicates: 0, ...this.#now() };
    // Those without a time are always new, so they go last: sending all again after an error stores none twice.
    if (stamped.length > 0) tally(reply, this.#count(await this.#store.addPoints(id, stamped, this.#terms(true))));
    const dated = unstamped.map((fields) => ({ time, fields }));
    if (dated.length > 0) tally(reply, this.#count(await this.#store.addPoints(id, dated, this.#terms(false))));
    return reply;
  }

  #terms(once: boolean): { once: boolean; received: number } {
    return { once, received: this.#clock.reading() };
  }

  #count(added: PlainReply): PlainReply {
    this.counters.points += added.stored;
    this.counters.duplicates += added.duplicates;
    return added;
  }

  #gap({ log, first }: { log: string; first: number }, next: number): Refusal {
    return new Refusal('gap', `Readings ${next} to ${first - 1} are missing`, { log, next, ...this.#now() });
  }

  #now(): { now?: number } {
    const now = this.#clock.now();
    return now === undefined ? {} : { now };
  }
}

/** @throws Refusal `not-found`, `denied` */
function mayWriteInto(series: Series | undefined, typed: string, user: User): void {
  if (series === undefined) throw new Refusal('not-found', `Series ${typed} not found`);
  mayWriteTo(user, series);
}

function tally(reply: PlainReply, added: PlainReply): void {
  reply.stored += added.stored;
  reply.duplicates += added.duplicates;
}

/** What can be done about a batch in quarantine (protocol.md §3): look at it, mend and replay it, or give it up. */
import { decodeBatch, type Batch } from '../firmware/protocol/batch.js';
import { pointer, ProtocolError } from '../firmware/protocol/error.js';
import type { Limits } from '../firmware/protocol/limits.js';
import type { Reply } from '../firmware/protocol/reply.js';
import { mayWriteAs } from './access.js';
import { Body } from './body.js';
import type { CollectorClock } from './clock.js';
import { dated } from './dating.js';
import { refusePrototypeNames } from './document.js';
import { Refusal } from './error.js';
import type { Upload } from './ingest.js';
import { StoreError, type QuarantineEntry, type Store } from './store/store.js';
import type { User } from './users.js';

/** An entry, with the reason why it was refused; or with what is wrong with its file. */
export type Looked = QuarantineEntry & ({ detail: string } | { trouble: string });

export class Quarantine {
  readonly #store: Store;
  readonly #clock: CollectorClock;
  readonly #limits: Limits;

  constructor(store: Store, clock: CollectorClock, limits: Limits) {
    this.#store = store;
    this.#clock = clock;
    this.#limits = limits;
  }

  /** All entries, each after a look at its file. */
  async list(): Promise<Looked[]> {
    const entries: Looked[] = [];
    for (const entry of await this.#store.listQuarantine()) {
      try {
        const { detail } = await this.#store.readQuarantine(entry.name);
        entries.push({ ...entry, detail });
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        // replayed or dropped since
        if (error.code !== 'unknown-entry') entries.push({ ...entry, trouble: error.message });
      }
    }
    return entries;
  }

  /** An entry with the body as it came, but for its token. @throws Refusal `not-found`, StoreError `damaged` */
  async show(name: string): Promise<QuarantineEntry & { detail: string; body: string }> {
    const entry = await this.#entry(name);
    const { detail, body } = await this.#store.readQuarantine(name);
    return { ...entry, detail, body };
  }

  /**
   * Stores an entry's readings, once: outside `next`, with the time at which they first arrived. A document with more
   * than a token is the mended batch. @throws Refusal, ProtocolError, StoreError: nothing was stored
   */
  async replay(name: string, upload: Upload): Promise<Reply> {
    const entry = await this.#entry(name);
    this.#mayTouch(upload.user, entry);
    const batch = this.#checked(entry, await this.#content(name, upload));
    const { time, sensors, estimated } = batch;
    const outcome = await this.#store.replay({ name, user: upload.user.id, time, sensors, estimated });
    const { next, stored, duplicates, series } = outcome;
    const now = this.#clock.now();
    return { log: entry.log, next, stored, duplicates, lost: 0, ...(now !== undefined && { now }), series };
  }

  /** Gives an entry up: the ledger counts its readings as lost. @throws Refusal */
  async drop(name: string, user: User): Promise<void> {
    this.#mayTouch(user, await this.#entry(name));
    await this.#store.dropQuarantine(name, user.id);
  }

  async #content(name: string, { body }: Upload): Promise<Body> {
    if (Object.keys(body.outline).some((member) => member !== 'token')) return body;
    const kept = await this.#store.readQuarantine(name);
    return new Body(Buffer.from(kept.body));
  }

  /** What any batch has to be, and the same readings of the same log. @throws ProtocolError */
  #checked(entry: QuarantineEntry, body: Body): Batch {
    refusePrototypeNames(body);
    const batch = dated(decodeBatch(body.document, this.#limits), () => entry.received);
    for (const member of ['device_id', 'log', 'first'] as const)
      if (batch[member] !== entry[member])
        throw new ProtocolError(pointer(member), `${member} must stay ${JSON.stringify(entry[member])}`);
    if (batch.time.length !== entry.length)
      throw new ProtocolError('/time', `there must be ${entry.length} readings as before, not ${batch.time.length}`);
    return batch;
  }

  #mayTouch(user: User, entry: QuarantineEntry): void {
    if (entry.user !== user.id) throw new Refusal('denied', 'Permission denied');
    mayWriteAs(user, entry.device_id);
  }

  async #entry(name: string): Promise<QuarantineEntry> {
    const entry = await this.#store.quarantined(name);
    if (entry === undefined) throw new Refusal('not-found', `Batch ${name} is not in quarantine`);
    return entry;
  }
}

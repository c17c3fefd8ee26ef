/**
 * What devices send: batches, and those that are set aside. A device's uploads take turns, so each is placed by what is
 * on disk of the one before, and an answer about what was sent earlier ("duplicate") is about what is on disk.
 */
import type { ChunkFiles } from './chunk-files.js';
import type { Commit } from './commit.js';
import type { Placement } from './ledger.js';
import { entryName, type Quarantine } from './quarantine.js';
import { inLists, readingsOf, recorded, type Readings } from './readings.js';
import { toSteps, type BatchHead, type QuarantineRecord, type ReplayRecord } from './record.js';
import { replacement } from './replacement.js';
import type { State } from './state.js';
import {
  StoreError,
  type BatchOutcome,
  type BatchUpload,
  type QuarantineEntry,
  type QuarantineOutcome,
  type QuarantineUpload,
  type Replay,
  type ReplayOutcome,
  type Series,
  type UserId,
} from './store.js';
import { Turns } from './turns.js';

export class Uploads {
  readonly #state: State;
  readonly #files: ChunkFiles;
  readonly #quarantine: Quarantine;
  readonly #commit: Commit;
  readonly #turns = new Turns<string>();

  constructor(state: State, files: ChunkFiles, quarantine: Quarantine, commit: Commit) {
    this.#state = state;
    this.#files = files;
    this.#quarantine = quarantine;
    this.#commit = commit;
  }

  /** @throws StoreError `denied`, `full` */
  addBatch(upload: BatchUpload): Promise<BatchOutcome> {
    return this.#turns.take(upload.batch.device_id, () => this.#addBatch(upload));
  }

  /** @throws StoreError `denied`, `quarantine-full` */
  setAside(upload: QuarantineUpload): Promise<QuarantineOutcome> {
    return this.#turns.take(upload.device_id, () => this.#setAside(upload));
  }

  /** @throws StoreError `unknown-series`, `not-replaceable` */
  replaceSensor(id: number, sensor: string): Promise<Series> {
    return this.#turns.take(this.#state.series.known(id).info.device_id, async () => {
      for (;;) {
        const record = await replacement(this.#state, this.#files, id, sensor);
        const series = await this.#commit('replace-sensor', record, () => this.#state.replaceSensor(record));
        if (series !== null) return series;
      }
    });
  }

  /** @throws StoreError `unknown-entry`, `damaged` */
  readQuarantine(name: string): Promise<QuarantineUpload> {
    return this.#quarantine.read(this.#state.devices.entry(name).name);
  }

  /** @throws StoreError `unknown-entry`, `denied`, `full` */
  async replay(replay: Replay): Promise<ReplayOutcome> {
    const { device_id } = this.#entryOf(replay.name, replay.user);
    return this.#turns.take(device_id, () => this.#replay(replay));
  }

  /** @throws StoreError `unknown-entry`, `denied` */
  async dropQuarantine(name: string, user: UserId): Promise<void> {
    const { device_id } = this.#entryOf(name, user);
    await this.#turns.take(device_id, async () => {
      this.#entryOf(name, user);
      const weight = await this.#quarantine.weigh(name);
      await this.#commit('drop-quarantine', { name }, () => this.#state.dropQuarantine({ name }));
      this.#quarantine.free(weight);
    });
  }

  async #addBatch({ batch, user, received }: BatchUpload): Promise<BatchOutcome> {
    const { device_id, device_desc, log, first, oldest, estimated, status } = batch;
    const { length } = batch.time;
    const placement = this.#state.devices.place({ device_id, user, log, first, oldest, length });
    if (placement.kind === 'gap') return placement;
    if (placement.taken > 0 && this.#isNew(device_id, Object.keys(batch.sensors))) this.#state.series.checkLeft();
    const head: BatchHead = {
      device_id,
      ...(device_desc === undefined ? {} : { device_desc }),
      user,
      received,
      log,
      first,
      oldest,
      length,
      ...(estimated ? { estimated } : {}),
      ...(status === undefined ? {} : { status }),
    };
    const readings = this.#readings(batch, placement);
    const record = { ...head, ...recorded(readings) };
    const outcome = await this.#commit('batch', record, () => this.#state.addBatch(head, readings));
    if (outcome.kind === 'done') outcome.series = this.#seriesOf(device_id, Object.keys(batch.sensors));
    return outcome;
  }

  /** In lists where some are known already: those are left out when the record is applied. */
  #readings({ time, sensors }: BatchUpload['batch'], { taken, duplicates }: Placement & { kind: 'take' }): Readings {
    if (taken === 0) return { code: null, time: [], sensors: {} };
    return duplicates > 0 ? inLists(time, sensors) : readingsOf(time, sensors);
  }

  async #setAside({ body, detail, ...upload }: QuarantineUpload): Promise<QuarantineOutcome> {
    const placement = this.#state.devices.place(upload);
    if (placement.kind === 'gap') return placement;
    const name = entryName(body);
    // What is known already needs no second place; after a replay it would never leave it.
    const kept = placement.taken > 0 || this.#state.devices.quarantined.has(name);
    if (kept) await this.#quarantine.keep(name, { ...upload, detail, body });
    const { device_id, user, received, log, first, oldest, length } = upload;
    const record: QuarantineRecord = { device_id, user, received, log, first, oldest, length, name };
    const { next } = await this.#commit('quarantine', record, () => this.#state.quarantine(record));
    return { kind: 'done', next, taken: placement.taken, name: kept ? name : null };
  }

  async #replay({ name, user, time, sensors, estimated }: Replay): Promise<ReplayOutcome> {
    const { device_id, length, taken } = this.#entryOf(name, user);
    const names = Object.keys(sensors);
    if (this.#isNew(device_id, names)) this.#state.series.checkLeft();
    const head: Omit<ReplayRecord, 'time' | 'sensors'> = { name, ...(estimated ? { estimated } : {}) };
    const record = { ...head, time: toSteps(time), sensors };
    const weight = await this.#quarantine.weigh(name);
    const { next } = await this.#commit('replay', record, () => this.#state.replayBatch(head, time, sensors));
    this.#quarantine.free(weight);
    const series = this.#seriesOf(device_id, names);
    return { next, stored: taken, duplicates: length - taken, series };
  }

  /** @throws StoreError `unknown-entry`, `denied` */
  #entryOf(name: string, user: UserId): QuarantineEntry {
    const entry = this.#state.devices.entry(name);
    if (entry.user !== user) throw new StoreError('denied', `the batch "${name}" belongs to another user`);
    return entry;
  }

  /** Whether one of these sensors will get its first series. */
  #isNew(device_id: string, names: string[]): boolean {
    const sensors = this.#state.devices.get(device_id)?.sensors ?? {};
    return !names.every((name) => Object.hasOwn(sensors, name));
  }

  /** sensor → series, of the sensors that have one. */
  #seriesOf(device_id: string, names: string[]): Record<string, number> {
    const sensors = this.#state.devices.get(device_id)?.sensors ?? {};
    const known: Record<string, number> = {};
    for (const name of names) if (Object.hasOwn(sensors, name)) known[name] = sensors[name]!;
    return known;
  }
}

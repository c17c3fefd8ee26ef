/**
 * The store on plain JSON files. What it holds is in a folder:
 *
 *   catalog.json                 series, devices, ledgers, counters, as of the last checkpoint      catalog.ts
 *   journal/00000012.ndjson      every change since                                                 journal.ts
 *   series/5/00000012-0.json.gz  older points of series 5                                           chunk.ts
 *   bundles/00000012-0.json.gz   those of many series, where they are few                           bundle.ts
 *   quarantine/<hash>.json       batches set aside                                                  quarantine.ts
 *   lock                         a socket: who holds the folder                                     lock.ts
 *
 * and a change goes: journal → (on disk) → state → answer; later, in the background: state → chunks, catalog.
 */
import { BUDGETS, type Budgets } from './budgets.js';
import { calibratePoint } from './calibration.js';
import { Checkpoints } from './checkpoints.js';
import type { Commit } from './commit.js';
import { Compactor } from './compactor.js';
import { Deletions } from './deletions.js';
import { copyDevice } from './device-table.js';
import { makeFolder, nodeDisk, type Disk } from './disk.js';
import { copyFolder } from './folder-copy.js';
import { Gate } from './gate.js';
import { readLatest } from './latest.js';
import { Lock } from './lock.js';
import { assemble, type Parts } from './parts.js';
import { PlainPoints } from './plain-points.js';
import { seriesOf } from './point-id.js';
import { Quarantine } from './quarantine.js';
import { readBuckets, readPoint, readWindow } from './reader.js';
import { pointAt } from './rows.js';
import { readSince } from './since.js';
import { startUp } from './start-up.js';
import {
  type BatchOutcome,
  type BatchUpload,
  type Block,
  type BucketQuery,
  type Buckets,
  type CopiedFile,
  type Device,
  type NewPoint,
  type NewSeries,
  type Point,
  type PointsListener,
  type QuarantineEntry,
  type QuarantineOutcome,
  type QuarantineUpload,
  type Replay,
  type ReplayOutcome,
  type Series,
  type SeriesWatcher,
  type SeriesPatch,
  type Store,
  type StoreHealth,
  type UserId,
  type Window,
} from './store.js';
import { Uploads } from './uploads.js';
import { Verification } from './verification.js';

export interface JsonStoreOptions {
  budgets?: Partial<Budgets>;
  /** told of what went wrong in the background and of what start-up found */
  log?: (text: string) => void;
  disk?: Disk;
  /** between two syncs of the journal at least, ms */
  commitDelayMs?: number;
  /** from one file that is read again to see whether it is whole to the next, ms; 0: never */
  verifyEveryMs?: number;
}

export class JsonStore implements Store {
  readonly #parts: Parts;
  readonly #lock: Lock;
  readonly #compactor: Compactor;
  readonly #checkpoints: Checkpoints;
  readonly #uploads: Uploads;
  readonly #plain: PlainPoints;
  readonly #deletions: Deletions;
  readonly #verification: Verification;
  /** for writes */
  readonly #gate = new Gate();
  #closing: Promise<void> | null = null;

  /** `folder`: the data folder; made when it isn't there. */
  constructor(folder: string, options: JsonStoreOptions = {}) {
    const { budgets: given, log = () => undefined, disk = nodeDisk, commitDelayMs = 0, verifyEveryMs = 0 } = options;
    const budgets = { ...BUDGETS, ...given };
    this.#parts = assemble(folder, { budgets, disk, commitDelayMs, log });
    const { state, files, notes } = this.#parts;
    this.#verification = new Verification(files, state, notes, verifyEveryMs);
    this.#lock = new Lock(folder);
    this.#compactor = new Compactor(this.#parts, budgets.chunk);
    this.#checkpoints = new Checkpoints(this.#compactor, state, budgets, notes);
    this.#uploads = new Uploads(state, files, new Quarantine(disk, folder, budgets.quarantine), this.#commit);
    this.#plain = new PlainPoints(state, files, this.#commit);
    this.#deletions = new Deletions(state, files, this.#commit);
    this.#parts.journal.whenApplied(() => this.#checkpoints.consider());
  }

  /** Once in its life. */
  async open(): Promise<void> {
    await makeFolder(this.#parts.disk, this.#parts.folder);
    await this.#lock.open();
    try {
      await startUp(this.#parts);
    } catch (error) {
      await this.#parts.files.close();
      await this.#lock.close();
      throw error;
    }
    this.#gate.open();
    this.#closing = null;
    this.#checkpoints.consider();
    this.#verification.open();
  }

  /** Ends with a checkpoint, so that the next start has nothing to replay. */
  close(): Promise<void> {
    this.#closing ??= this.#gate.isOpen ? this.#close() : Promise.resolve();
    return this.#closing;
  }

  health(): StoreHealth {
    const { failure } = this.#parts.journal;
    const { series, newest } = this.#parts.state;
    return {
      state: failure !== null ? 'failed' : this.#gate.isOpen ? 'open' : 'closed',
      notes: failure === null ? this.#parts.notes.last : [failure.message, ...this.#parts.notes.last],
      points: series.points,
      series: series.size,
      newest,
      // a group is what one sync puts on disk
      syncs: this.#parts.journal.end.group,
      decoded: this.#parts.files.work.decoded,
      background: this.#parts.effort,
      damaged: this.#parts.damages.list,
      verified: this.#verification.verified,
    };
  }

  createSeries(series: NewSeries): Promise<number> {
    return this.#gate.pass(async () => {
      this.#parts.state.series.checkLeft();
      return this.#commit('create-series', series, () => this.#parts.state.createSeries(series));
    });
  }

  async series(id: number): Promise<Series | undefined> {
    const series = this.#parts.state.series.get(id);
    return series && { ...series.info };
  }

  async listSeries(): Promise<Series[]> {
    return Array.from(this.#parts.state.series.values(), ({ info }) => ({ ...info }));
  }

  patchSeries(id: number, patch: SeriesPatch): Promise<Series> {
    return this.#gate.pass(async () => {
      this.#parts.state.series.known(id);
      const record = { ...patch, id };
      return this.#commit('patch-series', record, () => this.#parts.state.patchSeries(record));
    });
  }

  replaceSensor(id: number, sensor: string): Promise<Series> {
    return this.#gate.pass(() => this.#uploads.replaceSensor(id, sensor));
  }

  deleteSeries(id: number): Promise<boolean> {
    return this.#gate.pass(() => this.#deletions.series(id));
  }

  addPoints(
    series: number,
    points: NewPoint[],
    { once, received }: { once: boolean; received: number },
  ): Promise<{ ids: number[]; stored: number; duplicates: number }> {
    return this.#gate.pass(() =>
      once ? this.#plain.addOnce(series, points, received) : this.#plain.add(series, points, received),
    );
  }

  async point(id: number): Promise<Point | undefined> {
    const series = this.#parts.state.series.get(seriesOf(id));
    const rows = series === undefined ? null : await readPoint(this.#parts.files, series, id);
    if (series === undefined || rows === null) return undefined;
    return calibratePoint(pointAt(rows, 0, series.info.id), series.info.calibration);
  }

  deletePoint(id: number): Promise<boolean> {
    return this.#gate.pass(() => this.#deletions.point(id));
  }

  async countPoints(): Promise<number> {
    return this.#parts.state.series.points;
  }

  addBatch(upload: BatchUpload): Promise<BatchOutcome> {
    return this.#gate.pass(() => this.#uploads.addBatch(upload));
  }

  quarantine(upload: QuarantineUpload): Promise<QuarantineOutcome> {
    return this.#gate.pass(() => this.#uploads.setAside(upload));
  }

  async listQuarantine(): Promise<QuarantineEntry[]> {
    return Array.from(this.#parts.state.devices.quarantined.values(), (entry) => ({ ...entry }));
  }

  async quarantined(name: string): Promise<QuarantineEntry | undefined> {
    const entry = this.#parts.state.devices.quarantined.get(name);
    return entry && { ...entry };
  }

  async readQuarantine(name: string): Promise<QuarantineUpload> {
    return this.#uploads.readQuarantine(name);
  }

  replay(replay: Replay): Promise<ReplayOutcome> {
    return this.#gate.pass(() => this.#uploads.replay(replay));
  }

  dropQuarantine(name: string, user: UserId): Promise<void> {
    return this.#gate.pass(() => this.#uploads.dropQuarantine(name, user));
  }

  async listDevices(): Promise<Device[]> {
    return Array.from(this.#parts.state.devices.values(), copyDevice);
  }

  async device(device_id: string): Promise<Device | undefined> {
    const device = this.#parts.state.devices.get(device_id);
    return device && copyDevice(device);
  }

  async *read(series: number, window: Window): AsyncGenerator<Block> {
    yield* readWindow(this.#parts.files, this.#parts.state.series.known(series), window);
  }

  async *since(series: number, id: number): AsyncGenerator<Block> {
    yield* readSince(this.#parts.files, () => this.#parts.state.series.known(series), id);
  }

  async buckets(series: number, query: BucketQuery): Promise<Buckets> {
    return readBuckets(this.#parts.files, this.#parts.state.series.known(series), query);
  }

  async latest(series: number): Promise<Point | undefined> {
    return readLatest(this.#parts.files, this.#parts.state.series.known(series));
  }

  async *copy(): AsyncGenerator<CopiedFile> {
    // a short journal, so that little has to be held in memory; without it the copy is as good
    await this.#checkpoints.attempt('no checkpoint before a copy');
    const { disk, folder, files, journal } = this.#parts;
    yield* copyFolder({ disk, folder, files, chunks: this.#compactor, end: () => journal.end });
  }

  subscribe(listener: PointsListener): () => void {
    return this.#parts.audience.subscribe(listener);
  }

  watch(watcher: SeriesWatcher): () => void {
    return this.#parts.audience.watch(watcher);
  }

  async #close(): Promise<void> {
    this.#gate.close();
    this.#parts.journal.hurry();
    await this.#gate.emptied();
    await this.#verification.close();
    await this.#checkpoints.end(this.#parts.journal.failure === null);
    await this.#parts.journal.close();
    await this.#parts.files.close();
    await this.#lock.close();
  }

  readonly #commit: Commit = (kind, body, apply) => {
    const { journal } = this.#parts;
    // refused if that fails
    if (this.#checkpoints.behind) return this.#checkpoints.catchUp().then(() => journal.append(kind, body, apply));
    return journal.append(kind, body, apply);
  };
}

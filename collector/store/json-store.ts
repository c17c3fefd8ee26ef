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
import { aggregate } from './buckets.js';
import { Audience } from './audience.js';
import { BUDGETS, type Budgets } from './budgets.js';
import { calibratePoint } from './calibration.js';
import { openCatalog, type CatalogDevice } from './catalog.js';
import { ChunkFiles, seriesFolder } from './chunk-files.js';
import type { Commit } from './commit.js';
import { Compactor } from './compactor.js';
import { makeFolder, nodeDisk, type Disk } from './disk.js';
import { copyFolder } from './folder-copy.js';
import { Gate } from './gate.js';
import { Journal } from './journal.js';
import { readLatest } from './latest.js';
import { Lock } from './lock.js';
import { Notes } from './notes.js';
import { Pace } from './pace.js';
import type { Parts } from './parts.js';
import { PlainPoints } from './plain-points.js';
import { seriesOf } from './point-id.js';
import { entryFile, Quarantine } from './quarantine.js';
import { readPoint, readSums, readWindow } from './reader.js';
import { pointAt } from './rows.js';
import { usualStep } from './rhythm.js';
import { startUp } from './start-up.js';
import { State } from './state.js';
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
import { Turns } from './turns.js';
import { Uploads } from './uploads.js';

export interface JsonStoreOptions {
  budgets?: Partial<Budgets>;
  /** told of what went wrong in the background and of what start-up found */
  log?: (text: string) => void;
  disk?: Disk;
  /** between two syncs of the journal at least, ms */
  commitDelayMs?: number;
}

export class JsonStore implements Store {
  readonly #budgets: Budgets;
  readonly #lock: Lock;
  readonly #journal: Journal;
  readonly #files: ChunkFiles;
  readonly #state: State;
  readonly #parts: Parts;
  readonly #compactor: Compactor;
  readonly #uploads: Uploads;
  readonly #plain: PlainPoints;
  readonly #deletions = new Turns<number>();
  readonly #audience = new Audience();
  readonly #notes: Notes;
  /** for writes */
  readonly #gate = new Gate();
  #closing: Promise<void> | null = null;

  /** `folder`: the data folder; made when it isn't there. */
  constructor(
    folder: string,
    { budgets, log = () => undefined, disk = nodeDisk, commitDelayMs = 0 }: JsonStoreOptions = {},
  ) {
    this.#budgets = { ...BUDGETS, ...budgets };
    this.#notes = new Notes(log);
    this.#lock = new Lock(folder);
    this.#files = new ChunkFiles(disk, folder, this.#budgets.cache);
    this.#journal = new Journal(disk, folder, new Pace(commitDelayMs));
    this.#state = new State({
      added: (series, rows) => this.#audience.added(series, rows),
      changed: (id) => this.#audience.changed(id),
      dropped: (files, id) => this.#files.discard([...files, seriesFolder(id)]),
      released: (name) => this.#files.discard([entryFile(name)]),
    });
    this.#parts = {
      disk,
      folder,
      catalog: openCatalog(disk, folder),
      journal: this.#journal,
      files: this.#files,
      state: this.#state,
      note: (text) => this.#notes.add(text),
    };
    this.#compactor = new Compactor(this.#parts, this.#budgets.chunk);
    this.#uploads = new Uploads(
      this.#state,
      this.#files,
      new Quarantine(disk, folder, this.#budgets.quarantine),
      this.#commit,
    );
    this.#plain = new PlainPoints(this.#state, this.#files, this.#commit);
  }

  /** Once in its life. */
  async open(): Promise<void> {
    await makeFolder(this.#parts.disk, this.#parts.folder);
    await this.#lock.open();
    try {
      await startUp(this.#parts);
    } catch (error) {
      await this.#files.close();
      await this.#lock.close();
      throw error;
    }
    this.#gate.open();
    this.#closing = null;
    if (this.#isBehind(1)) this.#checkpoint();
  }

  /** Ends with a checkpoint, so that the next start has nothing to replay. */
  close(): Promise<void> {
    this.#closing ??= this.#gate.isOpen ? this.#close() : Promise.resolve();
    return this.#closing;
  }

  health(): StoreHealth {
    const { failure } = this.#journal;
    const { points, series, newest } = this.#state;
    return {
      state: failure !== null ? 'failed' : this.#gate.isOpen ? 'open' : 'closed',
      notes: failure === null ? this.#notes.last : [failure.message, ...this.#notes.last],
      points,
      series: series.size,
      newest,
      // a group is what one sync puts on disk
      syncs: this.#journal.end.group,
    };
  }

  createSeries(series: NewSeries): Promise<number> {
    return this.#gate.pass(async () => {
      this.#state.checkSeriesLeft();
      return this.#commit('create-series', series, () => this.#state.createSeries(series));
    });
  }

  async series(id: number): Promise<Series | undefined> {
    const series = this.#state.series.get(id);
    return series && { ...series.info };
  }

  async listSeries(): Promise<Series[]> {
    return Array.from(this.#state.series.values(), ({ info }) => ({ ...info }));
  }

  patchSeries(id: number, patch: SeriesPatch): Promise<Series> {
    return this.#gate.pass(async () => {
      this.#state.known(id);
      const record = { ...patch, id };
      return this.#commit('patch-series', record, () => this.#state.patchSeries(record));
    });
  }

  replaceSensor(id: number, sensor: string): Promise<Series> {
    return this.#gate.pass(() => this.#uploads.replaceSensor(id, sensor));
  }

  deleteSeries(id: number): Promise<boolean> {
    return this.#gate.pass(async () => {
      if (!this.#state.series.has(id)) return false;
      return this.#commit('delete-series', { id }, () => this.#state.deleteSeries({ id }));
    });
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
    const series = this.#state.series.get(seriesOf(id));
    const rows = series === undefined ? null : await readPoint(this.#files, series, id);
    if (series === undefined || rows === null) return undefined;
    return calibratePoint(pointAt(rows, 0, series.info.id), series.info.calibration);
  }

  deletePoint(id: number): Promise<boolean> {
    // In turns: whether a point that is in a chunk exists is known only before the record is written.
    const remove = async (): Promise<boolean> => {
      if ((await this.point(id)) === undefined) return false;
      return this.#commit('delete-point', { id }, () => this.#state.deletePoint({ id }));
    };
    return this.#gate.pass(() => this.#deletions.take(id, remove));
  }

  async countPoints(): Promise<number> {
    return this.#state.points;
  }

  addBatch(upload: BatchUpload): Promise<BatchOutcome> {
    return this.#gate.pass(() => this.#uploads.addBatch(upload));
  }

  quarantine(upload: QuarantineUpload): Promise<QuarantineOutcome> {
    return this.#gate.pass(() => this.#uploads.setAside(upload));
  }

  async listQuarantine(): Promise<QuarantineEntry[]> {
    return Array.from(this.#state.quarantined.values(), (entry) => ({ ...entry }));
  }

  async quarantined(name: string): Promise<QuarantineEntry | undefined> {
    const entry = this.#state.quarantined.get(name);
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
    return Array.from(this.#state.devices.values(), copyDevice);
  }

  async device(device_id: string): Promise<Device | undefined> {
    const device = this.#state.devices.get(device_id);
    return device && copyDevice(device);
  }

  async *read(series: number, window: Window): AsyncGenerator<Block> {
    yield* readWindow(this.#files, this.#state.known(series), window);
  }

  async buckets(series: number, query: BucketQuery): Promise<Buckets> {
    return aggregate(readSums(this.#files, this.#state.known(series), query), query);
  }

  async latest(series: number): Promise<Point | undefined> {
    return readLatest(this.#files, this.#state.known(series));
  }

  async *copy(): AsyncGenerator<CopiedFile> {
    // a short journal, so that little has to be held in memory; without it the copy is as good
    await this.#compactor
      .run()
      .catch((error: Error) => this.#notes.add(`no checkpoint before a copy: ${error.message}`));
    const { disk, folder, files, journal } = this.#parts;
    yield* copyFolder({ disk, folder, files, end: () => journal.end });
  }

  subscribe(listener: PointsListener): () => void {
    return this.#audience.subscribe(listener);
  }

  watch(watcher: SeriesWatcher): () => void {
    return this.#audience.watch(watcher);
  }

  async #close(): Promise<void> {
    this.#gate.close();
    this.#journal.hurry();
    await this.#gate.emptied();
    await this.#compactor.settled();
    if (this.#compactor.backlog > 0 && this.#journal.failure === null)
      await this.#compactor
        .run()
        .catch((error: Error) => this.#notes.add(`no checkpoint at the end: ${error.message}`));
    await this.#journal.close();
    await this.#files.close();
    await this.#lock.close();
  }

  readonly #commit: Commit = async (kind, body, apply) => {
    // Writes wait, and are refused if it fails, when checkpoints fall behind: memory and start-up time stay bounded.
    if (this.#isBehind(4)) await this.#compactor.run();
    const answer = await this.#journal.append(kind, body, apply);
    if (this.#isBehind(1) && !this.#compactor.resting) this.#checkpoint();
    return answer;
  };

  #isBehind(times: number): boolean {
    const { journal, head } = this.#budgets;
    return this.#compactor.backlog > times * journal || this.#state.fullest > times * head;
  }

  #checkpoint(): void {
    this.#compactor.run().catch((error: Error) => this.#notes.add(`checkpoint failed: ${error.message}`));
  }
}

function copyDevice({ steps = [], ...device }: CatalogDevice): Device {
  const { device_id, device_desc, user, seen, status, sensors, ledger } = device;
  // what is only ever replaced as a whole need not be copied
  const copies = { sensors: { ...sensors }, ledger: ledger.map((log) => ({ ...log })) };
  return { device_id, device_desc, user, seen, every: usualStep(steps), status, ...copies };
}

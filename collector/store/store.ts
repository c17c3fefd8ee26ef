/**
 * The seam between the collector and what keeps its data. Everything that answers does so once the change is on disk;
 * `JsonStore` (json-store.ts) is the implementation, and `test/store/store-contract.ts` is what any other has to pass.
 */
import type { Batch, Sensors, Values } from '../../firmware/protocol/batch.js';
import type { Json, JsonObject } from '../../firmware/protocol/json.js';
import type { CalibrationShape, DeviceShape } from '../../firmware/protocol/rest.js';
import type { BucketQuery, Buckets } from './bucket-query.js';
import type { Background } from './effort.js';

export type { Ledger, Loss } from '../../firmware/protocol/rest.js';
export { AGGREGATES, type Aggregate, type BucketQuery, type Buckets } from './bucket-query.js';

/** The `id` in the users file. */
export type UserId = number | string;

export interface Series {
  id: number;
  device_id: string;
  device_desc: string;
  desc: string | null;
  /** the sensor that fills it, null for a series made by `PUT /series/new` */
  sensor: string | null;
  user: UserId;
  /** ms */
  created: number;
  /** all its points */
  count: number;
  /** how to show it; absent until set */
  unit?: string;
  colour?: string;
  /** by ascending `from`; absent when there is none */
  calibration?: readonly Calibration[];
}

/** What is added to the numbers of a field from a time on; what is stored stays as it came. */
export type Calibration = Readonly<CalibrationShape>;

/** What can be changed of a series; null takes back what had been set. */
export interface SeriesPatch {
  desc?: string | null;
  device_desc?: string;
  unit?: string | null;
  colour?: string | null;
  calibration?: readonly Calibration[] | null;
}

export type NewSeries = Pick<Series, 'device_id' | 'device_desc' | 'desc' | 'user' | 'created'>;

export interface Point {
  id: number;
  series_id: number;
  /** ms */
  time: number;
  fields: JsonObject;
  /** the device had to guess the time */
  estimated: boolean;
}

export interface NewPoint {
  /** ms */
  time: number;
  fields: JsonObject;
}

/**
 * One field of consecutive points. Numbers are packed: NaN where a point doesn't have the field, Infinity where it is
 * null (both can't be stored as values). A field that ever held anything else is a plain array, undefined for absent.
 */
export type Column = Float64Array | (Json | undefined)[];

/** Consecutive points of one series, by ascending (time, id) unless asked for otherwise. */
export interface Block {
  length: number;
  /** ms */
  time: Float64Array;
  id: Float64Array;
  fields: Map<string, Column>;
  /** 1 where the time is estimated; null when none is */
  estimated: Uint8Array | null;
}

/** Both ends inclusive, ms. */
export interface Window {
  from: number;
  to: number;
  order?: 'asc' | 'desc';
  /** as stored, without the series' calibration */
  raw?: boolean;
}

/** A batch as it was sent: its readings in lists, or in columns that are packed. */
export interface SentBatch extends Omit<Batch, 'time' | 'sensors'> {
  time: ArrayLike<number>;
  sensors: SentSensors;
}

/** sensor → field → one value per reading, none of them absent. */
export type SentSensors = Record<string, Record<string, Values | Float64Array>>;

/** A batch with Unix times, ready to be stored. */
export interface BatchUpload {
  batch: Omit<SentBatch, 'clock'>;
  user: UserId;
  /** when it arrived, ms */
  received: number;
}

/** A batch that can't be read but whose place in the log is known. */
export interface QuarantineUpload {
  device_id: string;
  log: string;
  first: number;
  oldest: number;
  length: number;
  user: UserId;
  received: number;
  /** the request's body as it came, unpacked */
  body: string;
  /** why it was refused */
  detail: string;
}

/** What became of a batch, in readings. */
export type BatchOutcome =
  | { kind: 'done'; next: number; stored: number; duplicates: number; lost: number; series: Record<string, number> }
  /** readings are missing that the device still has: it goes back to `next`; nothing was stored */
  | { kind: 'gap'; next: number };

/**
 * `taken`: readings that now count as quarantined. `name`: the entry's name in `quarantine/`; null when there is none,
 * because all of the readings were known before.
 */
export type QuarantineOutcome =
  | { kind: 'done'; next: number; taken: number; name: string | null }
  | { kind: 'gap'; next: number };

/** A batch in quarantine, and the readings of its log that it stands for. */
export interface QuarantineEntry extends Pick<
  QuarantineUpload,
  'device_id' | 'user' | 'received' | 'log' | 'first' | 'length'
> {
  name: string;
  /** its last so many readings count as quarantined; those before were known when it came */
  taken: number;
}

/** The readings of an entry, all of them, as they shall be stored: the times absolute, Unix. */
export interface Replay {
  name: string;
  user: UserId;
  time: number[];
  sensors: Sensors;
  estimated: boolean;
}

/** What became of an entry's readings; `next` is the log's, which a replay leaves where it is. */
export type ReplayOutcome = Omit<BatchOutcome & { kind: 'done' }, 'kind' | 'lost'>;

export type Device = Omit<DeviceShape, 'user'> & { user: UserId };

/** Points that have just reached the disk. */
export type PointsListener = (series: Series, points: Block) => void;

/** A series was made, described otherwise, given another sensor, or deleted. */
export type SeriesWatcher = (id: number) => void;

export interface StoreHealth {
  /** `failed`: a write or sync failed; nothing is acknowledged until the process starts again */
  state: 'open' | 'failed' | 'closed';
  /** what failed, or what start-up found: a cut tail, leftovers */
  notes: string[];
  points: number;
  series: number;
  /** the newest time at which anything was received, ms; 0 when empty */
  newest: number;
  /** the journal's, since the folder was made: what is acknowledged together shares one */
  syncs: number;
  /** points decoded to answer, since the start: what queries cost */
  decoded: number;
  /** files in which damage was met, and that count still */
  damaged: DamagedFile[];
  /** files that were read again to see whether they are whole, since the start */
  verified: number;
  background: Background;
}

export interface DamagedFile {
  /** relative to the data folder */
  file: string;
  /** byte of what is in it */
  offset: number;
  what: string;
}

export interface Store {
  /** @throws StoreError `locked`, `damaged` (names file and offset) */
  open(): Promise<void>;
  close(): Promise<void>;
  health(): StoreHealth;

  createSeries(series: NewSeries): Promise<number>;
  series(id: number): Promise<Series | undefined>;
  /** by ascending id */
  listSeries(): Promise<Series[]>;
  /** @throws StoreError `unknown-series` */
  patchSeries(id: number, patch: SeriesPatch): Promise<Series>;
  /**
   * Another sensor of the same device fills the series from now on. What that one has stored in a series of its own moves
   * along, and that series goes.
   * @throws StoreError `unknown-series`, `not-replaceable`
   */
  replaceSensor(id: number, sensor: string): Promise<Series>;
  /** false when there was none */
  deleteSeries(id: number): Promise<boolean>;

  /**
   * Plain points of one series. With `once`, a point equal in time and fields to a stored plain point is a duplicate.
   * `ids` has the id of each, the first one's for a duplicate.
   * @throws StoreError `unknown-series`
   */
  addPoints(
    series: number,
    points: NewPoint[],
    how: { once: boolean; received: number },
  ): Promise<{ ids: number[]; stored: number; duplicates: number }>;
  point(id: number): Promise<Point | undefined>;
  /** false when there was none */
  deletePoint(id: number): Promise<boolean>;
  countPoints(): Promise<number>;

  /** Points and the log's offset in one step. @throws StoreError `denied` when the device is another user's */
  addBatch(upload: BatchUpload): Promise<BatchOutcome>;
  /** @throws StoreError `denied`, `quarantine-full` */
  quarantine(upload: QuarantineUpload): Promise<QuarantineOutcome>;
  /** in order of arrival */
  listQuarantine(): Promise<QuarantineEntry[]>;
  quarantined(name: string): Promise<QuarantineEntry | undefined>;
  /** What was set aside. @throws StoreError `unknown-entry`, `damaged` (also when its file is gone) */
  readQuarantine(name: string): Promise<QuarantineUpload>;
  /** Stores an entry's readings and ends it, in one step. @throws StoreError `unknown-entry`, `denied` */
  replay(replay: Replay): Promise<ReplayOutcome>;
  /** Gives an entry up: its readings are lost. @throws StoreError `unknown-entry`, `denied` */
  dropQuarantine(name: string, user: UserId): Promise<void>;
  listDevices(): Promise<Device[]>;
  device(device_id: string): Promise<Device | undefined>;

  /** The points of a window, block by block; @throws StoreError `unknown-series` */
  read(series: number, window: Window): AsyncIterable<Block>;
  /** The points with ids above `id`, by ascending id: what came since. @throws StoreError `unknown-series` */
  since(series: number, id: number): AsyncIterable<Block>;
  /**
   * The numbers of a window in equal parts, as summing up what `read` gives would have it.
   * @throws StoreError `unknown-series`, `too-many`
   */
  buckets(series: number, query: BucketQuery): Promise<Buckets>;
  /** The newest point with a value that isn't null. */
  latest(series: number): Promise<Point | undefined>;

  /** All files of the data folder as of one moment, one by one, but the users file: what a backup holds. */
  copy(): AsyncIterable<CopiedFile>;

  /** Calls the listener for points that have reached the disk, in storage order; the answer ends it. */
  subscribe(listener: PointsListener): () => void;
  /** Calls the watcher when a change of a series has reached the disk; the answer ends it. */
  watch(watcher: SeriesWatcher): () => void;
}

/** A file of the data folder. */
export interface CopiedFile {
  /** relative to the folder */
  name: string;
  /** null: they can't be read */
  bytes: Uint8Array | null;
  /** what is wrong with it, where something is */
  damage?: string;
}

export type StoreErrorCode =
  | 'locked'
  | 'damaged'
  | 'unknown-series'
  | 'not-replaceable'
  | 'unknown-entry'
  | 'too-many'
  | 'denied'
  | 'quarantine-full'
  | 'full'
  | 'failed'
  | 'closing';

/** `too-many`: numbers for one answer; `full`: no room on disk, nothing stored; `failed`: the disk failed; `closing`: shutting down. */
export class StoreError extends Error {
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
    this.code = code;
  }
}

/**
 * What the store knows, in memory: the catalog, and on top of it every record of the journal, applied in order. Applying
 * depends on nothing but the state and the record, so a start comes to the same state, ids included, as the run before.
 */
import type { Sensors } from '../../firmware/protocol/batch.js';
import type { CatalogData, CatalogDevice } from './catalog.js';
import { CatalogCopy } from './catalog-copy.js';
import { ownFiles } from './chunk.js';
import { enter, newLedger, place, release, type Circumstances, type Placement, type Run } from './ledger.js';
import { LAST_SERIES, seriesOf } from './point-id.js';
import { addersOf, type Readings } from './readings.js';
import {
  fromSteps,
  type BatchHead,
  type PointsRecord,
  type QuarantineRecord,
  type Records,
  type ReplacementRecord,
  type ReplayRecord,
} from './record.js';
import type { Rows } from './rows.js';
import { firstStep, withStep } from './rhythm.js';
import { StoredSeries } from './stored-series.js';
import {
  StoreError,
  type BatchOutcome,
  type Ledger,
  type NewSeries,
  type QuarantineEntry,
  type Series,
  type UserId,
} from './store.js';

/** An upload's place in its log, and whose it is. */
export type Announced = Run & { device_id: string; user: UserId; log: string };

/** What others want to know while records are applied. */
export interface StateEvents {
  /** points were added; `rows` makes them */
  added(series: Series, rows: () => Rows): void;
  /** a series went; these are its files */
  dropped(files: string[], id: number): void;
  /** a series was made, is described otherwise, filled by another sensor, or gone */
  changed(id: number): void;
  /** a batch left quarantine */
  released(name: string): void;
}

/** Series that uploads accepted but not yet applied may make. */
const ON_THE_WAY = 9_999;

export class State {
  readonly series = new Map<number, StoredSeries>();
  readonly devices = new Map<string, CatalogDevice>();
  /** by name, in order of arrival */
  readonly quarantined = new Map<string, QuarantineEntry>();
  nextSeries = 1;
  /** the newest time at which anything was received, ms */
  newest = 0;
  /** of all series */
  points = 0;
  /** points put into each bundle there is, by file */
  bundles: ReadonlyMap<string, number> = new Map();
  #copy: CatalogCopy | null = null;
  /** the most points of one series since the last copy began */
  #fullest = 0;
  readonly #events: StateEvents;

  constructor(events: StateEvents) {
    this.#events = events;
  }

  load(catalog: CatalogData): void {
    this.nextSeries = catalog.nextSeries;
    this.newest = catalog.newest;
    for (const { described, next, chunks, dead, ...info } of catalog.series) {
      this.series.set(info.id, new StoredSeries(info, described, next, chunks, dead));
      this.points += info.count;
    }
    for (const device of catalog.devices) this.devices.set(device.device_id, device);
    this.bundles = new Map(Object.entries(catalog.bundles ?? {}));
    for (const entry of catalog.quarantine ?? []) this.quarantined.set(entry.name, entry);
  }

  /**
   * Begins a copy of what there is now, and freezes the points in memory; `journal`: what comes on top of it. Until
   * `endCopy()` it is told of every change.
   */
  beginCopy(journal: CatalogData['journal']): CatalogCopy {
    const quarantine = [...this.quarantined.values()];
    const { nextSeries, newest } = this;
    this.#fullest = 0;
    const rest = { journal, nextSeries, newest, quarantine, obsolete: [] };
    return (this.#copy = new CatalogCopy(this.series.values(), this.devices.values(), rest));
  }

  endCopy(): void {
    this.#copy = null;
  }

  /** The most points that came to one series since the last copy began, or since the start. */
  get fullest(): number {
    return this.#fullest;
  }

  createSeries({ device_id, device_desc, desc, user, created }: NewSeries): number {
    this.newest = Math.max(this.newest, created);
    return this.#addSeries({ device_id, device_desc, desc, user, created, sensor: null });
  }

  patchSeries({ id, ...patch }: Records['patch-series']): Series {
    const series = this.#changing(this.known(id));
    const { info } = series;
    if (patch.desc !== undefined) info.desc = patch.desc;
    if (patch.device_desc !== undefined) {
      info.device_desc = patch.device_desc;
      series.described = true;
    }
    set(info, 'unit', patch.unit);
    set(info, 'colour', patch.colour);
    set(info, 'calibration', patch.calibration);
    this.#events.changed(id);
    return { ...info };
  }

  replaceSensor({ id, sensor, runs }: ReplacementRecord): Series {
    const series = this.#changing(this.known(id));
    const { sensors } = this.#deviceOf(series.info.device_id);
    if (Object.hasOwn(sensors, sensor)) this.deleteSeries({ id: sensors[sensor]! });
    delete sensors[series.info.sensor!];
    sensors[sensor] = id;
    series.info.sensor = sensor;
    this.#events.changed(id);
    for (const { time, fields, ...origin } of runs)
      this.#add(series, time.length, ({ growing }) =>
        fromSteps(time).forEach((t, i) => growing.addPoint(t, fields[i]!, origin)),
      );
    return { ...series.info };
  }

  deleteSeries({ id }: Records['delete-series']): boolean {
    const series = this.series.get(id);
    if (series === undefined) return false;
    this.#changing(series);
    this.series.delete(id);
    this.#events.changed(id);
    const { device_id, sensor, count } = series.info;
    this.points -= count;
    if (sensor !== null) delete this.#deviceOf(device_id).sensors[sensor];
    this.#events.dropped(ownFiles(series.chunks), id);
    return true;
  }

  /** The number of the first; the others follow. */
  addPoints({ series: id, received, time, fields }: PointsRecord, times = fromSteps(time)): number {
    const series = this.known(id);
    const first = series.next;
    this.newest = Math.max(this.newest, received);
    this.#add(series, times.length, ({ growing }) => times.forEach((t, i) => growing.addPoint(t, fields[i]!)));
    return first;
  }

  deletePoint({ id }: Records['delete-point']): boolean {
    const series = this.series.get(seriesOf(id));
    if (series === undefined || series.dead.has(id)) return false;
    this.#changing(series);
    series.dead.add(id);
    series.info.count--;
    this.points--;
    return true;
  }

  addBatch(record: BatchHead, readings: Readings): BatchOutcome {
    const placement = this.place(record);
    if (placement.kind === 'gap') return placement;
    const device = this.#meet(record);
    if (record.status !== undefined) device.status = record.status;
    if (record.device_desc !== undefined) this.#describe(device, record.device_desc);
    const { taken, duplicates, lost, next } = placement;
    if (taken > 0) {
      const adders = addersOf(readings, record.estimated === true, duplicates);
      for (const [sensor, add] of adders) this.#add(this.#sensor(device, sensor, record.received), taken, add);
    }
    const { time } = readings;
    const before = device.newest;
    const between: Circumstances['between'] = [before, time[duplicates] ?? record.received];
    this.#enter(device, record, placement, 'stored', { late: countLate(device, time, duplicates), between });
    const step = before === 0 ? firstStep(time) : device.newest - before;
    if (taken > 0) device.steps = withStep(device.steps ?? [], step);
    return { kind: 'done', next, stored: taken, duplicates, lost, series: {} };
  }

  quarantine(record: QuarantineRecord): Placement {
    const placement = this.place(record);
    if (placement.kind === 'gap') return placement;
    const device = this.#meet(record);
    this.#enter(device, record, placement, 'quarantined', { late: 0, between: [device.newest, record.received] });
    const { oldest: _, ...entry } = record;
    if (placement.taken > 0) this.quarantined.set(entry.name, { ...entry, taken: placement.taken });
    return placement;
  }

  /** What the device said of itself in it is old news by now, and passed over. */
  replayBatch({ name, estimated }: Omit<ReplayRecord, 'time' | 'sensors'>, times: number[], sensors: Sensors): Ledger {
    const { device_id, received, length, taken } = this.entry(name);
    const device = this.#deviceOf(device_id);
    const adders = addersOf({ code: null, time: times, sensors }, estimated === true, length - taken);
    for (const [sensor, add] of adders) this.#add(this.#sensor(device, sensor, received), taken, add);
    return this.#release(name, 'stored', countLate(device, times, length - taken));
  }

  dropQuarantine({ name }: Records['drop-quarantine']): void {
    this.#release(name, 'lost', 0);
  }

  /** @throws StoreError `unknown-entry` */
  entry(name: string): QuarantineEntry {
    const entry = this.quarantined.get(name);
    if (entry === undefined) throw new StoreError('unknown-entry', `there is no batch "${name}" in quarantine`);
    return entry;
  }

  /** Where an upload belongs. @throws StoreError `denied` */
  place({ device_id, user, log, ...run }: Announced): Placement {
    const device = this.devices.get(device_id);
    if (device !== undefined && device.user !== user)
      throw new StoreError('denied', `device "${device_id}" belongs to another user`);
    return place(
      device?.ledger.find((ledger) => ledger.log === log),
      run,
    );
  }

  /** @throws StoreError `full` when there are no ids left, but for those that uploads on their way may still take */
  checkSeriesLeft(): void {
    if (this.nextSeries > LAST_SERIES - ON_THE_WAY)
      throw new StoreError('full', `there were ${this.nextSeries - 1} series, and no ids are left for more`);
  }

  /** @throws StoreError `unknown-series` */
  known(id: number): StoredSeries {
    const series = this.series.get(id);
    if (series === undefined) throw new StoreError('unknown-series', `there is no series ${id}`);
    return series;
  }

  #add(series: StoredSeries, count: number, add: Parameters<StoredSeries['add']>[1]): void {
    const rows = this.#changing(series).add(count, add);
    this.points += count;
    this.#fullest = Math.max(this.#fullest, series.active);
    this.#events.added(series.info, rows);
  }

  /** A series that is about to change. */
  #changing(series: StoredSeries): StoredSeries {
    this.#copy?.series(series);
    return series;
  }

  /** A device that is there, and about to change. */
  #deviceOf(device_id: string): CatalogDevice {
    const device = this.devices.get(device_id)!;
    this.#copy?.device(device);
    return device;
  }

  #addSeries(series: Omit<Series, 'id' | 'count'>): number {
    const id = this.nextSeries++;
    this.series.set(id, new StoredSeries({ id, ...series, count: 0 }));
    this.#events.changed(id);
    return id;
  }

  /** The device of an upload, made when it is its first. */
  #meet({ device_id, user, received }: { device_id: string; user: Series['user']; received: number }): CatalogDevice {
    let device = this.devices.get(device_id);
    if (device === undefined) {
      device = { device_id, device_desc: '', user, seen: 0, status: null, sensors: {}, ledger: [], newest: 0 };
      this.devices.set(device_id, device);
    } else {
      this.#copy?.device(device);
    }
    device.seen = received;
    this.newest = Math.max(this.newest, received);
    return device;
  }

  /** Series described by hand keep what they have. */
  #describe(device: CatalogDevice, device_desc: string): void {
    if (device.device_desc === device_desc) return;
    device.device_desc = device_desc;
    for (const id of Object.values(device.sensors)) {
      const series = this.series.get(id);
      if (series?.described !== false) continue;
      this.#changing(series).info.device_desc = device_desc;
      this.#events.changed(id);
    }
  }

  /** The series a sensor fills, made when it has none. */
  #sensor({ device_id, device_desc, user, sensors }: CatalogDevice, sensor: string, created: number): StoredSeries {
    if (!Object.hasOwn(sensors, sensor))
      sensors[sensor] = this.#addSeries({ device_id, device_desc, desc: sensor, sensor, user, created });
    return this.known(sensors[sensor]!);
  }

  #enter(
    device: CatalogDevice,
    { log, oldest, length }: { log: string; oldest: number; length: number },
    placement: Placement & { kind: 'take' },
    as: 'stored' | 'quarantined',
    circumstances: Circumstances,
  ): void {
    if (length === 0) return;
    let ledger = device.ledger.find((l) => l.log === log);
    if (ledger === undefined) device.ledger.push((ledger = newLedger(log, oldest)));
    enter(ledger, placement, as, circumstances);
  }

  #release(name: string, as: 'stored' | 'lost', late: number): Ledger {
    const { device_id, log, taken } = this.entry(name);
    const ledger = this.#deviceOf(device_id).ledger.find((one) => one.log === log)!;
    release(ledger, taken, as, late);
    this.quarantined.delete(name);
    this.#events.released(name);
    return ledger;
  }
}

/** null takes it back, as if it had never been set. */
function set<K extends 'unit' | 'colour' | 'calibration'>(info: Series, name: K, value: Series[K] | null): void {
  if (value === null) delete info[name];
  else if (value !== undefined) info[name] = value;
}

/** How many of the readings are older than the newest the device had; makes the newest of them its newest. */
function countLate(device: CatalogDevice, times: ArrayLike<number>, skip: number): number {
  const before = device.newest;
  let late = 0;
  for (let i = skip; i < times.length; i++) {
    const time = times[i]!;
    if (time < before) late++;
    else if (time > device.newest) device.newest = time;
  }
  return late;
}

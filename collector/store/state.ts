/**
 * What the store knows, in memory: the catalog, and on top of it every record of the journal, applied in order. Applying
 * depends on nothing but the state and the record, so a start comes to the same state, ids included, as the run before.
 */
import type { Sensors } from '../../firmware/protocol/batch.js';
import type { CatalogData, CatalogDevice } from './catalog.js';
import { CatalogCopy } from './catalog-copy.js';
import { ownFiles } from './chunk.js';
import { countLate, DeviceTable, enterRun } from './device-table.js';
import type { Circumstances, Placement } from './ledger.js';
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
import { SeriesTable } from './series-table.js';
import type { Pauses } from './pauses.js';
import type { StoredSeries } from './stored-series.js';
import type { BatchOutcome, Ledger, NewSeries, Series } from './store.js';

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

export class State {
  readonly series = new SeriesTable();
  readonly devices = new DeviceTable();
  /** the newest time at which anything was received, ms */
  newest = 0;
  /** points put into each bundle there is, by file */
  bundles: ReadonlyMap<string, number> = new Map();
  readonly #events: StateEvents;

  constructor(events: StateEvents) {
    this.#events = events;
  }

  load({ newest, nextSeries, series, devices, bundles = {}, quarantine = [] }: CatalogData): void {
    this.newest = newest;
    this.series.load(series, nextSeries);
    this.devices.load(devices, quarantine);
    this.bundles = new Map(Object.entries(bundles));
  }

  /** Begins a copy of what there is now, and freezes the points in memory; `journal`: what comes on top of it. */
  beginCopy(journal: CatalogData['journal']): CatalogCopy {
    const quarantine = [...this.devices.quarantined.values()];
    const copy = new CatalogCopy({
      journal,
      nextSeries: this.series.next,
      newest: this.newest,
      quarantine,
      obsolete: [],
    });
    this.series.beginCopy(copy.series);
    this.devices.copy = copy.devices;
    return copy;
  }

  /** Finishes it, bit by bit; until then it is told of every change. */
  async finishCopy(copy: CatalogCopy, pauses: Pauses): Promise<CatalogData> {
    try {
      return await copy.finish(this.series.values(), this.devices.values(), pauses);
    } finally {
      this.series.copy = null;
      this.devices.copy = null;
    }
  }

  createSeries({ device_id, device_desc, desc, user, created }: NewSeries): number {
    this.newest = Math.max(this.newest, created);
    return this.#make({ device_id, device_desc, desc, user, created, sensor: null }).info.id;
  }

  patchSeries(record: Records['patch-series']): Series {
    const info = this.series.patch(record);
    this.#events.changed(info.id);
    return { ...info };
  }

  /** The series that a sensor of a device fills; null: none. */
  filledBy(device_id: string, sensor: string): StoredSeries | null {
    const { sensors } = this.devices.get(device_id)!;
    return Object.hasOwn(sensors, sensor) ? this.series.known(sensors[sensor]!) : null;
  }

  /** null, and nothing happens, where what is to move along has changed since it was read. */
  replaceSensor({ id, sensor, own, runs }: ReplacementRecord): Series | null {
    const series = this.series.known(id);
    const other = this.filledBy(series.info.device_id, sensor);
    // journals from before it was noted have none
    if (own !== undefined && !isAsNoted(other, own)) return null;
    if (other !== null) this.deleteSeries(other.info);
    const { sensors } = this.devices.changing(series.info.device_id);
    this.series.changing(series);
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
    this.series.remove(series);
    this.#events.changed(id);
    const { device_id, sensor } = series.info;
    if (sensor !== null) delete this.devices.changing(device_id).sensors[sensor];
    this.#events.dropped(ownFiles(series.chunks), id);
    return true;
  }

  /** The number of the first; the others follow. */
  addPoints({ series: id, received, time, fields }: PointsRecord, times = fromSteps(time)): number {
    const series = this.series.known(id);
    const first = series.next;
    this.newest = Math.max(this.newest, received);
    this.#add(series, times.length, ({ growing }) => times.forEach((t, i) => growing.addPoint(t, fields[i]!)));
    return first;
  }

  deletePoint({ id }: Records['delete-point']): boolean {
    return this.series.removePoint(id);
  }

  addBatch(record: BatchHead, readings: Readings): BatchOutcome {
    const placement = this.devices.place(record);
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
    enterRun(device, record, placement, 'stored', { late: countLate(device, time, duplicates), between });
    const step = before === 0 ? firstStep(time) : device.newest - before;
    if (taken > 0) device.steps = withStep(device.steps ?? [], step);
    return { kind: 'done', next, stored: taken, duplicates, lost, series: {} };
  }

  quarantine(record: QuarantineRecord): Placement {
    const placement = this.devices.place(record);
    if (placement.kind === 'gap') return placement;
    const device = this.#meet(record);
    enterRun(device, record, placement, 'quarantined', { late: 0, between: [device.newest, record.received] });
    const { oldest: _, ...entry } = record;
    if (placement.taken > 0) this.devices.quarantined.set(entry.name, { ...entry, taken: placement.taken });
    return placement;
  }

  /** What the device said of itself in it is old news by now, and passed over. */
  replayBatch({ name, estimated }: Omit<ReplayRecord, 'time' | 'sensors'>, times: number[], sensors: Sensors): Ledger {
    const { device_id, received, length, taken } = this.devices.entry(name);
    const device = this.devices.changing(device_id);
    const adders = addersOf({ code: null, time: times, sensors }, estimated === true, length - taken);
    for (const [sensor, add] of adders) this.#add(this.#sensor(device, sensor, received), taken, add);
    return this.#release(name, 'stored', countLate(device, times, length - taken));
  }

  dropQuarantine({ name }: Records['drop-quarantine']): void {
    this.#release(name, 'lost', 0);
  }

  #add(series: StoredSeries, count: number, add: Parameters<SeriesTable['add']>[2]): void {
    this.#events.added(series.info, this.series.add(series, count, add));
  }

  #make(series: Parameters<SeriesTable['make']>[0]): StoredSeries {
    const made = this.series.make(series);
    this.#events.changed(made.info.id);
    return made;
  }

  #meet(upload: Parameters<DeviceTable['meet']>[0]): CatalogDevice {
    this.newest = Math.max(this.newest, upload.received);
    return this.devices.meet(upload);
  }

  /** Series described by hand keep what they have. */
  #describe(device: CatalogDevice, device_desc: string): void {
    if (device.device_desc === device_desc) return;
    device.device_desc = device_desc;
    for (const id of Object.values(device.sensors)) {
      const series = this.series.get(id);
      if (series?.described !== false) continue;
      this.series.changing(series).info.device_desc = device_desc;
      this.#events.changed(id);
    }
  }

  /** The series a sensor fills, made when it has none. */
  #sensor({ device_id, device_desc, user, sensors }: CatalogDevice, sensor: string, created: number): StoredSeries {
    if (!Object.hasOwn(sensors, sensor))
      sensors[sensor] = this.#make({ device_id, device_desc, desc: sensor, sensor, user, created }).info.id;
    return this.series.known(sensors[sensor]!);
  }

  #release(name: string, as: 'stored' | 'lost', late: number): Ledger {
    const ledger = this.devices.release(name, as, late);
    this.#events.released(name);
    return ledger;
  }
}

function isAsNoted(series: StoredSeries | null, noted: ReplacementRecord['own']): boolean {
  return series?.info.id === noted?.id && series?.next === noted?.next && series?.info.count === noted?.count;
}

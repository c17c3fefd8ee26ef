/**
 * What can still be had of a journal behind its damage. A store is open on all that comes before; here the whole records
 * behind are given to it again, as uploads. What was in the damaged part is lost: a device's readings are counted so, since
 * their numbers are missing. What a record names by an id that may have been given out in the damaged part can't be
 * placed, and is set aside.
 */
import path from 'node:path';
import type { Disk } from './disk.js';
import { lines } from './inspection.js';
import { segmentName, type JournalEnd } from './segment.js';
import type { Line } from './journal-line.js';
import { fromSteps, type BatchRecord, type PointsRecord, type Records, type SinglesRecord } from './record.js';
import type { Quarantine } from './quarantine.js';
import { listed, recordedReadings } from './readings.js';
import { listSegments } from './recovery.js';
import { split } from './singles.js';
import { StoreError, type Store } from './store.js';

/** A whole line behind the damage. */
export interface Salvaged {
  file: string;
  offset: number;
  line: Line;
}

/** What became of a line: in words, where it could not be kept. */
export interface Fate {
  kept: boolean;
  what: string;
}

/** All whole lines behind `good`. */
export async function findSalvage(disk: Disk, folder: string, good: JournalEnd): Promise<Salvaged[]> {
  const found: Salvaged[] = [];
  for (const segment of await listSegments(disk, folder, good.segment)) {
    const file = segmentName(segment);
    const bytes = await disk.readFile(path.join(folder, file));
    for (const { at, line } of lines(bytes, segment === good.segment ? good.bytes : 0))
      if (line !== null && line.kind !== 'segment') found.push({ file, offset: at, line });
  }
  return found;
}

export class Salvage {
  readonly #store: Store;
  readonly #quarantine: Pick<Quarantine, 'read'>;
  /** series that were there before the damage */
  readonly #series = new Set<number>();

  /** `quarantine`: where the bodies of batches in quarantine are. */
  constructor(store: Store, quarantine: Pick<Quarantine, 'read'>) {
    this.#store = store;
    this.#quarantine = quarantine;
  }

  async open(): Promise<void> {
    for (const { id } of await this.#store.listSeries()) this.#series.add(id);
  }

  /** Points that are to be deleted, and were there before the damage. */
  async deletable(salvaged: Salvaged[]): Promise<ReadonlySet<number>> {
    const ids = new Set<number>();
    for (const { line } of salvaged) {
      if (line.kind !== 'delete-point') continue;
      const { id } = line.body as Records['delete-point'];
      if ((await this.#store.point(id)) !== undefined) ids.add(id);
    }
    return ids;
  }

  async apply({ kind, body }: Line, deletable: ReadonlySet<number>): Promise<Fate> {
    try {
      switch (kind) {
        case 'batch':
          return await this.#batch(body as BatchRecord);
        case 'points':
          return await this.#points([body as PointsRecord]);
        case 'singles':
          return await this.#points(split(body as SinglesRecord));
        case 'create-series':
          await this.#store.createSeries(body as Records['create-series']);
          return { kept: true, what: 'a new series' };
        case 'patch-series': {
          const { id, ...patch } = body as Records['patch-series'];
          if (this.#series.has(id)) await this.#store.patchSeries(id, patch);
          return { kept: this.#series.has(id), what: `a change of series ${id}` };
        }
        case 'delete-series': {
          const { id } = body as Records['delete-series'];
          return {
            kept: this.#series.has(id) && (await this.#store.deleteSeries(id)),
            what: `the end of series ${id}`,
          };
        }
        case 'delete-point': {
          const { id } = body as Records['delete-point'];
          return {
            kept: deletable.has(id) && (await this.#store.deletePoint(id)),
            what: `the deletion of point ${id}`,
          };
        }
        case 'quarantine':
          return await this.#setAside(body as Records['quarantine']);
        default:
          return { kept: false, what: `a record of the kind "${kind}"` };
      }
    } catch (error) {
      if (!(error instanceof StoreError) || error.code === 'failed' || error.code === 'full') throw error;
      return { kept: false, what: error.message };
    }
  }

  /** Where numbers are missing before it, they are lost. */
  async #batch(record: BatchRecord): Promise<Fate> {
    const { received, user, estimated = false, length, time: _, sensors: __, ...head } = record;
    const what = `${length} readings of device "${record.device_id}" from number ${record.first} on`;
    const readings = listed(recordedReadings(record));
    // all of them were duplicates when they came, so the record has none of them
    if (readings.time.length < length) return { kept: readings.time.length === 0, what };
    const upload = { batch: { ...head, estimated, ...readings }, user, received };
    const outcome = await this.#store.addBatch(upload);
    if (outcome.kind === 'gap')
      await this.#store.addBatch({ ...upload, batch: { ...upload.batch, oldest: record.first } });
    return { kept: true, what };
  }

  async #setAside({ name, length, device_id, first }: Records['quarantine']): Promise<Fate> {
    const upload = await this.#quarantine.read(name);
    const outcome = await this.#store.quarantine(upload);
    if (outcome.kind === 'gap') await this.#store.quarantine({ ...upload, oldest: first });
    return { kept: true, what: `${length} readings of device "${device_id}" in quarantine` };
  }

  async #points(records: PointsRecord[]): Promise<Fate> {
    const known = records.filter(({ series }) => this.#series.has(series));
    for (const { series, received, time, fields } of known) {
      const points = fromSteps(time).map((time, i) => ({ time, fields: fields[i]! }));
      await this.#store.addPoints(series, points, { once: false, received });
    }
    const lost = records.filter(({ series }) => !this.#series.has(series));
    const points = lost.reduce((sum, { time }) => sum + time.length, 0);
    const ids = [...new Set(lost.map(({ series }) => series))].join(', ');
    return { kept: lost.length === 0, what: `${points} points of series ${ids}, whose beginning is lost` };
  }
}

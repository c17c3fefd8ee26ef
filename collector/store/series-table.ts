/** Every series there is, and what is counted over all of them. Whoever changes one says so first: it may be being copied. */
import type { CatalogSeries } from './catalog.js';
import type { CatalogCopy } from './catalog-copy.js';
import type { Head } from './head.js';
import { LAST_SERIES, seriesOf } from './point-id.js';
import type { Records } from './record.js';
import type { Rows } from './rows.js';
import { StoredSeries } from './stored-series.js';
import { StoreError, type Series } from './store.js';

/** Series that uploads accepted but not yet applied may make. */
const ON_THE_WAY = 9_999;

export class SeriesTable {
  readonly #series = new Map<number, StoredSeries>();
  /** told of what is about to change */
  copy: CatalogCopy['series'] | null = null;
  /** the id of the next one */
  next = 1;
  #points = 0;
  #fullest = 0;

  load(list: readonly CatalogSeries[], next: number): void {
    this.next = next;
    for (const { described, next: number, chunks, dead, ...info } of list) {
      this.#series.set(info.id, new StoredSeries(info, described, number, chunks, dead));
      this.#points += info.count;
    }
  }

  get size(): number {
    return this.#series.size;
  }

  /** Points of all of them. */
  get points(): number {
    return this.#points;
  }

  /** The most points that came to one of them since the last copy began, or since the start. */
  get fullest(): number {
    return this.#fullest;
  }

  /** By ascending id. */
  values(): MapIterator<StoredSeries> {
    return this.#series.values();
  }

  get(id: number): StoredSeries | undefined {
    return this.#series.get(id);
  }

  /** @throws StoreError `unknown-series` */
  known(id: number): StoredSeries {
    const series = this.#series.get(id);
    if (series === undefined) throw new StoreError('unknown-series', `there is no series ${id}`);
    return series;
  }

  /** @throws StoreError `full` when there are no ids left, but for those that uploads on their way may still take */
  checkLeft(): void {
    if (this.next > LAST_SERIES - ON_THE_WAY)
      throw new StoreError('full', `there were ${this.next - 1} series, and no ids are left for more`);
  }

  /** From here on it is counted anew which one is fullest. */
  beginCopy(copy: CatalogCopy['series']): void {
    this.copy = copy;
    this.#fullest = 0;
  }

  /** A series that is about to change. */
  changing(series: StoredSeries): StoredSeries {
    this.copy?.changing(series);
    return series;
  }

  make(series: Omit<Series, 'id' | 'count'>): StoredSeries {
    const id = this.next++;
    const made = new StoredSeries({ id, ...series, count: 0 });
    this.copy?.coming(made);
    this.#series.set(id, made);
    return made;
  }

  patch({ id, ...patch }: Records['patch-series']): Series {
    const series = this.changing(this.known(id));
    const { info } = series;
    if (patch.desc !== undefined) info.desc = patch.desc;
    if (patch.device_desc !== undefined) {
      info.device_desc = patch.device_desc;
      series.described = true;
    }
    set(info, 'unit', patch.unit);
    set(info, 'colour', patch.colour);
    set(info, 'calibration', patch.calibration);
    return info;
  }

  /** Adds `count` points by means of `add`; the answer makes rows of them. */
  add(series: StoredSeries, count: number, add: (head: Head) => void): () => Rows {
    const rows = this.changing(series).add(count, add);
    this.#points += count;
    this.#fullest = Math.max(this.#fullest, series.active);
    return rows;
  }

  remove(series: StoredSeries): void {
    this.copy?.leaving(series);
    this.#series.delete(series.info.id);
    this.#points -= series.info.count;
  }

  /** False when there is no such point among the ones that may be there. */
  removePoint(id: number): boolean {
    const series = this.#series.get(seriesOf(id));
    if (series === undefined || series.dead.has(id)) return false;
    this.changing(series);
    series.dead.add(id);
    series.info.count--;
    this.#points--;
    return true;
  }
}

/** null takes it back, as if it had never been set. */
function set<K extends 'unit' | 'colour' | 'calibration'>(info: Series, name: K, value: Series[K] | null): void {
  if (value === null) delete info[name];
  else if (value !== undefined) info[name] = value;
}

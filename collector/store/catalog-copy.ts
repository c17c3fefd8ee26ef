/**
 * The catalog as it was at one moment, copied bit by bit while changes go on: what is about to change is copied before it
 * does, all else when there is time. A copy of ten thousand series at once would keep everybody waiting.
 */
import type { CatalogData, CatalogDevice, CatalogSeries } from './catalog.js';
import { WORK, type Pauses } from './pauses.js';
import type { Frozen, StoredSeries } from './stored-series.js';

/** Copies of what is in a table, in its order. */
class Copies<T, C> {
  readonly list: C[] = [];
  readonly #copy: (item: T) => C;
  /** what has had its turn, or must not; with a copy: it was made early, and waits for its turn */
  readonly #seen = new Map<T, C | null>();
  /** of what went before its turn */
  readonly gone: C[] = [];

  constructor(copy: (item: T) => C) {
    this.#copy = copy;
  }

  changing(item: T): void {
    if (!this.#seen.has(item)) this.#seen.set(item, this.#copy(item));
  }

  leaving(item: T): void {
    this.changing(item);
    const copy = this.#seen.get(item)!;
    if (copy !== null) this.gone.push(copy);
    this.#seen.set(item, null);
  }

  /** It is new, and in no copy. */
  coming(item: T): void {
    this.#seen.set(item, null);
  }

  take(item: T): void {
    const early = this.#seen.get(item);
    if (early !== null) this.list.push(early ?? this.#copy(item));
    this.#seen.set(item, null);
  }
}

export class CatalogCopy {
  /** what series had in memory, by their ids; those that had nothing are left out */
  readonly frozen = new Map<number, Frozen>();
  readonly series = new Copies((one: StoredSeries) => this.#copySeries(one));
  readonly devices = new Copies(copyDevice);
  readonly #rest: Omit<CatalogData, 'series' | 'devices'>;

  /** `rest`: what is small, copied already. */
  constructor(rest: Omit<CatalogData, 'series' | 'devices'>) {
    this.#rest = rest;
  }

  /** Copies what is left of the tables. What comes into them meanwhile is taken for new only when it is announced. */
  async finish(series: Iterable<StoredSeries>, devices: Iterable<CatalogDevice>, pauses: Pauses): Promise<CatalogData> {
    for (const one of series) {
      this.series.take(one);
      await pauses.did(WORK.series + one.dead.size);
    }
    for (const device of devices) {
      this.devices.take(device);
      await pauses.did(WORK.series + WORK.chunk * device.ledger.length);
    }
    const { list, gone } = this.series;
    if (gone.length > 0) list.push(...gone.splice(0));
    return { ...this.#rest, series: list.sort((a, b) => a.id - b.id), devices: this.devices.list };
  }

  #copySeries(one: StoredSeries): CatalogSeries {
    const { info, described, next, chunks, dead } = one;
    const frozen = one.freeze();
    if (frozen !== null) this.frozen.set(info.id, frozen);
    return { ...info, described, next, chunks, dead: [...dead] };
  }
}

function copyDevice(device: CatalogDevice): CatalogDevice {
  // what else it has is replaced, and never changed in place
  const ledger = device.ledger.map((log) => ({ ...log }));
  return { ...device, sensors: { ...device.sensors }, ledger };
}

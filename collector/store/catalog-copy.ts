/**
 * The catalog as it was at one moment, copied bit by bit while changes go on: what is about to change is copied before it
 * does, all else when there is time. A copy of ten thousand series at once would keep everybody waiting.
 */
import type { CatalogData, CatalogDevice } from './catalog.js';
import type { Pause } from './pause.js';
import type { Frozen, StoredSeries } from './stored-series.js';

export class CatalogCopy {
  readonly data: CatalogData;
  /** what series had in memory, by their ids; those that had nothing are left out */
  readonly frozen = new Map<number, Frozen>();
  /** what is not copied yet → its place in the list */
  readonly #series: Map<StoredSeries, number>;
  readonly #devices: Map<CatalogDevice, number>;

  /** `rest`: what is small, copied already. */
  constructor(
    series: Iterable<StoredSeries>,
    devices: Iterable<CatalogDevice>,
    rest: Omit<CatalogData, 'series' | 'devices'>,
  ) {
    this.data = { ...rest, series: [], devices: [] };
    this.#series = places(series);
    this.#devices = places(devices);
  }

  /** To be called before a series changes. */
  series(one: StoredSeries): void {
    const place = this.#series.get(one);
    if (place === undefined) return;
    this.#series.delete(one);
    const { info, described, next, chunks, dead } = one;
    this.data.series[place] = { ...info, described, next, chunks, dead: [...dead] };
    const frozen = one.freeze();
    if (frozen !== null) this.frozen.set(info.id, frozen);
  }

  /** To be called before a device changes. */
  device(one: CatalogDevice): void {
    const place = this.#devices.get(one);
    if (place === undefined) return;
    this.#devices.delete(one);
    // what else it has is replaced, and never changed in place
    const ledger = one.ledger.map((log) => ({ ...log }));
    this.data.devices[place] = { ...one, sensors: { ...one.sensors }, ledger };
  }

  /** Copies what is left. */
  async finish(pause: Pause): Promise<void> {
    for (const series of this.#series.keys()) {
      this.series(series);
      if (pause.due) await pause.take();
    }
    for (const device of this.#devices.keys()) {
      this.device(device);
      if (pause.due) await pause.take();
    }
  }
}

function places<T>(items: Iterable<T>): Map<T, number> {
  let place = 0;
  return new Map(Array.from(items, (item) => [item, place++]));
}

/** Those who are told of points that have reached the disk, and of series that changed. */
import { calibrateBlock } from './calibration.js';
import type { Block, PointsListener, Series, SeriesWatcher } from './store.js';

export class Audience {
  readonly #listeners = new Set<PointsListener>();
  readonly #watchers = new Set<SeriesWatcher>();

  subscribe(listener: PointsListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  watch(watcher: SeriesWatcher): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** `rows` makes the points; it is asked only when somebody listens. */
  added(series: Series, rows: () => Block): void {
    if (this.#listeners.size === 0) return;
    const block = calibrateBlock(rows(), series.calibration);
    for (const listener of this.#listeners) listener({ ...series }, block);
  }

  changed(id: number): void {
    for (const watcher of this.#watchers) watcher(id);
  }
}

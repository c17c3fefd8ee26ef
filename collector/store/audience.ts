/**
 * Those who are told of points that have reached the disk, and of series that changed. They are told in the middle of a
 * change, so none of them may stop it: what goes wrong with one is noted.
 */
import { calibrateBlock } from './calibration.js';
import type { Notes } from './notes.js';
import type { Block, PointsListener, Series, SeriesWatcher } from './store.js';

export class Audience {
  readonly #notes: Pick<Notes, 'add'>;
  readonly #listeners = new Set<PointsListener>();
  readonly #watchers = new Set<SeriesWatcher>();

  constructor(notes: Pick<Notes, 'add'>) {
    this.#notes = notes;
  }

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
    for (const listener of this.#listeners) this.#tell(() => listener({ ...series }, block));
  }

  changed(id: number): void {
    for (const watcher of this.#watchers) this.#tell(() => watcher(id));
  }

  #tell(tell: () => void): void {
    try {
      tell();
    } catch (error) {
      this.#notes.add(`somebody could not be told what was stored: ${String(error)}`);
    }
  }
}

/** What somebody wants gone: a point, or a series with all of its own. */
import type { ChunkFiles } from './chunk-files.js';
import type { Commit } from './commit.js';
import { seriesOf } from './point-id.js';
import { readPoint } from './reader.js';
import type { State } from './state.js';
import { Turns } from './turns.js';

export class Deletions {
  readonly #state: State;
  readonly #files: ChunkFiles;
  readonly #commit: Commit;
  readonly #turns = new Turns<number>();

  constructor(state: State, files: ChunkFiles, commit: Commit) {
    this.#state = state;
    this.#files = files;
    this.#commit = commit;
  }

  /** False when there was none. */
  async series(id: number): Promise<boolean> {
    if (this.#state.series.get(id) === undefined) return false;
    return this.#commit('delete-series', { id }, () => this.#state.deleteSeries({ id }));
  }

  /** False when there was none. In turns: whether one that is in a chunk exists is known only before it is journaled. */
  point(id: number): Promise<boolean> {
    return this.#turns.take(id, async () => {
      const series = this.#state.series.get(seriesOf(id));
      if (series === undefined || (await readPoint(this.#files, series, id)) === null) return false;
      return this.#commit('delete-point', { id }, () => this.#state.deletePoint({ id }));
    });
  }
}

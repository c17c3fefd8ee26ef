/** Adds plain points: finds repeats, in the store and within the upload, and journals what is left. */
import type { ChunkFiles } from './chunk-files.js';
import { Claims } from './claims.js';
import type { Commit } from './commit.js';
import { pointId } from './point-id.js';
import { toSteps } from './record.js';
import { findRepeats } from './repeats.js';
import { sortedJson } from './sorted-json.js';
import type { State } from './state.js';
import type { NewPoint } from './store.js';
import type { StoredSeries } from './stored-series.js';

export interface Added {
  /** of each point; the first one's where it is a repeat */
  ids: number[];
  stored: number;
  duplicates: number;
}

export class PlainPoints {
  readonly #state: State;
  readonly #files: ChunkFiles;
  readonly #commit: Commit;
  /** uploads between the search for repeats and their place on disk: one that overlaps another in time waits */
  readonly #claims = new Claims();

  constructor(state: State, files: ChunkFiles, commit: Commit) {
    this.#state = state;
    this.#files = files;
    this.#commit = commit;
  }

  /** Stores all of them. @throws StoreError `unknown-series` */
  async add(id: number, points: NewPoint[], received: number): Promise<Added> {
    this.#state.series.known(id);
    if (points.length === 0) return { ids: [], stored: 0, duplicates: 0 };
    return inOrder(id, points.length, await this.#append(id, points, received));
  }

  /** Stores those that aren't stored yet. @throws StoreError `unknown-series` */
  async addOnce(id: number, points: NewPoint[], received: number): Promise<Added> {
    this.#state.series.known(id);
    if (points.length === 0) return { ids: [], stored: 0, duplicates: 0 };
    const { from, to, ascending } = spanOf(points);
    const claim = this.#claims.take(id, from, to);
    try {
      if (claim.before.length > 0) await claim.turn();
      const series = this.#state.series.known(id);
      // The usual case, points newer than all there are, needs no search.
      if (ascending && series.endsBefore(from))
        return inOrder(id, points.length, await this.#append(id, points, received));
      return await this.#addNew(id, series, points, received);
    } finally {
      this.#claims.release(id, claim);
    }
  }

  async #addNew(id: number, series: StoredSeries, points: NewPoint[], received: number): Promise<Added> {
    const known = await findRepeats(this.#files, series, points);
    const fresh: NewPoint[] = [];
    // For each point that isn't stored its place among the fresh ones, where a repeat has the place of its first.
    const places = new Array<number>(points.length);
    const placeOf = new Map<string, number>();
    for (const [i, point] of points.entries()) {
      if (known[i] !== undefined) continue;
      const text = `${point.time} ${sortedJson(point.fields)}`;
      const place = placeOf.get(text) ?? fresh.push(point) - 1;
      placeOf.set(text, place);
      places[i] = place;
    }
    const first = fresh.length === 0 ? 0 : await this.#append(id, fresh, received);
    const ids = points.map((_, i) => known[i] ?? pointId(id, first + places[i]!));
    return { ids, stored: fresh.length, duplicates: points.length - fresh.length };
  }

  #append(series: number, points: NewPoint[], received: number): Promise<number> {
    const times = points.map(({ time }) => time);
    const record = { series, received, time: toSteps(times), fields: points.map(({ fields }) => fields) };
    return this.#commit('points', record, () => this.#state.addPoints(record, times));
  }
}

/** What was added when all of it was: `first` is the first point's number. */
function inOrder(series: number, count: number, first: number): Added {
  return { ids: Array.from({ length: count }, (_, i) => pointId(series, first + i)), stored: count, duplicates: 0 };
}

/** The times of points, both ends inclusive, and whether each is later than the one before. */
function spanOf(points: NewPoint[]): { from: number; to: number; ascending: boolean } {
  let from = points[0]!.time;
  let to = from;
  let ascending = true;
  for (let i = 1; i < points.length; i++) {
    const { time } = points[i]!;
    if (time <= to) ascending = false;
    from = Math.min(from, time);
    to = Math.max(to, time);
  }
  return { from, to, ascending };
}

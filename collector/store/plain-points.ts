/** Adds plain points: finds repeats, in the store and within the upload, and journals what is left. */
import type { ChunkFiles } from './chunk-files.js';
import type { Commit } from './commit.js';
import { pointId } from './point-id.js';
import { toSteps } from './record.js';
import { findRepeats } from './repeats.js';
import { sameJson } from './same-json.js';
import type { State } from './state.js';
import type { NewPoint } from './store.js';
import type { StoredSeries } from './stored-series.js';

/** An upload between the search for repeats and its place on disk; one that overlaps it in time waits. */
interface Claim {
  from: number;
  to: number;
  done: Promise<void>;
}

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
  readonly #claims = new Map<number, Set<Claim>>();

  constructor(state: State, files: ChunkFiles, commit: Commit) {
    this.#state = state;
    this.#files = files;
    this.#commit = commit;
  }

  /** Stores all of them. @throws StoreError `unknown-series` */
  async add(id: number, points: NewPoint[], received: number): Promise<Added> {
    this.#state.known(id);
    if (points.length === 0) return { ids: [], stored: 0, duplicates: 0 };
    const first = await this.#append(id, points, received);
    return { ids: points.map((_, i) => pointId(id, first + i)), stored: points.length, duplicates: 0 };
  }

  /** Stores those that aren't stored yet. @throws StoreError `unknown-series` */
  async addOnce(id: number, points: NewPoint[], received: number): Promise<Added> {
    this.#state.known(id);
    if (points.length === 0) return { ids: [], stored: 0, duplicates: 0 };
    const release = await this.#claim(id, points);
    try {
      return await this.#addNew(id, this.#state.known(id), points, received);
    } finally {
      release();
    }
  }

  async #addNew(id: number, series: StoredSeries, points: NewPoint[], received: number): Promise<Added> {
    const known = await findRepeats(this.#files, series, points);
    const fresh: NewPoint[] = [];
    // For each point that isn't stored its place among the fresh ones, where a repeat has the place of its first.
    const places = new Array<number>(points.length);
    const atTime = new Map<number, number[]>();
    for (const [i, point] of points.entries()) {
      if (known[i] !== undefined) continue;
      const same = atTime.get(point.time) ?? [];
      const repeat = same.find((place) => sameJson(fresh[place]!.fields, point.fields));
      if (repeat === undefined) atTime.set(point.time, [...same, fresh.length]);
      places[i] = repeat ?? fresh.push(point) - 1;
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

  /** Waits until nobody else adds at these times; the answer lets the next one in. */
  async #claim(id: number, points: NewPoint[]): Promise<() => void> {
    let from = Number.POSITIVE_INFINITY;
    let to = Number.NEGATIVE_INFINITY;
    for (const { time } of points) {
      from = Math.min(from, time);
      to = Math.max(to, time);
    }
    const claims = this.#claims.get(id) ?? new Set<Claim>();
    this.#claims.set(id, claims);
    const before = [...claims].filter((claim) => claim.from <= to && claim.to >= from);
    let end!: () => void;
    const claim: Claim = { from, to, done: new Promise((resolve) => (end = resolve)) };
    claims.add(claim);
    await Promise.all(before.map(({ done }) => done));
    return () => {
      claims.delete(claim);
      if (claims.size === 0) this.#claims.delete(id);
      end();
    };
  }
}

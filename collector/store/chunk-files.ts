/** The chunk files of a data folder: written once, read through a bounded cache, removed when nobody reads them. */
import path from 'node:path';
import { Low } from 'lowdb';
import { BUNDLES, bundleWeight, type BundleData } from './bundle.js';
import { BundleCode } from './bundle-code.js';
import { Cache } from './cache.js';
import { chunkWeight, decodeChunk, decodeWithin, type ChunkData, type ChunkRef } from './chunk.js';
import type { Damages } from './damages.js';
import { Damage, damage, errno, type Disk } from './disk.js';
import { DurableFile } from './durable-file.js';
import { Envelope, type Codec } from './envelope.js';
import { Pauses } from './pauses.js';
import { workOf, type Rows } from './rows.js';
import type { Work } from './slices.js';
import type { StoreError } from './store.js';

export const SERIES = 'series';

/** Where the chunks of a series are, relative to the data folder. */
export function seriesFolder(series: number): string {
  return `${SERIES}/${series}`;
}

/** Whether a chunk holds the points that the catalog says: another file in its place is whole, too. */
function isIn({ points, low, high }: ChunkRef, data: ChunkData | undefined): data is ChunkData {
  if (data === undefined) return false;
  const { points: found, number: runs } = data;
  return (
    points === found &&
    Math.min(...runs.map(([first]) => first)) === low &&
    Math.max(...runs.map(([first, n]) => first + n - 1)) === high
  );
}

/** @throws StoreError `damaged` */
function decoded(file: string, decode: () => Rows): Rows {
  try {
    return decode();
  } catch (error) {
    throw damage(file, 0, `it can't be decoded: ${String(error)}`, error);
  }
}

function other(file: string): StoreError {
  return damage(file, 0, 'it holds other points than the catalog says');
}

/** Memory that a chunk takes beside its text. */
const OBJECTS = 512;

const FOLDER = /^series\/\d+$/;

/** All reads that began between two removals; what the later one names must outlive them. */
interface Epoch {
  readers: number;
  remove: string[];
}

export class ChunkFiles {
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #damages: Damages | undefined;
  /** as they are in the files, in steps: a tenth of the rows' size, so that long windows are read from memory again */
  readonly #data: Cache<ChunkData>;
  readonly #bundles: Cache<BundleData>;
  /** for those who look into the same chunk again and again, a point at a time */
  readonly #rows: Cache<Rows>;
  readonly #epochs: Epoch[] = [{ readers: 0, remove: [] }];
  readonly #discarded = new Set<string>();
  #removing: Promise<void> = Promise.resolve();
  /** done with what was read here */
  readonly work: Work = { decoded: 0 };

  /** `budget`: bytes of chunks kept in memory; `damages` is told of what can't be read. */
  constructor(disk: Disk, folder: string, budget: number, damages?: Damages) {
    this.#damages = damages;
    this.#disk = disk;
    this.#folder = folder;
    this.#data = new Cache(budget / 2, (data) => OBJECTS + chunkWeight(data));
    this.#bundles = new Cache(budget / 4, (data) => OBJECTS * data.chunks.size + bundleWeight(data));
    this.#rows = new Cache(budget / 4, sizeOfRows);
  }

  /** @throws StoreError `damaged` */
  load(ref: ChunkRef): Promise<Rows> {
    return this.#rows.get(ref.at === undefined ? ref.file : `${ref.file} ${ref.at}`, async () => {
      const data = await this.loadData(ref);
      this.work.decoded += ref.points;
      return this.#telling(async () => decoded(ref.file, () => decodeChunk(data)));
    });
  }

  /** Those of its points that are from `from` to `to`, ms. @throws StoreError `damaged` */
  async loadWithin(ref: ChunkRef, from: number, to: number): Promise<Rows> {
    const data = await this.loadData(ref);
    return this.#telling(async () => decoded(ref.file, () => decodeWithin(data, from, to, this.work)));
  }

  /** As it is in the file. @throws StoreError `damaged` */
  loadData(ref: ChunkRef): Promise<ChunkData> {
    const { file, at } = ref;
    if (at !== undefined) return this.#telling(() => this.#fromBundle(ref, at));
    const read = async (): Promise<ChunkData> => {
      const data = await this.#readOwn(file);
      if (!isIn(ref, data)) throw other(file);
      return data;
    };
    return this.#data.get(file, () => this.#telling(read));
  }

  /** Reads a file anew, whatever is in memory. `listed`: what the catalog says is in it; nothing once it is replaced. */
  async verify(file: string, listed: () => ChunkRef[]): Promise<void> {
    const pauses = new Pauses();
    try {
      const chunks = await this.#chunksIn(file);
      for (const data of chunks.values()) await pauses.did(workOf(decoded(file, () => decodeChunk(data))));
      for (const ref of listed()) if (!isIn(ref, chunks.get(ref.at))) throw other(file);
      // what could be read of a bundle may be in memory
      if (this.#damages?.forget(file) === true) this.#bundles.forget(file);
    } catch (error) {
      if (!(error instanceof Damage)) throw error;
      if (listed().length > 0) this.#damages?.add(error);
    }
  }

  /** Keeps every chunk on disk that is listed now, until the answer is called. */
  hold(): () => void {
    const epoch = this.#epochs.at(-1)!;
    epoch.readers++;
    return () => {
      epoch.readers--;
      this.#sweep();
    };
  }

  /** Removes files and folders that are no longer listed, as soon as all reads that began before have ended. */
  discard(names: string[]): void {
    if (names.length === 0) return;
    for (const name of names) this.#discarded.add(name);
    this.#epochs.at(-1)!.remove.push(...names);
    this.#epochs.push({ readers: 0, remove: [] });
    this.#sweep();
  }

  /** What is discarded but still there. */
  get discarded(): string[] {
    return [...this.#discarded];
  }

  /** Waits for removals that have begun. */
  async close(): Promise<void> {
    await this.#removing;
    this.#data.clear();
    this.#bundles.clear();
    this.#rows.clear();
  }

  async #fromBundle(ref: ChunkRef, at: number): Promise<ChunkData> {
    const { file } = ref;
    const { chunks, damaged } = await this.#bundles.get(file, () => this.#read(file, new BundleCode(file)));
    const data = chunks.get(at);
    if (data === undefined && damaged[0] !== undefined) throw damaged[0];
    if (!isIn(ref, data)) throw other(file);
    return data;
  }

  /** All that is in a file on disk, by place. @throws StoreError `damaged` */
  async #chunksIn(file: string): Promise<Map<number | undefined, ChunkData>> {
    if (!file.startsWith(`${BUNDLES}/`)) return new Map([[undefined, await this.#readOwn(file)]]);
    const { chunks, damaged } = await this.#read(file, new BundleCode(file));
    if (damaged[0] !== undefined) throw damaged[0];
    return chunks;
  }

  async #readOwn(file: string): Promise<ChunkData> {
    const data = await this.#read(file, new Envelope<ChunkData>(file));
    if (!file.startsWith(`${seriesFolder(data.series)}/`)) throw other(file);
    return data;
  }

  async #telling<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Damage) this.#damages?.add(error);
      throw error;
    }
  }

  async #read<T>(file: string, codec: Codec<T>): Promise<T> {
    const low = new Low<T | null>(new DurableFile<T | null>(this.#disk, this.#folder, file, { codec }), null);
    await low.read();
    if (low.data === null) throw damage(file, 0, 'the file is missing');
    return low.data;
  }

  #sweep(): void {
    while (this.#epochs.length > 1 && this.#epochs[0]!.readers === 0) {
      const { remove } = this.#epochs.shift()!;
      this.#removing = this.#removing.then(() => this.#remove(remove));
    }
  }

  /** What can't be removed stays in the list, and is tried again at the next start. */
  async #remove(names: string[]): Promise<void> {
    for (const name of names) {
      this.#data.forget(name);
      this.#bundles.forget(name);
      this.#rows.forget(name);
      this.#damages?.forget(name);
      try {
        if (FOLDER.test(name)) await this.#disk.rmdir(path.join(this.#folder, name));
        else await this.#disk.rm(path.join(this.#folder, name), { force: true });
      } catch (error) {
        if (errno(error) !== 'ENOENT') continue;
      }
      this.#discarded.delete(name);
    }
  }
}

function sizeOfRows({ length, fields }: Rows): number {
  let bytes = 1024 + 16 * length;
  for (const column of fields.values()) bytes += (column instanceof Float64Array ? 8 : 64) * length;
  return bytes;
}

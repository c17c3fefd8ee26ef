/** The chunk files of a data folder: written once, read through a bounded cache, removed when nobody reads them. */
import path from 'node:path';
import { constants, type ZlibOptions } from 'node:zlib';
import { Low } from 'lowdb';
import { Cache } from './cache.js';
import { textOrList } from './column-code.js';
import { decodeChunk, describe, encodeChunk, isCoded, type ChunkData, type ChunkRef } from './chunk.js';
import { damage, errno, makeFolder, writeError, type Disk } from './disk.js';
import { DurableFile } from './durable-file.js';
import type { Rows } from './rows.js';

export const SERIES = 'series';

/** Where the chunks of a series are, relative to the data folder. */
export function seriesFolder(series: number): string {
  return `${SERIES}/${series}`;
}

/** Whether a file holds the points that the catalog says: another chunk in its place is whole, too. */
function isIn({ file, points, low, high }: ChunkRef, data: ChunkData): boolean {
  if (!file.startsWith(`${seriesFolder(data.series)}/`) || data.points !== points) return false;
  const runs = data.number;
  return (
    Math.min(...runs.map(([first]) => first)) === low && Math.max(...runs.map(([first, n]) => first + n - 1)) === high
  );
}

/** For steps a tenth of the default's time, and smaller. */
const RUNS_ONLY: ZlibOptions = { strategy: constants.Z_RLE };

const FOLDER = /^series\/\d+$/;

/** All reads that began between two removals; what the later one names must outlive them. */
interface Epoch {
  readers: number;
  remove: string[];
}

export class ChunkFiles {
  readonly #disk: Disk;
  readonly #folder: string;
  /** as they are in the files, in steps: a tenth of the rows' size, so that long windows are read from memory again */
  readonly #data: Cache<ChunkData>;
  /** for those who look into the same chunk again and again, a point at a time */
  readonly #rows: Cache<Rows>;
  readonly #epochs: Epoch[] = [{ readers: 0, remove: [] }];
  readonly #discarded = new Set<string>();
  #removing: Promise<void> = Promise.resolve();
  /** series folders known to be there */
  readonly #folders = new Set<string>();

  /** `budget`: bytes of chunks kept in memory. */
  constructor(disk: Disk, folder: string, budget: number) {
    this.#disk = disk;
    this.#folder = folder;
    this.#data = new Cache((budget * 3) / 4, sizeOfData);
    this.#rows = new Cache(budget / 4, sizeOfRows);
  }

  /** @throws StoreError `damaged` */
  load(ref: ChunkRef): Promise<Rows> {
    return this.#rows.get(ref.file, async () => {
      const data = await this.loadData(ref);
      try {
        return decodeChunk(data);
      } catch (error) {
        throw damage(ref.file, 0, `it can't be decoded: ${String(error)}`, error);
      }
    });
  }

  /** As it is in the file. @throws StoreError `damaged` */
  loadData(ref: ChunkRef): Promise<ChunkData> {
    return this.#data.get(ref.file, () => this.#read(ref));
  }

  /** Writes rows as a new chunk. @throws StoreError `full`, `failed` */
  async write(series: number, name: string, rows: Rows): Promise<ChunkRef> {
    const folder = seriesFolder(series);
    await this.#makeFolder(folder);
    const file = `${folder}/${name}.json.gz`;
    const data = encodeChunk(series, rows);
    const gzip = isCoded(data) ? RUNS_ONLY : {};
    await new Low<ChunkData>(new DurableFile(this.#disk, this.#folder, file, gzip), data).write();
    return describe(file, rows);
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
    this.#rows.clear();
  }

  async #read(ref: ChunkRef): Promise<ChunkData> {
    const low = new Low<ChunkData | null>(new DurableFile(this.#disk, this.#folder, ref.file), null);
    await low.read();
    if (low.data === null) throw damage(ref.file, 0, 'the file is missing');
    if (!isIn(ref, low.data)) throw damage(ref.file, 0, 'it holds other points than the catalog says');
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
      this.#rows.forget(name);
      try {
        if (FOLDER.test(name)) await this.#disk.rmdir(path.join(this.#folder, name));
        else await this.#disk.rm(path.join(this.#folder, name), { force: true });
      } catch (error) {
        if (errno(error) !== 'ENOENT') continue;
      }
      this.#discarded.delete(name);
    }
  }

  async #makeFolder(name: string): Promise<void> {
    for (const folder of [SERIES, name]) {
      if (this.#folders.has(folder)) continue;
      try {
        await makeFolder(this.#disk, path.join(this.#folder, folder));
      } catch (error) {
        throw writeError(error, folder);
      }
      this.#folders.add(folder);
    }
  }
}

function sizeOfData({ time, number, fields }: ChunkData): number {
  const { off = '' } = time;
  const columns = Object.values(fields).map((code) => textOrList(code).length * ('raw' in code ? 64 : 1));
  const offsets = typeof off === 'string' ? off.length : off.digits.length;
  return columns.reduce((sum, bytes) => sum + bytes, 1024 + 64 * number.length + offsets);
}

function sizeOfRows({ length, fields }: Rows): number {
  let bytes = 1024 + 16 * length;
  for (const column of fields.values()) bytes += (column instanceof Float64Array ? 8 : 64) * length;
  return bytes;
}

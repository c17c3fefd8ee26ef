/**
 * Writes the chunks of one checkpoint: large ones to files of their own, small ones of many series to bundles. Nothing of
 * it counts before `end()` has returned.
 */
import path from 'node:path';
import { constants, type ZlibOptions } from 'node:zlib';
import { Low } from 'lowdb';
import { BundleCode } from './bundle-code.js';
import { BUNDLE_WEIGHT, BUNDLES, bundleFile, type BundleData } from './bundle.js';
import { CHUNK_VERSION, chunkWeight, describe, encodeChunk, isCoded, type ChunkData, type ChunkRef } from './chunk.js';
import { seriesFolder } from './chunk-files.js';
import { syncFolder, writeError, type Disk } from './disk.js';
import { DurableFile } from './durable-file.js';
import { Envelope, type Codec } from './envelope.js';
import type { Pauses } from './pauses.js';
import type { Rows } from './rows.js';

/** For text of single signs a tenth of the default's time, and smaller: a code of their own for points and for slices. */
const RUNS_ONLY: ZlibOptions = { strategy: constants.Z_RLE, memLevel: 6 };

/** Files written side by side: what the disk does for one, a sync of the journal has to wait for. */
const AT_ONCE = 1;

export class ChunkWriter {
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #checkpoint: string;
  readonly #large: number;
  readonly #pauses: Pauses;
  /** all files so far, relative to the data folder */
  readonly written: string[] = [];
  /** points of each bundle among them */
  readonly bundles = new Map<string, number>();
  readonly #writing = new Set<Promise<void>>();
  #failure: unknown = null;
  /** folders in which names are new */
  readonly #folders = new Set<string>();
  #bundle: BundleData | null = null;
  #weight = 0;
  #last = { series: 0, made: 0 };

  /** `checkpoint` names its files; `large`: points from which on a chunk has one of its own. */
  constructor(disk: Disk, folder: string, checkpoint: string, large: number, pauses: Pauses) {
    this.#disk = disk;
    this.#folder = folder;
    this.#checkpoint = checkpoint;
    this.#large = large;
    this.#pauses = pauses;
  }

  /** Where rows of a series will be. @throws StoreError `full`, `failed` */
  async add(series: number, rows: Rows): Promise<ChunkRef> {
    const data = await this.#pauses.run(encodeChunk(series, rows));
    const ref = describe(await this.#pauses.wait(this.#place(series, data)), rows);
    await this.#pauses.did(rows.length * (1 + rows.fields.size));
    return ref;
  }

  /** Puts it into a file, or begins to. */
  async #place(series: number, data: ChunkData): Promise<Pick<ChunkRef, 'file' | 'at'>> {
    if (data.points < this.#large) return this.#addToBundle(data);
    const made = this.#last.series === series ? this.#last.made + 1 : 0;
    this.#last = { series, made };
    const folder = seriesFolder(series);
    const file = `${folder}/${this.#checkpoint}-${made}.json.gz`;
    await this.#makeFolder(folder);
    const gzip = isCoded(data) ? RUNS_ONLY : {};
    await this.#write(file, data, new Envelope(file, { version: CHUNK_VERSION, gzip, pauses: this.#pauses }));
    return { file };
  }

  /** Puts everything on disk, names included. @throws StoreError `full`, `failed` */
  async end(): Promise<void> {
    await this.#endBundle();
    await this.settled();
    if (this.#failure !== null) throw this.#failure;
    for (const folder of this.#folders) {
      try {
        await syncFolder(this.#disk, path.join(this.#folder, folder));
      } catch (error) {
        throw writeError(error, folder);
      }
    }
  }

  /** Waits for what is being written, whatever becomes of it. */
  async settled(): Promise<void> {
    await Promise.all(this.#writing);
  }

  async #addToBundle(data: ChunkData): Promise<{ file: string; at: number }> {
    if (this.#weight >= BUNDLE_WEIGHT) await this.#endBundle();
    this.#bundle ??= { name: `${this.#checkpoint}-${this.bundles.size}`, chunks: new Map(), damaged: [] };
    const { name, chunks } = this.#bundle;
    const file = bundleFile(name);
    this.#weight += chunkWeight(data);
    this.bundles.set(file, (this.bundles.get(file) ?? 0) + data.points);
    const at = chunks.size;
    chunks.set(at, data);
    return { file, at };
  }

  async #endBundle(): Promise<void> {
    const bundle = this.#bundle;
    if (bundle === null) return;
    this.#bundle = null;
    this.#weight = 0;
    await this.#makeFolder(BUNDLES);
    const file = bundleFile(bundle.name);
    await this.#write(file, bundle, new BundleCode(file, this.#pauses));
  }

  /** Begins to write a file; waits while there are enough of them. */
  async #write<T>(file: string, data: T, codec: Codec<T>): Promise<void> {
    while (this.#writing.size >= AT_ONCE) await Promise.race(this.#writing);
    if (this.#failure !== null) throw this.#failure;
    this.#folders.add(path.dirname(file));
    this.written.push(file);
    const adapter = new DurableFile<T>(this.#disk, this.#folder, file, { codec, syncName: false });
    const writing: Promise<void> = new Low(adapter, data)
      .write()
      .catch((error: unknown) => void (this.#failure ??= error))
      .finally(() => this.#writing.delete(writing));
    this.#writing.add(writing);
  }

  async #makeFolder(name: string): Promise<void> {
    if (this.#folders.has(name)) return;
    try {
      await this.#disk.mkdir(path.join(this.#folder, name), { recursive: true });
    } catch (error) {
      throw writeError(error, name);
    }
    // whoever made the folders it is in may have died before their names were synced
    for (let at = name; at !== '.'; at = path.dirname(at)) this.#folders.add(path.dirname(at));
  }
}

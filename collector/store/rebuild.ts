/**
 * A catalog from the chunks alone, where the one there was can't be read. The points are all there; what only the catalog
 * had is gone: how series are called and whose they are, the devices and their ledgers, which points were deleted.
 */
import path from 'node:path';
import { Low } from 'lowdb';
import { BUNDLES } from './bundle.js';
import { BundleCode } from './bundle-code.js';
import type { CatalogData, CatalogSeries } from './catalog.js';
import { decodeChunk, describe, type ChunkData, type ChunkRef } from './chunk.js';
import { SERIES, seriesFolder } from './chunk-files.js';
import { list, type Disk } from './disk.js';
import { DurableFile } from './durable-file.js';
import { Envelope, type Codec } from './envelope.js';
import { lines } from './inspection.js';
import { segmentName } from './segment.js';
import { listSegments } from './recovery.js';
import { StoreError, type UserId } from './store.js';

export interface Rebuilt {
  catalog: CatalogData;
  /** chunks that can't be read, with why */
  lost: { file: string; why: string }[];
}

/** `user`: to whom the series shall belong; `now`: ms */
export async function rebuildCatalog(disk: Disk, folder: string, user: UserId, now: number): Promise<Rebuilt> {
  const finder = new Finder(disk, folder);
  await finder.look();
  const { lost, found, bundles } = finder;
  const series = Array.from(found, ([id, refs]) => recovered(id, newest(refs), user, now));
  series.sort((a, b) => a.id - b.id);
  const catalog = {
    journal: await journalStart(disk, folder),
    nextSeries: 1 + (series.at(-1)?.id ?? 0),
    newest: now,
    series,
    devices: [],
    bundles,
    obsolete: [],
  };
  return { catalog, lost };
}

function recovered(id: number, chunks: ChunkRef[], user: UserId, now: number): CatalogSeries {
  return {
    id,
    device_id: 'recovered',
    device_desc: '',
    desc: `series ${id}`,
    sensor: null,
    user,
    created: now,
    count: chunks.reduce((sum, { points }) => sum + points, 0),
    described: false,
    next: 1 + Math.max(...chunks.map(({ high }) => high)),
    chunks,
    dead: [],
  };
}

/** Every chunk there is, in a file of its own or in a bundle. */
class Finder {
  readonly #disk: Disk;
  readonly #folder: string;
  readonly found = new Map<number, ChunkRef[]>();
  readonly bundles: Record<string, number> = {};
  readonly lost: Rebuilt['lost'] = [];

  constructor(disk: Disk, folder: string) {
    this.#disk = disk;
    this.#folder = folder;
  }

  async look(): Promise<void> {
    for (const name of await list(this.#disk, path.join(this.#folder, SERIES))) {
      const id = Number(name);
      if (!Number.isSafeInteger(id)) continue;
      for (const file of await this.#filesIn(seriesFolder(id)))
        await this.#trying(file, async () => {
          const data = await this.#read(file, new Envelope<ChunkData>(file));
          if (data.series !== id) throw new StoreError('damaged', `${file} is of another series`);
          this.#take({ file }, data);
        });
    }
    for (const file of await this.#filesIn(BUNDLES))
      await this.#trying(file, async () => {
        const { chunks, damaged } = await this.#read(file, new BundleCode(file));
        for (const [at, data] of chunks) this.#take({ file, at }, data);
        this.bundles[file] = 0;
        for (const { points } of chunks.values()) this.bundles[file] += points;
        for (const { message } of damaged) this.lost.push({ file, why: message });
      });
  }

  #take(place: Pick<ChunkRef, 'file' | 'at'>, data: ChunkData): void {
    const chunk = describe(place, decodeChunk(data));
    const others = this.found.get(data.series);
    if (others === undefined) this.found.set(data.series, [chunk]);
    else others.push(chunk);
  }

  async #filesIn(folder: string): Promise<string[]> {
    const names = await list(this.#disk, path.join(this.#folder, folder));
    return names.filter((name) => name.endsWith('.json.gz')).map((name) => `${folder}/${name}`);
  }

  async #read<T>(file: string, codec: Codec<T>): Promise<T> {
    const low = new Low<T | null>(new DurableFile<T | null>(this.#disk, this.#folder, file, { codec }), null);
    await low.read();
    if (low.data === null) throw new StoreError('damaged', `${file} is missing`);
    return low.data;
  }

  async #trying(file: string, read: () => Promise<void>): Promise<void> {
    try {
      await read();
    } catch (error) {
      this.lost.push({ file, why: (error as Error).message });
    }
  }
}

/** A crash may have left chunks of an older checkpoint, or of one not finished: newer ones count. */
function newest(chunks: ChunkRef[]): ChunkRef[] {
  const taken: ChunkRef[] = [];
  for (const chunk of chunks.sort((a, b) => (path.basename(a.file) < path.basename(b.file) ? 1 : -1)))
    if (!taken.some((other) => overlaps(other, chunk))) taken.push(chunk);
  return taken.sort((a, b) => a.from - b.from || a.to - b.to);
}

/** Chunks that stand beside each other don't share a time, but for the instant at which one ends and the next begins. */
function overlaps(a: ChunkRef, b: ChunkRef): boolean {
  const inTime = a.from < b.to && b.from < a.to;
  return inTime || (a.low <= b.high && b.low <= a.high);
}

/** The oldest segment that begins as one must, and its first group. */
async function journalStart(disk: Disk, folder: string): Promise<CatalogData['journal']> {
  const segments = await listSegments(disk, folder);
  for (const segment of segments) {
    const [first] = lines(await disk.readFile(path.join(folder, segmentName(segment))));
    if (first?.line?.kind === 'segment') return { segment, group: first.line.group };
  }
  return { segment: 1 + (segments.at(-1) ?? 0), group: 1 };
}

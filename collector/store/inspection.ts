/**
 * Looks at all of a data folder that nobody has open, and changes nothing: every line of the journal, every chunk, the
 * catalog, quarantine and whatever else is kept in an envelope. It reads by the same code as the store itself.
 */
import path from 'node:path';
import { Low } from 'lowdb';
import { CATALOG, isCatalog, openCatalog, type CatalogData, type CatalogSeries } from './catalog.js';
import type { ChunkRef } from './chunk.js';
import { ChunkFiles } from './chunk-files.js';
import { Damage, damage, list, type Disk } from './disk.js';
import { DurableFile } from './durable-file.js';
import { ALARMS } from './folder-copy.js';
import { IMAGES } from './images.js';
import { segmentName } from './segment.js';
import { decodeLine, endOfLines } from './journal-line.js';
import { findLeftovers } from './leftovers.js';
import { QUARANTINE } from './quarantine.js';
import { JournalDamage, listSegments, readJournal } from './recovery.js';
import { State } from './state.js';
import { replay } from './replay.js';
import { StoreError } from './store.js';

export interface Finding {
  /** relative to the data folder */
  file: string;
  /** byte of what is in the file, where that says anything */
  offset: number | null;
  what: string;
  /** a note is what a start takes care of by itself */
  kind: 'damage' | 'note';
}

export interface Inspection {
  findings: Finding[];
  /** the catalog as it is on disk; null when there is none, or none that can be read */
  catalog: CatalogData | null;
  /** damage in the journal, or null */
  journal: JournalDamage | null;
  /** chunks that can't be read */
  chunks: { series: number; chunk: ChunkRef }[];
  /** other files that can't be read */
  files: string[];
  /** what was looked at */
  looked: { lines: number; chunks: number; points: number; series: number; devices: number; quarantine: number };
}

export interface InspectionOptions {
  /** how much of the chunks is done, 0 to 1 */
  onProgress?: (fraction: number) => void;
}

/** Unreadable lines of the journal that are named one by one. */
const NAMED = 100;

/** Bytes of chunks kept in memory: each is read once, but those of a bundle one after the other. */
const CACHE = 16 * 1024 * 1024;

export async function inspect(disk: Disk, folder: string, options: InspectionOptions = {}): Promise<Inspection> {
  const inspector = new Inspector(disk, folder);
  await inspector.lookAtCatalog();
  await inspector.lookAtJournal();
  await inspector.lookAtChunks(options.onProgress ?? (() => undefined));
  await inspector.lookAtOthers();
  return inspector.result;
}

class Inspector {
  readonly result: Inspection = {
    findings: [],
    catalog: null,
    journal: null,
    chunks: [],
    files: [],
    looked: { lines: 0, chunks: 0, points: 0, series: 0, devices: 0, quarantine: 0 },
  };
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #state = new State({
    added: () => undefined,
    changed: () => undefined,
    dropped: () => undefined,
    released: () => undefined,
  });

  constructor(disk: Disk, folder: string) {
    this.#disk = disk;
    this.#folder = folder;
  }

  async lookAtCatalog(): Promise<void> {
    await this.#trying(CATALOG, async () => {
      const catalog = openCatalog(this.#disk, this.#folder);
      await catalog.read();
      if (catalog.data === null) return;
      if (!isCatalog(catalog.data)) throw damage(CATALOG, 0, 'it is whole, but no catalog');
      // the state goes on from it, and what is said of it here must stay as it is on disk
      this.result.catalog = structuredClone(catalog.data);
      this.#state.load(catalog.data);
    });
  }

  async lookAtJournal(): Promise<void> {
    const first = this.result.catalog?.journal ?? null;
    // without its catalog, a journal that isn't the first one can't be followed: only its lines are looked at
    const lost = this.result.files.includes(CATALOG);
    try {
      if (lost) return await this.#nameBadLines(1, null);
      const { cut } = await readJournal(this.#disk, this.#folder, first, (line) => {
        this.result.looked.lines++;
        replay(this.#state, line);
      });
      if (cut !== null) this.#note(segmentName(first?.segment ?? 1), `a start cuts it: ${cut}`);
    } catch (error) {
      if (!(error instanceof JournalDamage)) throw error;
      this.result.journal = error;
      this.#found(error.file, error.offset, error.what);
      await this.#nameBadLines(first?.segment ?? 1, error);
    } finally {
      const { series, devices } = this.#state;
      Object.assign(this.result.looked, {
        series: series.size,
        devices: devices.size,
        points: series.points,
        quarantine: devices.quarantined.size,
      });
    }
  }

  async lookAtChunks(onProgress: (fraction: number) => void): Promise<void> {
    const catalogued = this.result.catalog?.series ?? [];
    // what was deleted since then may be gone already
    const all = catalogued.filter(({ id }) => this.#state.series.get(id) !== undefined);
    const files = new ChunkFiles(this.#disk, this.#folder, CACHE);
    const total = all.reduce((sum, { chunks }) => sum + chunks.length, 0);
    for (const series of all) {
      for (const chunk of series.chunks) {
        this.result.looked.chunks++;
        onProgress(this.result.looked.chunks / total);
        const damaged = await this.#damageOf(files, chunk);
        if (damaged === null) continue;
        this.result.chunks.push({ series: series.id, chunk });
        this.#found(chunk.file, damaged.offset, `${damaged.what}; ${place(series, chunk)}`);
      }
    }
    const obsolete = this.result.catalog?.obsolete ?? [];
    const listed = new Set([...catalogued.flatMap(({ chunks }) => chunks.map(({ file }) => file)), ...obsolete]);
    if (this.result.catalog !== null)
      for (const file of await findLeftovers(this.#disk, this.#folder, listed))
        this.#note(file, 'it is of a checkpoint that was not finished; nothing in it is missing elsewhere');
  }

  /** Alarms, quarantine, firmware images: every other document in an envelope. */
  async lookAtOthers(): Promise<void> {
    const names = [ALARMS];
    for (const folder of [QUARANTINE, IMAGES])
      for (const name of await list(this.#disk, path.join(this.#folder, folder))) names.push(`${folder}/${name}`);
    for (const name of names.filter((name) => name.endsWith('.json')))
      await this.#trying(name, async () => {
        await new Low<object | null>(new DurableFile(this.#disk, this.#folder, name), null).read();
      });
  }

  async #damageOf(files: ChunkFiles, chunk: ChunkRef): Promise<Damage | null> {
    try {
      const { time } = await files.load(chunk);
      if (time[0] !== chunk.from || time[chunk.points - 1] !== chunk.to)
        return damage(chunk.file, 0, 'it holds other times than the catalog says');
      return null;
    } catch (error) {
      if (error instanceof Damage) return error;
      throw error;
    }
  }

  /** Every line that is not whole, but the one that was found already. */
  async #nameBadLines(first: number, known: Damage | null): Promise<void> {
    let named = 0;
    for (const segment of await listSegments(this.#disk, this.#folder, first)) {
      const name = segmentName(segment);
      for (const { at, line } of lines(await this.#disk.readFile(path.join(this.#folder, name)))) {
        if (line !== null || (known?.file === name && known.offset === at) || ++named > NAMED) continue;
        this.#found(name, at, 'the line is not whole');
      }
    }
  }

  async #trying(file: string, look: () => Promise<void>): Promise<void> {
    try {
      await look();
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.result.files.push(file);
      if (error instanceof Damage) this.#found(error.file, error.offset, error.what);
      else this.#found(file, null, error.message);
    }
  }

  #found(file: string, offset: number | null, what: string): void {
    this.result.findings.push({ file, offset, what, kind: 'damage' });
  }

  #note(file: string, what: string): void {
    this.result.findings.push({ file, offset: null, what, kind: 'note' });
  }
}

/** The lines in a segment's bytes, from `offset` on; null for one that is not whole. */
export function* lines(bytes: Buffer, offset = 0): Generator<{ at: number; line: ReturnType<typeof decodeLine> }> {
  const end = endOfLines(bytes);
  while (offset < end) {
    const feed = bytes.indexOf(0x0a, offset);
    const whole = feed >= 0 && feed < end;
    yield { at: offset, line: whole ? decodeLine(bytes.subarray(offset, feed)) : null };
    offset = whole ? feed + 1 : end;
  }
}

/** What is in a chunk, by what the catalog says of it. */
function place({ id, device_id, desc }: CatalogSeries, { points, from, to }: ChunkRef): string {
  const [first, last] = [from, to].map((time) => new Date(time).toISOString());
  return `${points} points of series ${id} (${desc ?? device_id}), ${first} to ${last}`;
}

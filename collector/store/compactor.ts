/**
 * The checkpoint: moves what is in memory into chunks, so that the journal can be dropped. Writes go on meanwhile.
 *
 *   1. the journal begins another segment; the catalog is copied and the heads are frozen as they are at that boundary
 *   2. the chunks that the frozen points concern are written anew, in new files
 *   3. the catalog is replaced: from here on the new files count, and the journal from the new segment on
 *   4. memory lets go of the frozen points; old files and segments are removed
 *
 * All of it in slices, so that no answer waits for more than a moment.
 *
 * A crash before 3 leaves the old catalog, its chunks and all of the journal; a crash after it, files that no list names.
 */
import path from 'node:path';
import type { CatalogData } from './catalog.js';
import type { CatalogCopy } from './catalog-copy.js';
import { ChunkWriter } from './chunk-writer.js';
import { list } from './disk.js';
import type { Parts } from './parts.js';
import { Pauses, WORK } from './pauses.js';
import { JOURNAL } from './segment.js';
import { Works } from './works.js';

/** Between step 2 and step 3. */
interface Written {
  data: CatalogData;
  works: Works;
  writer: ChunkWriter;
  pauses: Pauses;
}

/** How long to rest after a refused checkpoint, ms: a full disk stays full for a while. */
const REST = 1000;

export class Compactor {
  readonly #parts: Parts;
  readonly #largest: number;
  #running: Promise<void> | null = null;
  /** something that none may come into */
  #held: Promise<void> | null = null;
  /** of `journal.written`, what the catalog has */
  #covered = 0;
  #restUntil = Number.NEGATIVE_INFINITY;
  /** files of a checkpoint whose catalog may or may not be on disk */
  #orphans: string[] = [];

  /** `largest`: points of a chunk at most. */
  constructor(parts: Parts, largest: number) {
    this.#parts = parts;
    this.#largest = largest;
  }

  /** Bytes of the journal that a start would have to replay. */
  get backlog(): number {
    return this.#parts.journal.written - this.#covered;
  }

  /** Whether one was refused so short ago that another try, if nobody waits for it, had better be later. */
  get resting(): boolean {
    return performance.now() < this.#restUntil;
  }

  /** One checkpoint; joins the one that is running. @throws StoreError `full`, `failed` */
  run(): Promise<void> {
    this.#running ??= this.#try().finally(() => (this.#running = null));
    return this.#running;
  }

  /** Does `work` while none is running. */
  async between<T>(work: () => Promise<T>): Promise<T> {
    while (this.#running !== null || this.#held !== null) await Promise.all([this.settled(), this.#held]);
    const working = work();
    this.#held = working.then(
      () => undefined,
      () => undefined,
    );
    return working.finally(() => (this.#held = null));
  }

  /** The files that the catalog on disk may name, those of deleted series left out. To be asked between checkpoints. */
  async listed(): Promise<Set<string>> {
    const pauses = new Pauses(this.#parts.effort.slice);
    const names = new Set(this.#orphans);
    for (const { chunks } of this.#parts.state.series.values()) {
      for (const { file } of chunks) names.add(file);
      await pauses.did(WORK.chunk * (1 + chunks.length));
    }
    return names;
  }

  /** Waits for the one that is running, whatever becomes of it. */
  async settled(): Promise<void> {
    await this.#running?.catch(() => undefined);
  }

  async #try(): Promise<void> {
    while (this.#held !== null) await this.#held;
    try {
      await this.#checkpoint();
    } catch (error) {
      this.#restUntil = performance.now() + REST;
      throw error;
    }
  }

  async #checkpoint(): Promise<void> {
    const { journal, files, state } = this.#parts;
    let copy!: CatalogCopy;
    let covered = 0;
    // what a series has at the boundary is still read when it is deleted meanwhile
    const release = files.hold();
    let written: Written;
    try {
      await journal.rotate(() => {
        copy = state.beginCopy({ segment: journal.end.segment, group: journal.end.group });
        covered = journal.written;
      });
      written = await this.#write(copy);
    } finally {
      release();
    }
    await this.#replaceCatalog(written);
    this.#covered = covered;
    this.#parts.effort.checkpoints++;
    await this.#dropSegments(written.data.journal.segment);
  }

  /** Writes the chunks; leaves no file when that fails. */
  async #write(copy: CatalogCopy): Promise<Written> {
    const { disk, folder, files, state, effort } = this.#parts;
    const pauses = new Pauses(effort.slice);
    const data = await state.finishCopy(copy, pauses);
    const name = String(data.journal.segment).padStart(8, '0');
    const writer = new ChunkWriter(disk, folder, name, this.#largest / 2, pauses);
    const works = new Works(this.#parts, this.#largest, writer, pauses);
    try {
      await works.write(data.series, copy.frozen);
      await pauses.wait(writer.end());
      return { data, works, writer, pauses };
    } catch (error) {
      await writer.settled();
      files.discard(writer.written);
      throw error;
    }
  }

  /** Replaces the catalog, then does the same in memory. */
  async #replaceCatalog({ data, works, writer, pauses }: Written): Promise<void> {
    const { catalog, files, state } = this.#parts;
    const { listed, before } = await works.enter(data.series);
    const bundles = new Map([...state.bundles, ...writer.bundles].filter(([file]) => listed.has(file)));
    const obsolete = [...new Set([...before, ...state.bundles.keys(), ...this.#orphans])].filter(
      (file) => !listed.has(file),
    );
    data.bundles = Object.fromEntries(bundles);
    data.obsolete = [...files.discarded, ...obsolete];
    // If this fails, it may be the new catalog or the old one that a start would find: all files stay.
    this.#orphans.push(...writer.written);
    catalog.data = data;
    await pauses.wait(catalog.write()).finally(() => (catalog.data = null));
    this.#orphans = [];
    state.bundles = bundles;
    await works.settle();
    files.discard(obsolete);
  }

  async #dropSegments(first: number): Promise<void> {
    const { disk, folder, notes } = this.#parts;
    try {
      for (const name of await list(disk, path.join(folder, JOURNAL)))
        if (Number.parseInt(name, 10) < first) await disk.rm(path.join(folder, JOURNAL, name), { force: true });
    } catch (error) {
      notes.add(`an old segment of the journal could not be removed: ${String(error)}`);
    }
  }
}

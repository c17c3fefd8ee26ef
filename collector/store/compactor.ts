/**
 * The checkpoint: moves what is in memory into chunks, so that the journal can be dropped. Writes go on meanwhile.
 *
 *   1. the journal begins another segment; at that boundary the catalog is copied and the heads are frozen
 *   2. the chunks that the frozen points concern are written anew, in new files
 *   3. the catalog is replaced: from here on the new files count, and the journal from the new segment on
 *   4. memory lets go of the frozen points; old chunks and segments are removed
 *
 * A crash before 3 leaves the old catalog, its chunks and all of the journal; a crash after it, files that no list names.
 */
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { CatalogData } from './catalog.js';
import { mayHold, type ChunkRef } from './chunk.js';
import { seriesFolder } from './chunk-files.js';
import { compact } from './compaction.js';
import { list } from './disk.js';
import { JOURNAL } from './journal.js';
import type { Parts } from './parts.js';
import { without } from './rows.js';
import { recent, type Frozen } from './stored-series.js';

/** A series between step 1 and step 4. */
interface Work {
  frozen: Frozen;
  chunks: ChunkRef[];
  /** dead that are gone when the chunks count */
  buried: number[];
}

export class Compactor {
  readonly #parts: Parts;
  readonly #largest: number;
  #running: Promise<void> | null = null;
  /** of `journal.written` and of `state.added`, what the catalog has */
  #covered = { bytes: 0, points: 0 };
  /** files of a checkpoint whose catalog may or may not be on disk */
  #orphans: string[] = [];

  /** `largest`: points of a chunk at most. */
  constructor(parts: Parts, largest: number) {
    this.#parts = parts;
    this.#largest = largest;
  }

  /** What a start would have to replay: bytes of the journal, and the points in them. */
  get backlog(): { bytes: number; points: number } {
    const { journal, state } = this.#parts;
    return { bytes: journal.written - this.#covered.bytes, points: state.added - this.#covered.points };
  }

  /** One checkpoint; joins the one that is running. @throws StoreError `full`, `failed` */
  run(): Promise<void> {
    this.#running ??= this.#checkpoint().finally(() => (this.#running = null));
    return this.#running;
  }

  /** Waits for the one that is running, whatever becomes of it. */
  async settled(): Promise<void> {
    await this.#running?.catch(() => undefined);
  }

  async #checkpoint(): Promise<void> {
    const { journal, files, state } = this.#parts;
    const work = new Map<number, Work>();
    let data!: CatalogData;
    let covered = this.#covered;
    await journal.rotate(() => {
      data = this.#freeze(work);
      covered = { bytes: journal.written, points: state.added };
    });
    const written: string[] = [];
    const release = files.hold();
    try {
      for (const [id, item] of work) {
        await this.#compact(id, item, String(data.journal.segment).padStart(8, '0'), written);
        await setImmediate();
      }
    } catch (error) {
      files.discard(written);
      throw error;
    } finally {
      release();
    }
    // If the catalog's write fails, it may be the new one or the old one that a start would find: all files stay.
    this.#orphans.push(...written);
    await this.#commit(data, work);
    this.#covered = covered;
    await this.#dropSegments(data.journal.segment);
  }

  /** Copies the catalog and notes the work there is. */
  #freeze(work: Map<number, Work>): CatalogData {
    const { journal, state } = this.#parts;
    for (const [id, series] of state.series) {
      const frozen = series.freeze();
      if (frozen !== null) work.set(id, { frozen, chunks: [], buried: [] });
    }
    return state.save({ segment: journal.end.segment, group: journal.end.group });
  }

  async #compact(id: number, item: Work, checkpoint: string, written: string[]): Promise<void> {
    const { files, note } = this.#parts;
    const { chunks, heads, dead } = item.frozen;
    const unread: ChunkRef[] = [];
    const pieces = compact({
      largest: this.#largest,
      chunks,
      recent: without(recent(heads, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY), dead),
      dead,
      load: (chunk) => files.load(chunk),
      damaged: (chunk, error) => {
        unread.push(chunk);
        note(error.message);
      },
    });
    let made = 0;
    for await (const piece of pieces) {
      if ('keep' in piece) {
        item.chunks.push(piece.keep);
        continue;
      }
      const chunk = await files.write(id, `${checkpoint}-${made++}`, piece.write);
      written.push(chunk.file);
      item.chunks.push(chunk);
    }
    item.buried = [...dead].filter((point) => !unread.some((chunk) => mayHold(chunk, point)));
  }

  /** Replaces the catalog, then does the same in memory, without an await in between. */
  async #commit(data: CatalogData, work: Map<number, Work>): Promise<void> {
    const { catalog, files, state } = this.#parts;
    for (const series of data.series) {
      const item = work.get(series.id);
      if (item === undefined) continue;
      const buried = new Set(item.buried);
      series.chunks = item.chunks;
      series.dead = series.dead.filter((id) => !buried.has(id));
    }
    const listed = new Set(data.series.flatMap(({ chunks }) => chunks.map(({ file }) => file)));
    const before = [...work.values()].flatMap(({ frozen }) => frozen.chunks.map(({ file }) => file));
    const obsolete = [...before, ...this.#orphans].filter((file) => !listed.has(file));
    data.obsolete = [...files.discarded, ...obsolete];
    catalog.data = data;
    await catalog.write();
    catalog.data = null;
    this.#orphans = [];
    files.discard(obsolete);
    for (const [id, { frozen, chunks, buried }] of work) {
      const series = state.series.get(id);
      if (series !== undefined) series.settle(frozen, chunks, buried);
      // deleted in the meantime
      else files.discard([...chunks.map(({ file }) => file), seriesFolder(id)]);
    }
  }

  async #dropSegments(first: number): Promise<void> {
    const { disk, folder, note } = this.#parts;
    try {
      for (const name of await list(disk, path.join(folder, JOURNAL)))
        if (Number.parseInt(name, 10) < first) await disk.rm(path.join(folder, JOURNAL, name), { force: true });
    } catch (error) {
      note(`an old segment of the journal could not be removed: ${String(error)}`);
    }
  }
}

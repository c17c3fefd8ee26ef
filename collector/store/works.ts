/** What a checkpoint makes of the series (compactor.ts): first in new files, then in the catalog, then in memory. */
import { countListed, sparseOf } from './bundle.js';
import type { CatalogSeries } from './catalog.js';
import { mayHold, ownFiles, type ChunkRef } from './chunk.js';
import { seriesFolder } from './chunk-files.js';
import type { ChunkWriter } from './chunk-writer.js';
import { compact } from './compaction.js';
import { Dead } from './dead.js';
import type { Parts } from './parts.js';
import { WORK, type Pauses } from './pauses.js';
import { Recent } from './recent.js';
import type { Frozen } from './stored-series.js';

interface Work {
  frozen: Frozen;
  chunks: ChunkRef[];
  /** dead that are gone when the chunks count */
  buried: number[];
}

const NOTHING: Pick<Frozen, 'heads' | 'dead'> = { heads: [], dead: new Set() };

export class Works {
  readonly #parts: Parts;
  readonly #largest: number;
  readonly #writer: ChunkWriter;
  readonly #pauses: Pauses;
  readonly #works = new Map<number, Work>();

  /** `largest`: points of a chunk at most. */
  constructor(parts: Parts, largest: number, writer: ChunkWriter, pauses: Pauses) {
    this.#parts = parts;
    this.#largest = largest;
    this.#writer = writer;
    this.#pauses = pauses;
  }

  /** Writes the chunks of those series that have something new, or a chunk in a bundle that goes. */
  async write(series: readonly CatalogSeries[], frozen: ReadonlyMap<number, Frozen>): Promise<void> {
    const listed = new Map<string, number>();
    for (const { chunks } of series) {
      countListed(chunks, listed);
      await this.#pauses.did(WORK.chunk * chunks.length);
    }
    const sparse = sparseOf(this.#parts.state.bundles, listed);
    for (const { id, chunks } of series) {
      const moves = sparse.size > 0 && chunks.some(({ file }) => sparse.has(file));
      const fixed = frozen.get(id) ?? (moves ? { ...NOTHING, chunks } : null);
      if (fixed !== null) this.#works.set(id, await this.#compact(id, fixed, sparse));
      await this.#pauses.did(WORK.series);
    }
  }

  /** Enters them into the catalog's series; the files that those name then, and the ones that they named before. */
  async enter(series: readonly CatalogSeries[]): Promise<{ listed: Set<string>; before: Set<string> }> {
    const listed = new Set<string>();
    const before = new Set<string>();
    for (const one of series) {
      const work = this.#works.get(one.id);
      if (work !== undefined) {
        for (const { file } of one.chunks) before.add(file);
        const buried = new Set(work.buried);
        one.chunks = work.chunks;
        one.dead = one.dead.filter((id) => !buried.has(id));
      }
      for (const { file } of one.chunks) listed.add(file);
      await this.#pauses.did(WORK.series + WORK.chunk * one.chunks.length);
    }
    return { listed, before };
  }

  /** Does the same in memory, which lets go of what was frozen. */
  async settle(): Promise<void> {
    const { files, state } = this.#parts;
    for (const [id, { frozen, chunks, buried }] of this.#works) {
      const series = state.series.get(id);
      if (series !== undefined) series.settle(frozen, chunks, buried);
      // deleted in the meantime
      else files.discard([...ownFiles(chunks), seriesFolder(id)]);
      await this.#pauses.did(WORK.series);
    }
  }

  async #compact(id: number, frozen: Frozen, sparse: ReadonlySet<string>): Promise<Work> {
    const { files } = this.#parts;
    const chunks: ChunkRef[] = [];
    const unread: ChunkRef[] = [];
    const pieces = compact({
      largest: this.#largest,
      chunks: frozen.chunks,
      recent: new Recent(frozen.heads, frozen.dead, frozen.chunks),
      dead: new Dead(frozen.dead),
      moves: ({ file }) => sparse.has(file),
      load: (chunk) => files.load(chunk),
      damaged: (chunk) => unread.push(chunk),
      pauses: this.#pauses,
    });
    for await (const piece of pieces) {
      chunks.push('keep' in piece ? piece.keep : await this.#writer.add(id, piece.write));
      await this.#pauses.did(WORK.chunk);
    }
    const buried = [...frozen.dead].filter((point) => !unread.some((chunk) => mayHold(chunk, point)));
    return { frozen, chunks, buried };
  }
}

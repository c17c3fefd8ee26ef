/**
 * Reads the chunks again, a file now and then, so that damage is heard of while there is a backup, and not when somebody
 * asks for a day three years ago. A file is at most 128 KiB unpacked; when all have had their turn it begins anew.
 */
import type { ChunkRef } from './chunk.js';
import type { ChunkFiles } from './chunk-files.js';
import type { Notes } from './notes.js';
import type { State } from './state.js';

export class Verification {
  readonly #files: ChunkFiles;
  readonly #state: State;
  readonly #notes: Pick<Notes, 'add'>;
  readonly #everyMs: number;
  /** what is still to be read of this round, the next one last */
  #left: string[] = [];
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> = Promise.resolve();
  /** files read since the start */
  verified = 0;

  /** `everyMs`: from one file to the next; 0: never. */
  constructor(files: ChunkFiles, state: State, notes: Pick<Notes, 'add'>, everyMs: number) {
    this.#files = files;
    this.#state = state;
    this.#notes = notes;
    this.#everyMs = everyMs;
  }

  open(): void {
    if (this.#everyMs > 0) this.#wait();
  }

  async close(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    await this.#running;
  }

  #wait(): void {
    this.#timer = setTimeout(() => {
      this.#running = this.#next().finally(() => {
        if (this.#timer !== null) this.#wait();
      });
    }, this.#everyMs);
    this.#timer.unref();
  }

  async #next(): Promise<void> {
    if (this.#left.length === 0) this.#left = [...this.#listed()].reverse();
    const file = this.#left.pop();
    if (file === undefined) return;
    // what a checkpoint replaces meanwhile stays until it is read
    const release = this.#files.hold();
    try {
      await this.#files.verify(file, () => this.#listedIn(file));
      this.verified++;
    } catch (error) {
      // the next round tries again
      this.#notes.add(`${file} could not be verified: ${(error as Error).message}`);
    } finally {
      release();
    }
  }

  #listed(): Set<string> {
    const files = new Set(this.#state.bundles.keys());
    for (const { chunks } of this.#state.series.values()) for (const { file } of chunks) files.add(file);
    return files;
  }
  #listedIn(file: string): ChunkRef[] {
    const all: ChunkRef[] = [];
    for (const { chunks } of this.#state.series.values())
      for (const ref of chunks) if (ref.file === file) all.push(ref);
    return all;
  }
}

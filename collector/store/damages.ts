/** The damage that was met so far, file by file: for the log once, and for `health()` as long as the file counts. */
import type { Damage } from './disk.js';
import type { Notes } from './notes.js';
import type { DamagedFile } from './store.js';

export class Damages {
  readonly #notes: Pick<Notes, 'add'>;
  readonly #files = new Map<string, DamagedFile>();

  constructor(notes: Pick<Notes, 'add'>) {
    this.#notes = notes;
  }

  get list(): DamagedFile[] {
    return [...this.#files.values()];
  }

  add({ file, offset, what, message }: Damage): void {
    if (this.#files.has(file)) return;
    this.#files.set(file, { file, offset, what });
    this.#notes.add(message);
  }

  /** The file is no longer there, or whole again. False when it was not among them. */
  forget(file: string): boolean {
    return this.#files.delete(file);
  }
}

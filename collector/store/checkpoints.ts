/** When checkpoints are made: as soon as there is enough for one. They run beside the writes, until they fall behind. */
import type { Budgets } from './budgets.js';
import type { Compactor } from './compactor.js';
import type { Notes } from './notes.js';
import type { State } from './state.js';

/** So many times what a checkpoint is made for may gather meanwhile. */
const BEHIND = 4;

export class Checkpoints {
  readonly #compactor: Compactor;
  readonly #state: State;
  readonly #budgets: Pick<Budgets, 'journal' | 'head'>;
  readonly #notes: Notes;

  constructor(compactor: Compactor, state: State, budgets: Budgets, notes: Notes) {
    this.#compactor = compactor;
    this.#state = state;
    this.#budgets = budgets;
    this.#notes = notes;
  }

  /** Whether a write has to wait, so that memory and the time of a start stay bounded. */
  get behind(): boolean {
    return this.#has(BEHIND);
  }

  /** Waits for one. @throws StoreError `full`, `failed` */
  catchUp(): Promise<void> {
    return this.#compactor.run();
  }

  /** Begins one if there is enough for it. */
  consider(): void {
    if (this.#has(1) && !this.#compactor.resting) void this.attempt('checkpoint failed');
  }

  /** Makes one; one that fails is noted: everything is still in the journal. */
  async attempt(otherwise: string): Promise<void> {
    await this.#compactor.run().catch((error: Error) => this.#notes.add(`${otherwise}: ${error.message}`));
  }

  /** The last one, so that the next start has nothing to replay; `sound`: the journal is. */
  async end(sound: boolean): Promise<void> {
    await this.#compactor.settled();
    if (sound && this.#compactor.backlog > 0) await this.attempt('no checkpoint at the end');
  }

  #has(times: number): boolean {
    const { journal, head } = this.#budgets;
    return this.#compactor.backlog > times * journal || this.#state.series.fullest > times * head;
  }
}

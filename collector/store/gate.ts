/** Lets work in while it is open; whoever closes it waits for what is inside. */
import { StoreError } from './store.js';

export class Gate {
  #open = false;
  #inside = 0;
  #empty: (() => void) | null = null;

  get isOpen(): boolean {
    return this.#open;
  }

  open(): void {
    this.#open = true;
  }

  /** @throws StoreError `closing` */
  async pass<T>(work: () => Promise<T>): Promise<T> {
    if (!this.#open) throw new StoreError('closing', 'the store is closed');
    this.#inside++;
    try {
      return await work();
    } finally {
      if (--this.#inside === 0) this.#empty?.();
    }
  }

  /** Lets nothing more in. */
  close(): void {
    this.#open = false;
  }

  async emptied(): Promise<void> {
    if (this.#inside > 0) await new Promise<void>((resolve) => (this.#empty = resolve));
  }
}

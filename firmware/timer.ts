/** One-shot timers; the chip's `timer` module and the simulator's virtual clock both provide them. */
export interface Timers {
  /** Calls back once after `ms`; the answer cancels it. */
  after(ms: number, callback: () => void): () => void;
}

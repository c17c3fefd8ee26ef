/**
 * When the journal's next group may be written: not sooner than the commit delay after the group before. An
 * acknowledgement waits for its sync all the same: a delay trades latency for fewer writes to a card that wears out.
 */

export class Pace {
  readonly #delayMs: number;
  #last = Number.NEGATIVE_INFINITY;
  #hurried = false;
  #wake: (() => void) | null = null;

  constructor(delayMs: number) {
    this.#delayMs = delayMs;
  }

  /** Waits until the next group may be written. */
  async turn(): Promise<void> {
    const left = this.#last + this.#delayMs - performance.now();
    if (left > 0 && !this.#hurried) await this.#wait(left);
    this.#last = performance.now();
  }

  /** Ends the wait there is, and spares all others. */
  hurry(): void {
    this.#hurried = true;
    this.#wake?.();
  }

  async #wait(ms: number): Promise<void> {
    let timer: NodeJS.Timeout;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      timer = setTimeout(resolve, ms);
    }).finally(() => clearTimeout(timer));
    this.#wake = null;
  }
}

/** Acknowledgements leave in the order of the messages, whichever is done first [MQTT-4.6.0-2]. */
export class Sequence {
  #last: Promise<void> = Promise.resolve();

  /** The result of `work`, which begins at once, but comes after that of everything before it. */
  inOrder<T>(work: () => Promise<T>): Promise<T> {
    const mine = work();
    const ordered = this.#last.then(() => mine);
    // a failure is the caller's; what comes later only waits for it
    this.#last = ordered.then(nothing, nothing);
    mine.catch(nothing);
    return ordered;
  }
}

function nothing(): void {}

/** What clients have kept by the broker, all together: it stays in memory until the collector ends. */
const TOPICS_MAX = 10_000;
const BYTES_MAX = 16 * 1024 * 1024;

/** Beside the payload each costs about as much. */
const OVERHEAD = 256;

/** Counts what is retained for clients. */
export class Retained {
  readonly #sizes = new Map<string, number>();
  #bytes = 0;

  /** Room for a message on a topic, in place of the one before; an empty one only removes that. False: there is none. */
  make(topic: string, length: number): boolean {
    const before = this.#sizes.get(topic) ?? 0;
    const size = length === 0 ? 0 : length + topic.length + OVERHEAD;
    const fits = this.#bytes - before + size <= BYTES_MAX && (before > 0 || this.#sizes.size < TOPICS_MAX);
    if (size > 0 && !fits) return false;
    this.#bytes += size - before;
    if (size > 0) this.#sizes.set(topic, size);
    else this.#sizes.delete(topic);
    return true;
  }
}

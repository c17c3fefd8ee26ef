/** What was loaded, by name, as much as fits in so many bytes; what was used longest ago goes first. */
export class Cache<T> {
  readonly #budget: number;
  readonly #sizeOf: (value: T) => number;
  /** the one used longest ago first */
  readonly #entries = new Map<string, Entry<T>>();
  #bytes = 0;

  /** `sizeOf`: bytes of memory, roughly. */
  constructor(budget: number, sizeOf: (value: T) => number) {
    this.#budget = budget;
    this.#sizeOf = sizeOf;
  }

  /** The value of this name, loaded when it isn't there, once for all that ask meanwhile. */
  get(name: string, load: () => Promise<T>): Promise<T> {
    const known = this.#entries.get(name);
    if (known !== undefined) {
      this.#entries.delete(name);
      this.#entries.set(name, known);
      return known.value;
    }
    const entry: Entry<T> = { value: load(), bytes: 0 };
    this.#entries.set(name, entry);
    entry.value.then(
      (value) => this.#account(name, entry, this.#sizeOf(value)),
      () => this.#remove(name, entry),
    );
    return entry.value;
  }

  forget(name: string): void {
    const entry = this.#entries.get(name);
    if (entry !== undefined) this.#remove(name, entry);
  }

  clear(): void {
    this.#entries.clear();
    this.#bytes = 0;
  }

  #account(name: string, entry: Entry<T>, bytes: number): void {
    if (this.#entries.get(name) !== entry) return;
    entry.bytes = bytes;
    this.#bytes += bytes;
    for (const [oldest, one] of this.#entries) {
      if (this.#bytes <= this.#budget) break;
      // still being loaded: nothing to be had from it
      if (one.bytes > 0) this.#remove(oldest, one);
    }
  }

  #remove(name: string, entry: Entry<T>): void {
    if (this.#entries.get(name) !== entry) return;
    this.#entries.delete(name);
    this.#bytes -= entry.bytes;
  }
}

interface Entry<T> {
  value: Promise<T>;
  bytes: number;
}

/** What the log is told of, and the last of it for `health()`. */
const KEPT = 20;

export class Notes {
  readonly #log: (text: string) => void;
  readonly #last: string[] = [];

  constructor(log: (text: string) => void) {
    this.#log = log;
  }

  get last(): string[] {
    return [...this.#last];
  }

  add(text: string): void {
    this.#log(text);
    if (this.#last.at(-1) !== text) this.#last.push(text);
    if (this.#last.length > KEPT) this.#last.shift();
  }
}

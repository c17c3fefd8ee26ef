import type { Handler, Message } from './bus.js';
import { matches } from './topic-filter.js';

/** Who wants to be told of which topics. */
export class Handlers {
  readonly #all: { filter: string; handler: Handler }[] = [];

  add(filter: string, handler: Handler): void {
    this.#all.push({ filter, handler });
  }

  get filters(): string[] {
    return this.#all.map(({ filter }) => filter);
  }

  /** Through when every one that wants the message is. @throws what the first that can't take it throws */
  async call(message: Message): Promise<void> {
    const wanted = this.#all.filter(({ filter }) => matches(filter, message.topic));
    if (wanted.length === 1) return wanted[0]!.handler(message);
    await Promise.all(wanted.map(({ handler }) => handler(message)));
  }
}

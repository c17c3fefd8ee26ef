/** Messages on their way: each target gets them in order, again and again until it takes them. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../log.js';
import type { Message } from './message.js';
import type { Target } from './target.js';

/** A message to one target. */
export interface Letter {
  to: string;
  message: Message;
}

export interface Retry {
  /** after a first failure; doubled with each */
  firstMs: number;
  longestMs: number;
}

export const RETRY: Retry = Object.freeze({ firstMs: 5000, longestMs: 600_000 });

/** Letters kept at most, the newest; one that waited this long is given up. */
const LETTERS_MAX = 1000;
const GIVEN_UP_MS = 3 * 86_400_000;

export class Outbox {
  readonly #targets: readonly Target[];
  readonly #log: Log;
  readonly #retry: Retry;
  /** told after each letter that went, so that it isn't sent again after a restart */
  readonly #sent: () => void;
  readonly #busy = new Map<Target, Promise<void>>();
  readonly #closing = new AbortController();
  #letters: Letter[] = [];

  constructor(targets: readonly Target[], log: Log, sent: () => void, retry: Retry = RETRY) {
    this.#targets = targets;
    this.#log = log;
    this.#sent = sent;
    this.#retry = retry;
  }

  get letters(): readonly Letter[] {
    return this.#letters;
  }

  /** Takes up letters from before a restart. */
  open(letters: Letter[]): void {
    this.#letters = letters.filter(({ to }) => this.#targets.some(({ name }) => name === to));
    this.deliver();
  }

  /** Waits for what is just being sent; the rest stays among the letters. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#busy.values());
  }

  /** To every target; nothing is sent before `deliver`. */
  add(message: Message): void {
    this.#letters.push(...this.#targets.map(({ name }) => ({ to: name, message })));
    const tooMany = this.#letters.length - LETTERS_MAX;
    if (tooMany <= 0) return;
    this.#letters.splice(0, tooMany);
    this.#log.warn({ letters: tooMany }, 'alarms were not sent: too many are waiting');
  }

  deliver(): void {
    for (const target of this.#targets)
      if (!this.#busy.has(target))
        this.#busy.set(
          target,
          this.#deliverTo(target).finally(() => this.#busy.delete(target)),
        );
  }

  async #deliverTo(target: Target): Promise<void> {
    const { signal } = this.#closing;
    let delay = this.#retry.firstMs;
    for (;;) {
      const letter = this.#letters.find(({ to }) => to === target.name);
      if (letter === undefined || signal.aborted) return;
      try {
        await target.send(letter.message);
      } catch (error) {
        if (Date.now() - letter.message.time < GIVEN_UP_MS) {
          this.#log.warn({ target: target.name }, `an alarm was not sent, and will be again: ${reasonOf(error)}`);
          await sleep(delay, undefined, { signal }).catch(() => undefined);
          delay = Math.min(2 * delay, this.#retry.longestMs);
          continue;
        }
        this.#log.error({ target: target.name }, `an alarm was given up: ${letter.message.text}`);
      }
      delay = this.#retry.firstMs;
      // it may have gone already, to make room
      this.#letters = this.#letters.filter((kept) => kept !== letter);
      this.#sent();
    }
  }
}

/** fetch says "fetch failed" and keeps the reason to itself. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? cause.message || String((cause as NodeJS.ErrnoException).code) : message;
}

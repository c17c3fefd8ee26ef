/** The token that lets the reader write: asked for once, kept until the tab is closed. */
import { ApiError } from '../data/api.js';
import { part } from '../element.js';
import { Modal } from './modal.js';

const KEY = 'thermowell.token';

export class Token {
  readonly #modal = new Modal('token');
  readonly #input = part('token-input', HTMLInputElement);

  open(): void {
    this.#modal.open();
  }

  /**
   * Does something with the token. Where the collector refuses it, the reader may give another one.
   * @returns false when the reader gave none @throws ApiError for every other refusal
   */
  async use(action: (token: string) => Promise<void>): Promise<boolean> {
    const kept = sessionStorage.getItem(KEY);
    if (kept !== null) {
      try {
        await action(kept);
        return true;
      } catch (error) {
        if (!isRefusal(error)) throw error;
        sessionStorage.removeItem(KEY);
      }
    }
    return this.#ask(action);
  }

  #ask(action: (token: string) => Promise<void>): Promise<boolean> {
    this.#input.value = '';
    return this.#modal.ask(async () => {
      const token = this.#input.value.trim();
      await action(token);
      sessionStorage.setItem(KEY, token);
      return true;
    });
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 401 || error.status === 403);
}

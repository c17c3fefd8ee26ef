/** Questions to a person at the terminal. Asked on stderr, so that stdout stays the result. */
import type { Readable } from 'node:stream';
import { ToolError } from './exit.js';

/** Where questions can be asked. */
export interface Terminal {
  input: Readable & { isTTY?: boolean };
  output: NodeJS.WriteStream;
}

export class Prompt {
  readonly #terminal: Terminal;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** Whether there is somebody to ask. */
  get possible(): boolean {
    return this.#terminal.input.isTTY === true && this.#terminal.output.isTTY;
  }

  confirm(message: string): Promise<boolean> {
    return this.#ask(({ confirm }) => confirm({ message, default: false }, this.#context));
  }

  text(
    message: string,
    options: { default?: string; validate?: (text: string) => true | string } = {},
  ): Promise<string> {
    return this.#ask(({ input }) => input({ message, ...options }, this.#context));
  }

  /** Shown as nothing while it is typed. */
  secret(message: string): Promise<string> {
    return this.#ask(({ password }) => password({ message, mask: '·' }, this.#context));
  }

  choice<T extends string>(message: string, choices: { value: T; name: string }[]): Promise<T> {
    return this.#ask(({ select }) => select<T>({ message, choices }, this.#context));
  }

  get #context(): { input: NodeJS.ReadableStream; output: NodeJS.WritableStream } {
    return this.#terminal;
  }

  async #ask<T>(question: (prompts: typeof import('@inquirer/prompts')) => Promise<T>): Promise<T> {
    try {
      return await question(await import('@inquirer/prompts'));
    } catch (error) {
      // Ctrl-C, or the terminal went away
      if (error instanceof Error && error.name === 'ExitPromptError') throw new ToolError('failure', 'interrupted');
      throw error;
    }
  }
}

/** Asks before something is done that nothing undoes. @throws ToolError where there is nobody to ask */
export async function confirmed(question: string, doing: string): Promise<boolean> {
  const prompt = new Prompt({ input: process.stdin, output: process.stderr });
  if (prompt.possible) return prompt.confirm(question);
  throw new ToolError('usage', `${doing} wants a confirmation, and there is no terminal to ask on`, {
    hint: 'Give --yes.',
  });
}

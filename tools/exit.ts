/** How a command can end: the one table of exit codes, which `--help` prints as it stands. */
export const EXITS = {
  ok: { code: 0, means: 'done' },
  failure: { code: 1, means: 'it failed, or a check found something wrong' },
  usage: { code: 2, means: 'the command line is wrong' },
  unreachable: { code: 3, means: 'the collector cannot be reached' },
  denied: { code: 4, means: 'the collector refused: no token, an unknown one, or not the owner' },
  missing: { code: 5, means: 'no such series, device, token or batch' },
  folder: { code: 6, means: 'the data folder is in use by another process, or damaged' },
} as const;

export type Exit = keyof typeof EXITS;

/** An end that the user can do something about; `hint` says what. Anything else thrown is a fault of ours. */
export class ToolError extends Error {
  readonly exit: Exit;
  readonly hint: string | undefined;

  constructor(exit: Exit, message: string, options: ErrorOptions & { hint?: string } = {}) {
    super(message, options);
    this.name = 'ToolError';
    this.exit = exit;
    this.hint = options.hint;
  }
}

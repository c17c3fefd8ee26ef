import { Command, oneOf } from '../command.js';
import { completionScript, SHELLS, type CompletionNode, type Shell } from '../completion.js';
import type { Output } from '../output.js';

/** `thermowell completion <shell>`; `program` gives the whole tree of commands. */
export function completion(output: Output, program: () => Promise<Command>): Command {
  return new Command('completion', output)
    .argument('<shell>', SHELLS.join(', '), oneOf(SHELLS))
    .examples(
      ['completion bash > ~/.local/share/bash-completion/completions/thermowell', 'for bash, once and for all'],
      ['completion zsh > "${fpath[1]}/_thermowell"', 'for zsh'],
      ['completion fish > ~/.config/fish/completions/thermowell.fish', 'for fish'],
    )
    .action(async (shell: Shell) => output.write(completionScript(shell, nodeOf(await program()))));
}

/** What commander tells of a command. */
interface Tree {
  name(): string;
  summary(): string;
  description(): string;
  readonly commands: readonly Tree[];
  readonly options: readonly { long?: string | null; description: string }[];
}

function nodeOf(command: Tree): CompletionNode {
  const options = command.options.flatMap(({ long, description }) =>
    long === undefined || long === null ? [] : [{ name: long, does: description }],
  );
  return {
    name: command.name(),
    does: command.summary() || command.description(),
    commands: command.commands.map(nodeOf),
    options: [...options, { name: '--help', does: 'display help for command' }],
  };
}

/** Completion scripts for shells, made of the tree of commands itself. */

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

export interface Word {
  name: string;
  does: string;
}

/** A command as a shell sees it. */
export interface CompletionNode extends Word {
  commands: CompletionNode[];
  /** long names, with their dashes */
  options: Word[];
}

/** The script for a shell, of the program and all that is below it. */
export function completionScript(shell: Shell, program: CompletionNode): string {
  return { bash, zsh, fish }[shell](program);
}

/** Every command with the words that lead to it. */
function* paths(node: CompletionNode, path: string[] = []): Generator<{ path: string[]; node: CompletionNode }> {
  yield { path, node };
  for (const command of node.commands) yield* paths(command, [...path, command.name]);
}

/** The words before the cursor that are commands, one after the other: the same in bash and zsh. */
function walk(program: CompletionNode): string {
  const known = [...paths(program)].filter(({ path }) => path.length > 0).map(({ path }) => `"${path.join(' ')}"`);
  return `    case "\${way:+$way }$word" in
      ${known.join('|')}) way="\${way:+$way }$word" ;;
    esac`;
}

function bash(program: CompletionNode): string {
  const cases = [...paths(program)].map(({ path, node }) => {
    const commands = node.commands.map(({ name }) => name).join(' ');
    const options = node.options.map(({ name }) => name).join(' ');
    return `    "${path.join(' ')}") commands="${commands}"; options="${options}" ;;`;
  });
  return `# thermowell completion bash > ~/.local/share/bash-completion/completions/thermowell
_thermowell() {
  local current="\${COMP_WORDS[COMP_CWORD]}" way="" word commands options
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
${walk(program)}
  done
  case "$way" in
${cases.join('\n')}
  esac
  if [[ "$current" == -* ]]; then COMPREPLY=($(compgen -W "$options" -- "$current"))
  else COMPREPLY=($(compgen -W "$commands" -- "$current")); fi
}
complete -o default -F _thermowell thermowell
`;
}

// `path`, `commands` and `options` are zsh's own
function zsh(program: CompletionNode): string {
  const cases = [...paths(program)].map(
    ({ path, node }) =>
      `    "${path.join(' ')}") below=(${described(node.commands)}); flags=(${described(node.options)}) ;;`,
  );
  return `#compdef thermowell
# thermowell completion zsh > "\${fpath[1]}/_thermowell"
_thermowell() {
  local way="" word
  local -a below flags
  for word in "\${(@)words[2,CURRENT-1]}"; do
${walk(program)}
  done
  case "$way" in
${cases.join('\n')}
  esac
  if [[ "$PREFIX" == -* ]]; then _describe option flags
  elif (( \${#below} )); then _describe command below
  else _files; fi
}
# loaded by its name, or sourced
if [[ "\${funcstack[1]}" == _thermowell ]]; then _thermowell "$@"; else compdef _thermowell thermowell; fi
`;
}

function fish(program: CompletionNode): string {
  const lines = ['# thermowell completion fish > ~/.config/fish/completions/thermowell.fish'];
  for (const { path, node } of paths(program)) {
    const below = node.commands.map(({ name }) => name).join(' ');
    const seen = path.map((name) => `__fish_seen_subcommand_from ${name}`);
    // "token list" is no "list"
    const others = program.commands.filter(({ commands }) => commands.some(({ name }) => name === path[0]));
    if (path.length === 1 && others.length > 0)
      seen.push(`not __fish_seen_subcommand_from ${others.map(({ name }) => name).join(' ')}`);
    const none = below === '' ? [] : [`not __fish_seen_subcommand_from ${below}`];
    const when = (conditions: string[]) => (conditions.length === 0 ? '' : ` -n ${quoted(conditions.join('; and '))}`);
    for (const { name, does } of node.commands)
      lines.push(`complete -c thermowell -f${when([...seen, ...none])} -a ${name} -d ${quoted(does)}`);
    for (const { name, does } of node.options)
      lines.push(`complete -c thermowell${when([...seen, ...none])} -l ${name.slice(2)} -d ${quoted(does)}`);
  }
  return `${lines.join('\n')}\n`;
}

/** As `_describe` takes words. */
function described(words: Word[]): string {
  return words.map(({ name, does }) => quoted(`${name.replaceAll(':', String.raw`\:`)}:${does}`)).join(' ');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

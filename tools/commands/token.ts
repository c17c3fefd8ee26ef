import { readFile } from 'node:fs/promises';
import { loadConfig } from '../../collector/config.js';
import type { Flags } from '../../collector/options.js';
import {
  HASHED,
  hashToken,
  newToken,
  parseFile,
  parseUsers,
  writeUsers,
  type UserEntry,
} from '../../collector/users.js';
import { Command, deviceIds, userName } from '../command.js';
import { ToolError } from '../exit.js';
import type { Output } from '../output.js';
import type { Heading } from '../table.js';
import { printable } from '../text.js';

type UsersFile = Record<string, UserEntry>;
type Where = Pick<Flags, 'data' | 'users'>;

const HEADINGS: Heading[] = [
  { title: 'name', shrinkTo: 8 },
  { title: 'id', align: 'right' },
  { title: 'token' },
  { title: 'devices', shrinkTo: 8 },
];

/** How much of a token `list` shows: enough to know it by, too little to guess the rest. */
const SHOWN = 6;
const SHOWN_OF_HASH = HASHED.length + 8;

/** `thermowell token add|list|remove`: the users file, which a running collector reads again when it changes. */
export function token(output: Output): Command {
  return new Command('token', output).addCommand(add(output)).addCommand(list(output)).addCommand(remove(output));
}

function add(output: Output): Command {
  return inUsersFile(new Command('add', output))
    .description('Make a token for a user, known by name or new, and print it')
    .argument('<name>', 'the user: the tokens of one name share what they own', userName)
    .option('--device <id>', 'bind the token to this device; may be repeated', deviceIds)
    .option('--hash', "keep only the token's hash in the file")
    .option('--json', 'the token, its user and the file as JSON')
    .examples(
      ['token add Robin', 'print a new token'],
      ['token add shed --device 24:6f:28:aa:bb:cc --hash', 'one device'],
    )
    .action(async (name: string, options: Where & { device?: string[]; hash?: true; json?: true }) => {
      const file = usersFile(options);
      const users = await readUsers(file);
      const entry: UserEntry = { name, id: idOf(name, users) };
      if (options.device !== undefined) entry.devices = options.device;
      const token = newToken();
      await writeUsers(file, { ...users, [options.hash ? HASHED + hashToken(token) : token]: entry });
      if (options.json) return output.json({ token, ...entry, file });
      output.say(`A token for ${printable(name)} (user ${entry.id}) is now in ${file}:`);
      await output.line(token);
    });
}

function list(output: Output): Command {
  return inUsersFile(new Command('list', output))
    .description('List who has tokens; of each token only the beginning')
    .option('--json', 'as JSON')
    .examples(['token list --data /var/lib/thermowell', 'of the collector with that data folder'])
    .action(async (options: Where & { json?: true }) => {
      const file = usersFile(options);
      const users = Object.entries(await readUsers(file));
      if (options.json) return output.json(users.map(([key, user]) => ({ ...user, token: shown(key) })));
      if (users.length === 0) return output.say(`No tokens in ${file} yet: "thermowell token add <name>" makes one.`);
      const rows = users.map(([key, { name, id, devices }]) => [name, id, shown(key), devices?.join(' ') ?? 'any']);
      await output.table(
        HEADINGS,
        rows.map((row) => row.map((cell) => printable(String(cell)))),
      );
    });
}

function remove(output: Output): Command {
  return inUsersFile(new Command('remove', output))
    .description('Remove a token; what its user made stays')
    .argument('<token>', 'the token, its beginning as the list shows it, or the name of a user who has only one')
    .option('--json', 'whose it was as JSON')
    .examples(['token remove 3f9a17', 'by its beginning'], ['token remove Robin', 'by the name of its user'])
    .action(async (text: string, options: Where & { json?: true }) => {
      const file = usersFile(options);
      const users = await readUsers(file);
      const matches = matching(text, users);
      const [key] = matches;
      if (key === undefined) throw new ToolError('missing', `no token in ${file} matches "${text}"`);
      if (matches.length > 1)
        throw new ToolError('failure', `${matches.length} tokens match "${text}": ${matches.map(shown).join(', ')}`);
      await writeUsers(file, Object.fromEntries(Object.entries(users).filter(([other]) => other !== key)));
      if (options.json) return output.json({ ...users[key], token: shown(key), file });
      output.say(`Removed the token ${shown(key)} of ${printable(users[key]!.name)} from ${file}.`);
    });
}

function inUsersFile(command: Command): Command {
  return command
    .option('--users <file>', 'the users file (default: users.json in the data folder, env: THERMOWELL_USERS)')
    .option('--data <folder>', 'the data folder (default: data, env: THERMOWELL_DATA)');
}

/** The same file that a collector started with these flags would read. */
function usersFile({ data, users }: Where): string {
  return loadConfig({ ...(data !== undefined && { data }), ...(users !== undefined && { users }) }).users;
}

async function readUsers(file: string): Promise<UsersFile> {
  try {
    const text = await readFile(file, 'utf8');
    parseUsers(text);
    return parseFile(text) as UsersFile;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    // where the system keeps it, there is nothing to mend in it
    const hint = 'syscall' in (error as Error) ? {} : { hint: 'Mend it by hand, or move it away: it was not changed.' };
    // a syntax error quotes what surrounds it, and that may be a token
    const what = error instanceof SyntaxError ? 'it is not valid JSON' : (error as Error).message;
    throw new ToolError('failure', `cannot read the users file ${file}: ${what}`, hint);
  }
}

function idOf(name: string, users: UsersFile): UserEntry['id'] {
  const entries = Object.values(users);
  const known = entries.find((entry) => entry.name === name);
  return known?.id ?? 1 + entries.reduce((most, { id }) => (typeof id === 'number' ? Math.max(most, id) : most), 0);
}

function shown(key: string): string {
  return `${key.slice(0, key.startsWith(HASHED) ? SHOWN_OF_HASH : Math.min(SHOWN, key.length / 3))}…`;
}

function matching(text: string, users: UsersFile): string[] {
  const keys = Object.keys(users);
  const exact = keys.filter((key) => key === text || key === HASHED + hashToken(text));
  if (exact.length > 0) return exact;
  const beginning = text.replace(/…$/, '');
  return keys.filter((key) => users[key]!.name === text || (beginning !== '' && key.startsWith(beginning)));
}

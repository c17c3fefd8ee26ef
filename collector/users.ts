/**
 * The users file, in timeseries-api's shape (protocol.md §2 "Who may write"):
 *
 *     { "<token>": { "name": "Robin", "id": 1, "devices": ["24:6f:28:aa:bb:cc"] } }
 *
 * A key may be `sha256:<hex of the token's hash>`, so that the file holds no secret.
 */
import { hash, randomBytes } from 'node:crypto';
import { open, rename } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { isObject } from '../firmware/protocol/json.js';
import { makeFolders } from './store/folders.js';
import type { UserId } from './store/store.js';

export const HASHED = 'sha256:';

export interface User {
  id: UserId;
  name: string;
  /** the only devices this token may write as; null: any */
  devices: ReadonlySet<string> | null;
}

/** One line of the file. */
export interface UserEntry {
  name: string;
  id: UserId;
  devices?: string[];
}

export function hashToken(token: string): string {
  return hash('sha256', token, 'hex');
}

/** 144 random bits, in letters that survive any shell, URL and keyboard, and that no command takes for a flag. */
export function newToken(): string {
  return randomBytes(18).toString('hex');
}

/** The text of a users file → the hash of each token → its user. @throws Error that names the entry */
export function parseUsers(text: string): Map<string, User> {
  const file = parsed(text);
  if (!isObject(file)) throw new Error('it must be a JSON object of token to user');
  const users = new Map<string, User>();
  for (const [index, [key, entry]] of Object.entries(file).entries()) {
    // the key may be a secret, so an error counts entries instead of quoting it
    const where = `entry ${index + 1}`;
    if (!isObject(entry)) throw new Error(`${where} must be an object`);
    const { name, id, devices } = entry;
    if (typeof name !== 'string') throw new Error(`the name of ${where} must be a string`);
    if (typeof id !== 'string' && !Number.isSafeInteger(id))
      throw new Error(`the id of ${where} must be an integer or a string`);
    if (devices !== undefined && !(Array.isArray(devices) && devices.every((device) => typeof device === 'string')))
      throw new Error(`the devices of ${where} must be an array of strings`);
    const user = { id: id as UserId, name, devices: devices === undefined ? null : new Set(devices) };
    users.set(hashOfKey(key, where), user);
  }
  return users;
}

/** The same users in a file that holds no secret: each token by its hash. @throws Error as `parseUsers` */
export function withoutSecrets(text: string): string {
  parseUsers(text);
  const users = Object.entries(parseFile(text) as Record<string, UserEntry>);
  const hashed = users.map(([key, user]) => [key.startsWith(HASHED) ? key : HASHED + hashToken(key), user]);
  return `${JSON.stringify(Object.fromEntries(hashed), null, 2)}\n`;
}

/** The file as it stands, whatever it holds; some editors begin it with a byte order mark. @throws SyntaxError */
export function parseFile(text: string): unknown {
  return JSON.parse(text.replace(/^\ufeff/, ''));
}

/** The parser's own message would quote the file, and so a secret. */
function parsed(text: string): unknown {
  let where = '';
  try {
    return parseFile(text);
  } catch (error) {
    const [, position] = /at position (\d+)/.exec((error as Error).message) ?? [];
    if (position !== undefined) where = `, line ${text.slice(0, Number(position)).split('\n').length}`;
  }
  throw new Error(`it is not valid JSON${where}`);
}

function hashOfKey(key: string, where: string): string {
  if (!key.startsWith(HASHED)) return hashToken(key);
  const hex = key.slice(HASHED.length).toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(hex)) throw new Error(`${where} must have 64 hex digits after ${HASHED}`);
  return hex;
}

/** Replaces the file as a whole, readable by its owner only: temporary file, fsync, rename. */
export async function writeUsers(file: string, users: Record<string, UserEntry>): Promise<void> {
  await makeFolders(dirname(resolve(file)));
  const temporary = `${file}.${process.pid}.tmp`;
  const handle = await open(temporary, 'w', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify(users, null, 2)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
}

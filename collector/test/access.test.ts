import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { Access, mayWriteAs, mayWriteTo } from '../access.js';
import { headerToken } from '../http/authorization.js';
import type { Series } from '../store/store.js';
import { hashToken, newToken } from '../users.js';
import { temporaryFolder } from './running.js';

const ROBIN = { name: 'Robin', id: 1 };

let file: string;
let log: string[];
const write = (users: unknown) => writeFile(file, typeof users === 'string' ? users : JSON.stringify(users));

const line = (_about: object, message: string) => void log.push(message);

function open(): Access {
  const access = new Access(file, { info: line, warn: line, error: line });
  access.open();
  return access;
}

beforeEach(async () => {
  file = join(await temporaryFolder(), 'users.json');
  log = [];
});

test('a token is its user; any other token nobody', async () => {
  await write({ secret: ROBIN });
  const access = open();
  expect(access.user('secret')).toMatchObject({ id: 1, name: 'Robin', devices: null });
  for (const other of ['', 'Secret', 'secret ', '__proto__', 'constructor', 'toString']) {
    expect(access.user(other)).toBeUndefined();
  }
});

test('a byte order mark at the beginning of the file is no part of it', async () => {
  await write(`\ufeff${JSON.stringify({ secret: ROBIN })}`);
  expect(open().user('secret')).toMatchObject(ROBIN);
});

test('a hashed key holds no secret: the token is known, the key itself is not', async () => {
  const key = `sha256:${hashToken('secret')}`;
  await write({ [key]: ROBIN, 'sha256:': ROBIN }).then(() => expect(open).toThrow(/64 hex digits/));
  await write({ [key.toUpperCase().replace('SHA256', 'sha256')]: ROBIN });
  const access = open();
  expect(access.user('secret')).toMatchObject(ROBIN);
  expect(access.user(key)).toBeUndefined();
});

test('several tokens may be one user', async () => {
  await write({ old: ROBIN, new: ROBIN });
  const access = open();
  expect(access.user('old')!.id).toBe(access.user('new')!.id);
  expect(access.nameOf(1)).toBe('Robin');
  expect(access.nameOf(2)).toBeUndefined();
});

describe('the file is read again', () => {
  test('when it is written over', async () => {
    await write({ first: ROBIN });
    const access = open();
    await write({ second: ROBIN });
    expect(access.user('second')).toBeDefined();
    expect(access.user('first')).toBeUndefined();
  });

  test('when an editor replaces it by renaming', async () => {
    await write({ first: ROBIN });
    const access = open();
    await writeFile(`${file}~`, JSON.stringify({ other: ROBIN }));
    await rename(`${file}~`, file);
    expect(access.user('other')).toBeDefined();
  });

  test('but the last good one stays in force while it is broken or missing', async () => {
    await write({ first: ROBIN });
    const access = open();
    await write('{"first-secret": ');
    expect(access.trouble()).toMatch(/users\.json.*not valid JSON/);
    expect(access.user('first')).toBeDefined();
    await rm(file);
    expect(access.trouble()).toMatch(/ENOENT/);
    expect(access.user('first')).toBeDefined();
    await write({ second: ROBIN });
    expect(access.trouble()).toBeNull();
    expect(access.user('second')).toBeDefined();
    expect(log).toHaveLength(3);
    expect(log.join()).not.toContain('secret');
  });
});

test.each([
  ['', 'not valid JSON'],
  ['[]', 'JSON object'],
  ['{"a-secret": 1}', 'entry 1 must be an object'],
  ['{"a-secret": {"id": 1}}', 'name of entry 1'],
  ['{"a-secret": {"name": "x"}}', 'id of entry 1'],
  ['{"a-secret": {"name": "x", "id": 1.5}}', 'id of entry 1'],
  ['{"ok": {"name": "x", "id": 1}, "a-secret": {"name": "x", "id": 1, "devices": "y"}}', 'devices of entry 2'],
])('open() refuses %s, without showing a secret', async (text, reason) => {
  await write(text);
  expect(open).toThrow(reason);
  expect(open).toThrow(file);
  expect(open).not.toThrow('a-secret');
});

test('a user writes to their own series, with a bound token as its devices only', () => {
  const series = { user: 1, device_id: 'a' } as Series;
  const user = { ...ROBIN, devices: null };
  expect(() => mayWriteTo(user, series)).not.toThrow();
  expect(() => mayWriteTo({ ...user, id: 2 }, series)).toThrow('Permission denied');
  expect(() => mayWriteTo({ ...user, id: '1' }, series)).toThrow('Permission denied');
  const bound = { ...user, devices: new Set(['b']) };
  expect(() => mayWriteTo(bound, series)).toThrow('Permission denied');
  expect(() => mayWriteAs(bound, 'b')).not.toThrow();
});

test.each([
  ['Bearer abc', 'abc'],
  ['bearer  abc ', 'abc'],
  ['Token abc', 'abc'],
  [`Basic ${Buffer.from('anyone:a:b').toString('base64')}`, 'a:b'],
  ['Bearer', undefined],
  ['Digest abc', undefined],
  ['', undefined],
  [undefined, undefined],
])('headerToken() of %j is %j', (header, token) => {
  expect(headerToken(header)).toBe(token);
});

test('new tokens are long and differ', () => {
  const tokens = new Set(Array.from({ length: 100 }, newToken));
  expect(tokens.size).toBe(100);
  for (const token of tokens) expect(token).toMatch(/^[0-9a-f]{36}$/);
});

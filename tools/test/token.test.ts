import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseUsers } from '../../collector/users.js';
import { thermowell } from './thermowell.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'thermowell-token-'));
});
afterEach(() => rm(folder, { recursive: true }));

const token = (...args: string[]) => thermowell(['token', ...args], { cwd: folder });
const usersFile = () => readFile(join(folder, 'data/users.json'), 'utf8');

describe('token add', () => {
  it('prints the token alone, and writes what the collector reads', async () => {
    const { code, stdout, stderr } = await token('add', 'Robin');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^[0-9a-f]{36}\n$/);
    expect(stderr).toBe('A token for Robin (user 1) is now in data/users.json:\n');
    expect(JSON.parse(await usersFile())).toEqual({ [stdout.trim()]: { name: 'Robin', id: 1 } });
  });

  it.each(['', '  '])('refuses the name "%s", and writes nothing', async (name) => {
    const { code, stderr } = await token('add', name);
    expect(code).toBe(2);
    expect(stderr).toContain('must not be empty');
    await expect(usersFile()).rejects.toThrow('ENOENT');
  });

  it("keeps a user's id for a second token and gives a new user the next one", async () => {
    for (const name of ['Robin', 'Kim', 'Robin']) await token('add', name);
    expect([...parseUsers(await usersFile()).values()].map(({ name, id }) => [name, id])).toEqual([
      ['Robin', 1],
      ['Kim', 2],
      ['Robin', 1],
    ]);
  });

  it('keeps only the hash with --hash, and binds to devices with --device', async () => {
    const { stdout } = await token('add', 'shed', '--hash', '--device', 'a:b', '--device', 'c');
    const text = await usersFile();
    expect(text).not.toContain(stdout.trim());
    expect(text).toMatch(/"sha256:[0-9a-f]{64}"/);
    expect([...parseUsers(text).values()][0]!.devices).toEqual(new Set(['a:b', 'c']));
  });

  it('leaves a file that only its owner can read', async () => {
    await token('add', 'Robin');
    await chmod(join(folder, 'data/users.json'), 0o644);
    await token('add', 'Kim');
    expect((await stat(join(folder, 'data/users.json'))).mode & 0o777).toBe(0o600);
  });

  it('refuses a device id that no device can have', async () => {
    const { code, stderr } = await token('add', 'Robin', '--device', 'a b');
    expect(code).toBe(2);
    expect(stderr).toContain('A device id is 1 to 64 of');
  });

  it('leaves a broken file alone, and quotes nothing of it', async () => {
    await token('add', 'Robin');
    const broken = (await usersFile()).slice(0, -3);
    await writeFile(join(folder, 'data/users.json'), broken);
    const { code, stderr } = await token('add', 'Kim');
    expect(code).toBe(1);
    expect(stderr).toContain('it is not valid JSON');
    expect(await usersFile()).toBe(broken);
  });

  it('says nothing of mending a file that cannot be read at all', async () => {
    await mkdir(join(folder, 'data/users.json'), { recursive: true });
    const { code, stderr } = await token('add', 'Kim');
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^thermowell: cannot read the users file data\/users.json: EISDIR: .*\n$/),
    ]);
  });

  it('uses the file that --users names, and THERMOWELL_DATA for its folder', async () => {
    await token('add', 'Robin', '--users', 'elsewhere.json');
    expect(await readFile(join(folder, 'elsewhere.json'), 'utf8')).toContain('Robin');
    await thermowell(['token', 'add', 'Kim'], { cwd: folder, env: { THERMOWELL_DATA: join(folder, 'kept') } });
    expect(await readFile(join(folder, 'kept/users.json'), 'utf8')).toContain('Kim');
  });
});

describe('token list', () => {
  it('shows who has tokens, and no token whole', async () => {
    const plain = (await token('add', 'Robin')).stdout.trim();
    await token('add', 'shed', '--hash', '--device', 'a:b');
    const { stdout } = await token('list');
    expect(stdout.replaceAll(/sha256:[0-9a-f]{8}/g, 'sha256:########').replace(plain.slice(0, 6), '######')).toBe(
      [
        'name   id  token             devices',
        'Robin   1  ######…           any',
        'shed    2  sha256:########…  a:b',
        '',
      ].join('\n'),
    );
    expect((await token('list', '--json')).stdout).not.toContain(plain);
  });

  it('says what to do when there is none', async () => {
    const { code, stdout, stderr } = await token('list');
    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toContain('thermowell token add');
  });
});

describe('token remove', () => {
  it.each(['whole', 'beginning', 'name'])('knows a token by its %s', async (by) => {
    const whole = (await token('add', 'Robin', ...(by === 'whole' ? ['--hash'] : []))).stdout.trim();
    await token('add', 'Kim');
    const text = { whole, beginning: `${whole.slice(0, 6)}…`, name: 'Robin' }[by]!;
    expect((await token('remove', '--', text)).code).toBe(0);
    expect([...parseUsers(await usersFile()).values()].map(({ name }) => name)).toEqual(['Kim']);
  });

  it('removes nothing when several match or none does', async () => {
    await token('add', 'Robin');
    await token('add', 'Robin');
    const before = await usersFile();
    expect((await token('remove', 'Robin')).code).toBe(1);
    expect((await token('remove', 'nobody')).code).toBe(5);
    expect(await usersFile()).toBe(before);
  });
});

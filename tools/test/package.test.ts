import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { VERSION } from '../../firmware/protocol/version.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

let folder: string;
let files: string[];
/** in the package as `npm install` unpacks it, with the packages it depends on */
let launcher: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'thermowell-package-'));
  await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: ROOT });
  const [tarball] = await readdir(folder);
  await run('tar', ['xzf', tarball!], { cwd: folder });
  files = await readdir(join(folder, 'package'), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(folder, 'package/node_modules'));
  launcher = join(folder, 'package/tools/thermowell');
});
afterAll(() => rm(folder, { recursive: true }));

it('has every command', async () => {
  const { stdout } = await run(launcher, ['--help']);
  const commands = [...stdout.matchAll(/^ {2}([a-z]+) {2}/gm)].map(([, name]) => name!);
  expect(commands).toContain('serve');
  for (const command of commands) await run(launcher, [command, '--help']);
  expect((await run(launcher, ['--version'])).stdout).toBe(`${VERSION}\n`);
});

it('has the collector and its page, and no tests', async () => {
  expect(files.filter((file) => /(?:^|\/)test(?:\/|$)/.test(file))).toEqual([]);
  const args = ['serve', '--host', '127.0.0.1', '--port', '0', '--no-mqtt', '--data', join(folder, 'data')];
  const child = spawn(launcher, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  try {
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    while (!/http:\/\/[\w.:]+/.test(said)) await once(child.stderr, 'data');
    const [url] = /http:\/\/[\w.:]+/.exec(said)!;
    const page = await (await fetch(url)).text();
    const linked = [...page.matchAll(/(?:src|href)="(page\/[^"]+)"/g)].map(([, path]) => path!);
    expect(linked.length).toBeGreaterThan(3);
    for (const path of linked) expect([path, (await fetch(new URL(path, `${url}/`))).status]).toEqual([path, 200]);
  } finally {
    const ended = once(child, 'close');
    child.kill();
    await ended;
  }
});

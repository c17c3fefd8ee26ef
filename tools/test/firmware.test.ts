import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TestCollector, TOKEN } from './collector.js';
import { thermowell } from './thermowell.js';

let collector: TestCollector;
let folder: string;
let file: string;
const run = (...args: string[]) =>
  thermowell(['firmware', ...args], { env: { THERMOWELL_TOKEN: TOKEN, THERMOWELL_URL: collector.url } });

beforeEach(async () => {
  collector = await TestCollector.open();
  folder = await mkdtemp(join(tmpdir(), 'thermowell-'));
  file = join(folder, 'xs_esp32.bin');
  const image = Buffer.alloc(2000, 1);
  image[0] = 0xe9;
  image.writeUInt16LE(5, 12);
  await writeFile(file, image);
});
afterEach(async () => {
  await collector.close();
  await rm(folder, { recursive: true });
});

test('firmware add offers an image, list shows it, remove deletes it', async () => {
  const added = await run('add', file, '7.1.0');
  expect(added.stderr).toContain('Devices with an esp32c3 that run less than 7.1.0');
  const name = added.stdout.trim();
  const { stdout } = await run('list');
  for (const part of [name, 'esp32c3', '7.1.0', '2,000']) expect(stdout).toContain(part);
  expect(JSON.parse((await run('list', '--json')).stdout)).toMatchObject([{ name, platform: 'esp32c3' }]);
  expect(await run('remove', name)).toMatchObject({ code: 0, stderr: `Deleted ${name}.\n` });
  expect(JSON.parse((await run('list', '--json')).stdout)).toEqual([]);
  expect(await run('list')).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining('No images yet') });
});

test('what is wrong is said: no file, no version, no image, no such name', async () => {
  const readme = join(folder, 'README.md');
  await writeFile(readme, '# hello');
  for (const [args, code, said] of [
    [['add', join(folder, 'missing.bin')], 1, 'missing.bin: no such file or directory'],
    [['add', file, 'newest'], 2, '"newest" is no version'],
    [['add', readme], 1, 'not an image of an ESP32'],
    [['remove', 'esp32-1.0.0-00000000'], 5, "doesn't exist"],
  ] as [string[], number, string][]) {
    const ended = await run(...args);
    expect(ended.stderr).toContain(said);
    expect(ended.code).toBe(code);
  }
});

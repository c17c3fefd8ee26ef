import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, onTestFinished, test } from 'vitest';
import { JsonStore } from '../../store/json-store.js';
import { Lock } from '../../store/lock.js';
import { newFolder, removeFolders } from './folder.js';

afterEach(removeFolders);

async function folderOf(name = 'data'): Promise<string> {
  const folder = path.join(path.dirname(await newFolder()), name);
  await mkdir(folder, { recursive: true });
  return folder;
}

/** A process that holds the folder and does nothing else. */
async function holder(folder: string): Promise<ChildProcess> {
  const lock = fileURLToPath(new URL('../../../dist/collector/store/lock.js', import.meta.url));
  const program = `const { Lock } = await import(${JSON.stringify(lock)});
    await new Lock(${JSON.stringify(folder)}).open();
    console.log('held');
    setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

const long = path.join('x'.repeat(100), 'y'.repeat(100));

test.each([
  ['a folder', 'data'],
  ['a folder with a path too long for a socket', long],
])('%s is held by one at a time', async (_, name) => {
  const folder = await folderOf(name);
  const [first, second] = [new Lock(folder), new Lock(folder)];
  await first.open();
  const refusal = { code: 'locked', message: `the data folder ${folder} is in use by process ${process.pid}` };
  await expect(second.open()).rejects.toMatchObject(refusal);
  await expect(second.open()).rejects.toMatchObject(refusal);
  await first.close();
  await first.close();
  await second.open();
  await expect(first.open()).rejects.toMatchObject({ code: 'locked' });
  await second.close();
  expect(await readdir(folder)).toEqual([]);
});

test('a store whose folder is in use does not open, and does not disturb the one that has it', async () => {
  const folder = await folderOf();
  const [first, second] = [new JsonStore(folder), new JsonStore(folder)];
  await first.open();
  await expect(second.open()).rejects.toMatchObject({ code: 'locked' });
  await second.close();
  await expect(second.open()).rejects.toMatchObject({ code: 'locked' });
  await first.close();
  await second.open();
  await second.close();
});

test('the lock of a killed process is taken over, by one of those who try', async () => {
  const folder = await folderOf();
  const child = await holder(folder);
  await expect(new Lock(folder).open()).rejects.toMatchObject({
    message: expect.stringContaining(`process ${child.pid}`),
  });
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await readdir(folder)).toEqual(['lock']);
  const locks = Array.from({ length: 5 }, () => new Lock(folder));
  const results = await Promise.allSettled(locks.map((lock) => lock.open()));
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const result of results)
    if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'locked' });
  await expect(new Lock(folder).open()).rejects.toMatchObject({ code: 'locked' });
  for (const lock of locks) await lock.close();
});

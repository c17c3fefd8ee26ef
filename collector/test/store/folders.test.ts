import { existsSync } from 'node:fs';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolders } from '../../store/folders.js';
import { temporaryFolder } from '../running.js';

test('makes what is missing and names the first; makes nothing where all is there', async () => {
  const root = await temporaryFolder();
  const folder = join(root, 'a/b/c');
  expect(await makeFolders(folder)).toBe(join(root, 'a'));
  expect((await stat(folder)).isDirectory()).toBe(true);
  expect(await makeFolders(folder)).toBeUndefined();
  expect(await makeFolders(join(root, 'a/d'))).toBe(join(root, 'a/d'));
});

test('a file in the way is an error that names it', async () => {
  const root = await temporaryFolder();
  await writeFile(join(root, 'file'), '');
  await expect(makeFolders(join(root, 'file'))).rejects.toThrow(join(root, 'file'));
  await expect(makeFolders(join(root, 'file/a'))).rejects.toThrow(join(root, 'file'));
});

test.skipIf(!existsSync('/proc/self'))('where nothing can be made is an error, not a try without end', async () => {
  await expect(makeFolders('/proc/nothing/data')).rejects.toThrow('/proc/nothing');
});

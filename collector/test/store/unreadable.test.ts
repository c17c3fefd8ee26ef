/** What the kernel says where a card gives a file back no more. */
import { afterEach, expect, test } from 'vitest';
import { nodeDisk, type Disk } from '../../store/disk.js';
import { JsonStore } from '../../store/json-store.js';
import { inspect } from '../../store/inspection.js';
import { chunkFilesOf, newFolder, removeFolders } from './folder.js';
import { ALL, batchOf, seen } from './uploads.js';

afterEach(removeFolders);

// Node has no name for EUCLEAN, "Structure needs cleaning", which ext4 says of a file whose place it can't tell
const ERRORS: [string, object][] = [
  ['EIO', { code: 'EIO', errno: -5 }],
  ['EUCLEAN', { code: 'Unknown system error -117', errno: -117 }],
];

test.each(ERRORS)('a chunk of which the system says %s is damage, with its name', async (_, error) => {
  const folder = await newFolder();
  const store = new JsonStore(folder);
  await store.open();
  await store.addBatch(batchOf(0, 100));
  await store.close();
  const [chunk] = await chunkFilesOf(folder);
  const disk: Disk = {
    ...nodeDisk,
    readFile: async (file) => {
      if (file.endsWith(chunk!)) throw Object.assign(new Error('it is broken'), error);
      return nodeDisk.readFile(file);
    },
  };
  expect((await inspect(disk, folder)).findings).toMatchObject([
    { file: expect.stringContaining(chunk!), kind: 'damage' },
  ]);
  const again = new JsonStore(folder, { disk });
  await again.open();
  await expect(seen(again, 1, ALL)).rejects.toMatchObject({ code: 'damaged' });
  expect(again.health().damaged).toHaveLength(1);
  const copied = [];
  for await (const file of again.copy()) if (file.damage !== undefined) copied.push(file);
  expect(copied).toMatchObject([{ name: expect.stringContaining(chunk!), bytes: null }]);
  await again.close();
});

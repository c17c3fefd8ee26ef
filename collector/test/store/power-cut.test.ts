/**
 * The store's work on a disk that dies at every step in turn. Whatever is left must be the state before or after the
 * change that was on its way, with all that was acknowledged, and from there the work can be finished.
 */
import { mkdir } from 'node:fs/promises';
import { afterAll, expect, test } from 'vitest';
import { Chance } from '../chance.js';
import { JsonStore } from '../../store/json-store.js';
import { newFolder, removeFolders } from './folder.js';
import { MemoryDisk } from './memory-disk.js';
import { CHANGES, JOURNALS, makeChanges, openStore, picture, pictures } from './workload.js';

afterAll(removeFolders);

/** Opens what a death during change `done` has left, looks, and finishes the work. */
async function check(disk: MemoryDisk, folder: string, expected: string[], done: number, where: string): Promise<void> {
  const store = await openStore(folder, disk);
  const found = await picture(store);
  const reached = [done + 1, done].find((i) => expected[i] === found);
  expect(reached, where).toBeDefined();
  expect(await makeChanges(store, reached!)).toBe(CHANGES.length);
  const end = await openStore(folder, disk);
  expect(await picture(end), where).toBe(expected.at(-1));
  expect(end.health().notes).toEqual([]);
  await end.close();
}

test.each(JOURNALS)(
  'nothing acknowledged is lost or doubled when process or power goes at any step (%i)',
  async (journal) => {
    const folder = await newFolder();
    await mkdir(folder);
    const expected = await pictures(folder, new MemoryDisk(folder));
    const chance = new Chance(1);
    for (let last = 1; ; last++) {
      const disk = new MemoryDisk(folder);
      disk.fault = (_, __, step) => (step < last ? null : 'EIO');
      const store = new JsonStore(folder, { disk, budgets: { journal } });
      const done = await store.open().then(
        () => makeChanges(store, 0),
        () => 0,
      );
      await store.close();
      if (disk.steps < last) {
        expect(last).toBeGreaterThan(30);
        return;
      }
      const left: [string, Map<string, Buffer>][] = [
        ['the process died', disk.written()],
        ['the power went, and with it all that was not synced', disk.survived()],
      ];
      disk.lucky = () => chance.between(0, 1) === 1;
      left.push(['the power went, and with it some of what was not synced', disk.survived()]);
      for (const [what, files] of left)
        await check(
          new MemoryDisk(folder, files),
          folder,
          expected,
          done,
          `${what} at step ${last}, in change ${done}`,
        );
    }
  },
);

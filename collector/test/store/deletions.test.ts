/** What is left on disk of a series that was deleted: nothing, also when the process is killed right after. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { nodeDisk, type Disk } from '../../store/disk.js';
import { inspect } from '../../store/inspection.js';
import { JsonStore } from '../../store/json-store.js';
import { chunkFilesOf, copyOf, newFolder, removeFolders } from './folder.js';
import { quickDisk } from './quick-disk.js';
import { batchOf, newSeries } from './uploads.js';

afterEach(removeFolders);

const BUDGETS = { chunk: 10 };
const DEVICES = Array.from({ length: 8 }, (_, i) => `esp-${i}`);

/** A folder with chunks of several series, some in files of their own and some in a bundle. */
async function filled(): Promise<string> {
  const folder = await newFolder();
  const store = new JsonStore(folder, { disk: quickDisk, budgets: BUDGETS });
  await store.open();
  for (const device of DEVICES) await store.addBatch(batchOf(0, 23, { device }));
  await store.close();
  return folder;
}

async function idsOf(store: JsonStore): Promise<number[]> {
  return (await store.listSeries()).map(({ id }) => id);
}

test('after a kill a check finds no damage, and a start removes what was still there', async () => {
  const folder = await filled();
  // a process that is killed on the way: of what is to be removed the first few files are
  const removals = { left: 3 };
  const rm: Disk['rm'] = async (file, options) => {
    if (removals.left-- <= 0) throw Object.assign(new Error('killed'), { code: 'EIO' });
    await quickDisk.rm(file, options);
  };
  const store = new JsonStore(folder, { disk: { ...quickDisk, rm }, budgets: BUDGETS });
  await store.open();
  const ids = await idsOf(store);
  const gone = ids.filter((_, i) => i % 2 === 0);
  for (const id of gone) expect(await store.deleteSeries(id)).toBe(true);
  while (removals.left >= 0) await sleep(1);
  const killed = await copyOf(folder);
  const { findings } = await inspect(nodeDisk, killed);
  expect(findings.filter(({ kind }) => kind === 'damage')).toEqual([]);
  await store.close();

  const again = new JsonStore(killed, { disk: quickDisk, budgets: BUDGETS });
  await again.open();
  expect(await idsOf(again)).toEqual(ids.filter((id) => !gone.includes(id)));
  await again.close();
  const files = await chunkFilesOf(killed);
  for (const id of gone) expect(files.filter((name) => name.startsWith(`series/${id}/`))).toEqual([]);
  expect(files.length).toBeGreaterThan(0);
});

test('when all series are deleted no file of theirs is left, those of bundles among them', async () => {
  const folder = await filled();
  const store = new JsonStore(folder, { disk: quickDisk, budgets: BUDGETS });
  await store.open();
  await Promise.all((await idsOf(store)).map((id) => store.deleteSeries(id)));
  expect(await store.countPoints()).toBe(0);
  await store.close();
  expect(await chunkFilesOf(folder)).toEqual([]);
});

test('a copy that is made while series are deleted can be opened', async () => {
  const folder = await filled();
  const store = new JsonStore(folder, { disk: quickDisk, budgets: BUDGETS });
  await store.open();
  const [first, second, ...others] = await idsOf(store);
  await store.deleteSeries(first!);
  const names: string[] = [];
  for await (const { name } of store.copy()) {
    if (names.length === 0) await store.deleteSeries(second!);
    names.push(name);
  }
  expect(names.filter((name) => name.startsWith(`series/${first}/`))).toEqual([]);
  expect(names.filter((name) => name.startsWith(`series/${second}/`))).not.toEqual([]);
  expect(await idsOf(store)).toEqual(others);
  await store.close();
});

test('who takes slowly what came after a point keeps no file of a series that goes', async () => {
  const folder = await filled();
  const store = new JsonStore(folder, { disk: quickDisk, budgets: BUDGETS });
  await store.open();
  const own = async () => (await chunkFilesOf(folder)).filter((name) => name.startsWith('series/1/'));
  expect(await own()).not.toEqual([]);
  const blocks = store.since(1, 0)[Symbol.asyncIterator]();
  expect((await blocks.next()).value).toMatchObject({ length: 10 });
  await store.deleteSeries(1);
  await expect.poll(async () => await own()).toEqual([]);
  await expect(blocks.next()).rejects.toMatchObject({ code: 'unknown-series' });
  expect(store.health()).toMatchObject({ damaged: [], notes: [] });
  await store.close();
});

test('a series that goes while a checkpoint begins is not called damaged', async () => {
  const store = new JsonStore(await newFolder(), { disk: quickDisk, budgets: BUDGETS });
  await store.open();
  await store.addBatch(batchOf(0, 7));
  // so many that their copy takes a while
  await Promise.all(Array.from({ length: 3000 }, () => store.createSeries(newSeries())));
  await copied(store);
  // what follows is to be joined with what there is
  await store.addBatch(batchOf(7, 8));
  const [, gone] = await Promise.all([copied(store), store.deleteSeries(1)]);
  expect(gone).toBe(true);
  expect(store.health()).toMatchObject({ damaged: [], notes: [] });
  await store.close();
});

/** Makes a copy, and with it a checkpoint; the names of what is in it. */
async function copied(store: JsonStore): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of store.copy()) names.push(name);
  return names;
}

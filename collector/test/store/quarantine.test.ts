/** Batches in quarantine, on disk: what a replay leaves, at whatever step it is cut short; files that are gone. */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { JsonStore } from '../../store/json-store.js';
import type { QuarantineOutcome } from '../../store/store.js';
import { newFolder, removeFolders } from './folder.js';
import { MemoryDisk } from './memory-disk.js';
import { quickDisk } from './quick-disk.js';
import { batchOf, refusedBatch, replayOf, T0, temperatures } from './uploads.js';

const opened: JsonStore[] = [];

afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
  await removeFolders();
});

async function open(folder: string, disk = quickDisk): Promise<JsonStore> {
  const store = new JsonStore(folder, { disk, budgets: { quarantine: 2 * 4096 } });
  opened.push(store);
  await store.open();
  return store;
}

function nameIn(outcome: QuarantineOutcome): string {
  return (outcome.kind === 'done' ? outcome.name : null)!;
}

const files = (folder: string) => readdir(path.join(folder, 'quarantine'));

test('a replay that is cut short at any step has happened once or not at all, and can then be made', async () => {
  const folder = await newFolder();
  await mkdir(folder);
  for (let last = 1; ; last++) {
    const disk = new MemoryDisk(folder);
    const store = await open(folder, disk);
    await store.addBatch(batchOf(0, 3));
    const name = nameIn(await store.quarantine(refusedBatch(3, 2, 'x')));
    const from = disk.steps;
    disk.fault = (_, __, step) => (step < from + last ? null : 'EIO');
    const replay = replayOf(name, [T0 + 300_000, T0 + 400_000], { probe: [3, 4] });
    const done = await store.replay(replay).then(
      () => true,
      () => false,
    );
    await store.close();
    if (disk.steps < from + last) {
      expect(last).toBeGreaterThan(2);
      break;
    }
    for (const left of [disk.written(), disk.survived()]) {
      const after = await open(folder, new MemoryDisk(folder, left));
      const again = await after.replay(replay).catch((error: unknown) => error);
      if (done) expect(again).toMatchObject({ code: 'unknown-entry' });
      expect(await temperatures(after, 1)).toEqual([0, 1, 2, 3, 4]);
      expect((await after.device('esp'))!.ledger).toMatchObject([{ next: 5, stored: 5, quarantined: 0, lost: 0 }]);
      await after.close();
    }
  }
});

test('a file goes when its batch is replayed or dropped, and makes room for others', async () => {
  const folder = await newFolder();
  const store = await open(folder);
  const name = nameIn(await store.quarantine(refusedBatch(0, 1, 'a')));
  const other = nameIn(await store.quarantine(refusedBatch(1, 1, 'b')));
  await expect(store.quarantine(refusedBatch(2, 1, 'c'))).rejects.toMatchObject({ code: 'quarantine-full' });
  await store.replay(replayOf(name, [T0], { probe: [1] }));
  await store.quarantine(refusedBatch(2, 1, 'c'));
  await expect(store.quarantine(refusedBatch(3, 1, 'd'))).rejects.toMatchObject({ code: 'quarantine-full' });
  await store.dropQuarantine(other, 1);
  await store.close();
  expect(await files(folder)).toHaveLength(1);
  const after = await open(folder);
  expect(await after.quarantine(refusedBatch(3, 1, 'd'))).toMatchObject({ next: 4 });
  expect((await after.device('esp'))!.ledger).toMatchObject([{ next: 4, stored: 1, lost: 1, quarantined: 2 }]);
});

test('of a batch that overlaps what is known only the rest is set aside, and stored by a replay', async () => {
  const store = await open(await newFolder());
  await store.addBatch(batchOf(0, 3));
  const outcome = await store.quarantine({ ...refusedBatch(1, 4, 'x'), oldest: 0 });
  expect(outcome).toMatchObject({ taken: 2, next: 5 });
  const replay = replayOf(nameIn(outcome), [T0, T0, T0 + 300_000, T0 + 400_000], { probe: [7, 8, 9, 10] });
  expect(await store.replay(replay)).toMatchObject({ stored: 2, duplicates: 2, next: 5 });
  expect(await temperatures(store, 1)).toEqual([0, 1, 2, 9, 10]);
});

test('the same body once more after its replay is all duplicates and no entry', async () => {
  const folder = await newFolder();
  const store = await open(folder);
  const name = nameIn(await store.quarantine(refusedBatch(0, 2, 'x')));
  await store.replay(replayOf(name, [T0, T0], { probe: [1, 2] }));
  expect(await store.quarantine(refusedBatch(0, 2, 'x'))).toEqual({ kind: 'done', next: 2, taken: 0, name: null });
  expect(await store.listQuarantine()).toEqual([]);
  await store.close();
  expect(await files(folder)).toEqual([]);
});

test("another user's entry can be neither replayed nor dropped", async () => {
  const store = await open(await newFolder());
  const name = nameIn(await store.quarantine(refusedBatch(0, 1, 'x')));
  const replay = { ...replayOf(name, [T0], { probe: [1] }), user: 2 };
  await expect(store.replay(replay)).rejects.toMatchObject({ code: 'denied' });
  await expect(store.dropQuarantine(name, 2)).rejects.toMatchObject({ code: 'denied' });
  expect(await store.listQuarantine()).toHaveLength(1);
});

test('a file that is gone is noticed at the start; its readings stay quarantined, and can be replayed or given up', async () => {
  const folder = await newFolder();
  const before = await open(folder);
  const name = nameIn(await before.quarantine(refusedBatch(0, 2, 'x')));
  const other = nameIn(await before.quarantine(refusedBatch(2, 1, 'y')));
  await before.close();
  await rm(path.join(folder, `quarantine/${name}.json`));
  await writeFile(path.join(folder, `quarantine/${other}.json`), 'not what it was');
  const store = await open(folder);
  expect(store.health().notes).toEqual([`quarantine/${name}.json, 2 readings, is missing`]);
  const gone = { code: 'damaged', message: expect.stringContaining(`${name}.json`) };
  await expect(store.readQuarantine(name)).rejects.toMatchObject(gone);
  const damaged = { code: 'damaged', message: expect.stringContaining(`${other}.json`) };
  await expect(store.readQuarantine(other)).rejects.toMatchObject(damaged);
  expect((await store.device('esp'))!.ledger).toMatchObject([{ next: 3, quarantined: 3 }]);
  expect(await store.replay(replayOf(name, [T0, T0 + 1], { probe: [1, 2] }))).toMatchObject({ stored: 2 });
  await store.dropQuarantine(other, 1);
  expect((await store.device('esp'))!.ledger).toMatchObject([{ next: 3, stored: 2, lost: 1, quarantined: 0 }]);
});

/** A disk with no room, and one that fails. */
import { execFileSync } from 'node:child_process';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { JsonStore, type JsonStoreOptions } from '../../store/json-store.js';
import { Faults } from './failing-disk.js';
import { chunkFilesOf, copyOf, newFolder, removeFolders } from './folder.js';
import { batchOf, MINUTE, newSeries, ONCE, pointsAt, seen, T0, temperatures } from './uploads.js';

const opened: JsonStore[] = [];

afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
  await removeFolders();
});

async function open(folder: string, options: JsonStoreOptions = {}): Promise<JsonStore> {
  const store = new JsonStore(folder, options);
  opened.push(store);
  await store.open();
  return store;
}

test('what there is no room for is refused, leaves no trace, and works when there is room again', async () => {
  const folder = await newFolder();
  const faults = new Faults();
  const store = await open(folder, { disk: faults.disk });
  await store.addBatch(batchOf(0, 3));
  const heard: number[] = [];
  store.subscribe((_, { length }) => heard.push(length));
  const before = [await store.listSeries(), await store.listDevices(), store.health()];
  const size = (await stat(path.join(folder, 'journal/00000001.ndjson'))).size;
  faults.fails = (operation) => (operation === 'write' ? 'ENOSPC' : null);
  const refused = [
    store.addBatch(batchOf(3, 3, { sensors: { new: { x: [1, 2, 3] } } })),
    store.addPoints(1, pointsAt(T0 + 1), ONCE),
    store.createSeries(newSeries()),
    store.patchSeries(1, { desc: 'other' }),
    store.deletePoint(1_000_001),
    store.deleteSeries(1),
  ];
  for (const one of await Promise.allSettled(refused))
    expect(one).toMatchObject({ status: 'rejected', reason: { code: 'full' } });
  expect([await store.listSeries(), await store.listDevices(), store.health()]).toEqual(before);
  expect((await stat(path.join(folder, 'journal/00000001.ndjson'))).size).toBe(size);
  expect(heard).toEqual([]);

  faults.fails = () => null;
  expect(await store.addBatch(batchOf(3, 3))).toMatchObject({ stored: 3, duplicates: 0, lost: 0 });
  const after = await open(await copyOf(folder));
  expect(await temperatures(after, 1)).toEqual([0, 1, 2, 3, 4, 5]);
});

test('after a failed sync nothing is acknowledged until the next start, which tells what is on disk', async () => {
  const folder = await newFolder();
  const faults = new Faults();
  const store = await open(folder, { disk: faults.disk });
  await store.addBatch(batchOf(0, 3));
  faults.fails = (operation) => (operation === 'sync' ? 'EIO' : null);
  await expect(store.addBatch(batchOf(3, 3))).rejects.toMatchObject({ code: 'failed' });
  faults.fails = () => null;
  await expect(store.addBatch(batchOf(3, 3))).rejects.toMatchObject({ code: 'failed' });
  await expect(store.createSeries(newSeries())).rejects.toMatchObject({ code: 'failed' });
  expect(store.health()).toMatchObject({ state: 'failed', points: 3 });
  expect(store.health().notes[0]).toContain('journal/00000001.ndjson could not be written: EIO');
  expect(await temperatures(store, 1)).toEqual([0, 1, 2]);
  await store.close();
  const after = await open(folder);
  expect(await after.addBatch(batchOf(3, 3))).toMatchObject({ next: 6 });
  expect(await temperatures(after, 1)).toEqual([0, 1, 2, 3, 4, 5]);
});

test.each(['write', 'truncate'] as const)('a journal that fails to %s is not written to again', async (failing) => {
  const faults = new Faults();
  const store = await open(await newFolder(), { disk: faults.disk });
  faults.fails = (operation) => (operation === failing ? 'EIO' : operation === 'write' ? 'ENOSPC' : null);
  await expect(store.createSeries(newSeries())).rejects.toMatchObject({ code: 'failed' });
  faults.fails = () => null;
  await expect(store.createSeries(newSeries())).rejects.toMatchObject({ code: 'failed' });
  expect(store.health().state).toBe('failed');
});

test.each([
  ['a chunk has no room', (operation: string, name: string) => operation === 'write' && name.includes('.json.gz')],
  ['the catalog has no room', (operation: string, name: string) => operation === 'write' && name.startsWith('catalog')],
  ['a rename fails', (operation: string) => operation === 'rename'],
  [
    'another segment has no room',
    (operation: string, name: string) => operation === 'open' && name.endsWith('.ndjson'),
  ],
])('when %s the checkpoint is left for later and nothing is lost', async (_, isBad) => {
  const folder = await newFolder();
  const faults = new Faults();
  const store = await open(folder, { disk: faults.disk, budgets: { journal: 1000 } });
  for (let i = 0; i < 50; i += 5) await store.addBatch(batchOf(i, 5));
  faults.fails = (operation, name) => (isBad(operation, name) ? 'ENOSPC' : null);
  let next = 50;
  for (let i = 0; i < 100; i++) {
    const outcome = await store.addBatch(batchOf(next, 5)).catch((error: unknown) => error);
    if (outcome instanceof Error) expect(outcome).toMatchObject({ code: 'full' });
    else next += 5;
  }
  expect(store.health()).toMatchObject({ state: 'open', points: next });
  expect(store.health().notes.join()).toContain('checkpoint failed: ');
  const numbers = Array.from({ length: next }, (_, i) => i);
  expect(await temperatures(store, 1)).toEqual(numbers);
  faults.fails = () => 'EIO';
  await store.close();

  faults.fails = () => null;
  const again = await open(folder, { disk: faults.disk });
  expect(await temperatures(again, 1)).toEqual(numbers);
  await again.addBatch(batchOf(next, 5));
  await again.close();
  const after = await open(folder, { disk: faults.disk });
  expect(await temperatures(after, 1)).toEqual([...numbers, next, next + 1, next + 2, next + 3, next + 4]);
  const listed = (await readFile(path.join(folder, 'catalog.json'), 'utf8')).match(/(?<="file":")[^"]+/g);
  expect(await chunkFilesOf(folder)).toEqual([...new Set(listed)].sort());
});

const mayMount = process.platform === 'linux' && process.getuid?.() === 0;
if (!mayMount) process.stderr.write('left out: a file system that fills up, since mounting one takes root on Linux\n');

test.skipIf(!mayMount)('a real file system that fills up (needs root, to mount one)', async () => {
  const folder = await newFolder();
  const mounted = path.dirname(folder);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'none', mounted]);
  try {
    const ballast = path.join(mounted, 'ballast');
    await writeFile(ballast, Buffer.alloc(64 * 1024));
    const store = await open(folder, { budgets: { journal: 64 * 1024 } });
    let acknowledged = 0;
    const fill = async (): Promise<unknown> => {
      for (;;) {
        // Four devices at once, each with values that don't compress
        const uploads = [0, 1, 2, 3].map((device) => {
          const values = Array.from({ length: 50 }, () => Math.random());
          return batchOf(acknowledged, 50, { device: `d${device}`, sensors: { probe: { x: values } } });
        });
        const settled = await Promise.allSettled(uploads.map((upload) => store.addBatch(upload)));
        const bad = settled.find((one) => one.status === 'rejected');
        if (bad !== undefined) return bad.reason;
        acknowledged += 50;
      }
    };
    expect(await fill()).toMatchObject({ code: 'full' });
    await rm(ballast);
    const first = acknowledged;
    expect(await fill()).toMatchObject({ code: 'full' });
    expect(acknowledged).toBeGreaterThan(first);
    await store.close();
    const after = await open(await copyOf(folder));
    for (const { id, device_id } of await after.listSeries()) {
      const { next, stored } = (await after.device(device_id))!.ledger[0]!;
      expect(next).toBeGreaterThanOrEqual(acknowledged);
      const times = (await seen(after, id)).map(([, time]) => time);
      expect(times).toEqual(Array.from({ length: stored }, (_, i) => T0 + i * MINUTE));
    }
  } finally {
    execFileSync('umount', [mounted]);
  }
});

test('when the folder is removed under it, the store soon says so instead of acknowledging into nothing', async () => {
  const folder = await newFolder();
  const store = new JsonStore(folder);
  await store.open();
  await store.addBatch(batchOf(0, 10));
  await rm(folder, { recursive: true });
  let next = 10;
  const upload = () =>
    store.addBatch(batchOf(next++, 1)).then(
      () => 'stored',
      (error: Error) => error.message,
    );
  await expect.poll(upload).toContain('it was removed from the data folder');
  expect(store.health().state).toBe('failed');
  await store.close();
});

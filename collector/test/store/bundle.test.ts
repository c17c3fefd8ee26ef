/** Small chunks of many series share files, and leave them before those fill the disk with what nobody lists any more. */
import { execFileSync } from 'node:child_process';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { JsonStore } from '../../store/json-store.js';
import { chunkFilesOf, newFolder, removeFolders } from './folder.js';
import { quickDisk } from './quick-disk.js';
import { batchOf, T0, temperatures } from './uploads.js';

afterEach(removeFolders);

async function session(folder: string, work: (store: JsonStore) => Promise<unknown>): Promise<string[]> {
  const store = new JsonStore(folder, { disk: quickDisk, budgets: { chunk: 40 } });
  await store.open();
  await work(store);
  await store.close();
  return chunkFilesOf(folder);
}

/** The next `count` readings of each of these devices; each has one series. */
async function upload(store: JsonStore, devices: number[], first: number, count: number): Promise<void> {
  for (const device of devices) await store.addBatch(batchOf(first, count, { device: `d${device}` }));
}

const TEN = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

test('what is too little for a file of its own shares one, which a person can read', async () => {
  const folder = await newFolder();
  const [file, ...others] = await session(folder, (store) => upload(store, TEN, 0, 2));
  expect(others).toEqual([]);
  const { version, data } = JSON.parse(execFileSync('gzip', ['-dc', path.join(folder, file!)]).toString()) as {
    version: number;
    data: { name: string; first: number; chunks: unknown[] };
  };
  expect([version, data.name, data.first, data.chunks.length]).toEqual([2, '00000002-0', 0, 10]);
  expect(data.chunks[4]).toEqual({
    series: 5,
    points: 2,
    time: { first: T0, step: 60_000 },
    number: [[1, 2]],
    fields: { temp_C: { per: 1, steps: '.a' } },
  });
});

test('a bundle goes when most of it is in larger chunks, and what is left moves', async () => {
  const folder = await newFolder();
  const first = await session(folder, (store) => upload(store, TEN, 0, 4));
  const second = await session(folder, (store) => upload(store, TEN.slice(0, 5), 4, 4));
  expect(second).toEqual([...first, 'bundles/00000003-0.json.gz']);
  await session(folder, (store) => upload(store, [5], 4, 4));
  const fourth = await session(folder, (store) => upload(store, [6], 4, 4));
  expect(fourth).not.toContain(first[0]);
  await session(folder, async (store) => {
    for (const device of TEN) {
      const numbers = Array.from({ length: device < 7 ? 8 : 4 }, (_, i) => i);
      expect(await temperatures(store, device + 1)).toEqual(numbers);
    }
  });
});

test('series that are deleted take their bundle along, sooner or later', async () => {
  const folder = await newFolder();
  await session(folder, (store) => upload(store, TEN, 0, 4));
  const left = await session(folder, async (store) => {
    for (const device of TEN) await store.deleteSeries(device + 1);
  });
  expect(left).toEqual([]);
});

test('a bundle in the place of another one is damage, and not taken for it', async () => {
  const folder = await newFolder();
  const [one] = await session(folder, (store) => upload(store, [0], 0, 2));
  const [, other] = await session(folder, (store) => upload(store, [1], 0, 2));
  await copyFile(path.join(folder, other!), path.join(folder, one!));
  await session(folder, async (store) => {
    await expect(temperatures(store, 1)).rejects.toMatchObject({
      code: 'damaged',
      message: expect.stringContaining(one!),
    });
    expect(await temperatures(store, 2)).toEqual([0, 1]);
  });
});

test('a damaged byte costs the chunks in its member, and no others', async () => {
  const folder = await newFolder();
  const devices = Array.from({ length: 70 }, (_, device) => device);
  const [name] = await session(folder, (store) => upload(store, devices, 0, 4));
  const file = path.join(folder, name!);
  const lines = execFileSync('gzip', ['-dc', file]).toString().trim().split('\n');
  const sizes = lines.map((line) => (JSON.parse(line) as { data: { chunks: unknown[] } }).data.chunks.length);
  expect(sizes.length).toBeGreaterThan(2);
  const bytes = await readFile(file);
  for (let at = 0; at < bytes.length; at += 17) {
    const damaged = Buffer.from(bytes);
    damaged[at]! ^= 0x10;
    await writeFile(file, damaged);
    const store = new JsonStore(folder, { disk: quickDisk, budgets: { chunk: 40 } });
    await store.open();
    const lost: unknown[] = [];
    for (const device of devices)
      await temperatures(store, device + 1).then(
        (values) => expect(values).toEqual([0, 1, 2, 3]),
        (error: unknown) => lost.push(error),
      );
    await store.close();
    // around the members there is what nothing depends on
    expect([0, ...sizes], `byte ${at}`).toContain(lost.length);
    for (const error of lost) expect(error).toMatchObject({ code: 'damaged', message: expect.stringContaining(name!) });
  }
});

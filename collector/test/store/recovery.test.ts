/** What start-up makes of a journal that was cut or damaged: protocol.md §5. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { decodeLine, encodeLine, type Line } from '../../store/journal-line.js';
import { JsonStore } from '../../store/json-store.js';
import { recover } from '../../store/recovery.js';
import { copyOf, newFolder, removeFolders } from './folder.js';
import { quickDisk } from './quick-disk.js';
import { ALL, ALWAYS, batchOf, MINUTE, newSeries, ONCE, pointsAt, seen, T0, temperatures } from './uploads.js';

const opened: JsonStore[] = [];

afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
  await removeFolders();
});

async function open(folder: string): Promise<JsonStore> {
  const store = new JsonStore(folder, { disk: quickDisk });
  opened.push(store);
  await store.open();
  return store;
}

function add(store: JsonStore, series: number, i: number) {
  return store.addPoints(series, [{ time: T0 + i, fields: { temp_C: i } }], ONCE);
}

const FIRST = 'journal/00000001.ndjson';

/** The journal of a series with points 1, 2 and 3, each in a group, and 4, 5 and 6 together in the last one. */
async function journal(): Promise<{ bytes: Buffer; lines: string[]; offsets: number[] }> {
  const folder = await newFolder();
  const store = await open(folder);
  const id = await store.createSeries(newSeries());
  for (const i of [1, 2, 3]) await add(store, id, i);
  await Promise.all([4, 5, 6].map((i) => add(store, id, i)));
  const bytes = await readFile(path.join(folder, FIRST));
  const lines = bytes.toString().split(/(?<=\n)/);
  const offsets = lines.map((_, i) => Buffer.byteLength(lines.slice(0, i).join('')));
  expect(lines.map((line) => decodeLine(Buffer.from(line.trimEnd()))!.lines)).toEqual([1, 1, 1, 1, 1, 3, 3, 3]);
  return { bytes, lines, offsets };
}

/** A data folder with nothing but these segments. */
async function folderWith(...segments: (Buffer | string)[]): Promise<string> {
  const folder = await newFolder();
  await mkdir(path.join(folder, 'journal'), { recursive: true });
  for (const [i, content] of segments.entries())
    await writeFile(path.join(folder, `journal/0000000${i + 1}.ndjson`), content);
  return folder;
}

function flipped(bytes: Buffer, offset: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[offset]! ^= 0x01;
  return copy;
}

test('a torn tail is cut at every byte of the last group, and the store goes on', async () => {
  const { bytes, offsets } = await journal();
  const start = offsets[5]!;
  for (let end = start; end < bytes.length; end++) {
    const folder = await folderWith(bytes.subarray(0, end));
    const store = await open(folder);
    const cut = `${FIRST}: cut ${end - start} unacknowledged bytes at byte ${start}`;
    expect(store.health()).toMatchObject({ points: 3, notes: end === start ? [] : [cut] });
    if (end % 10 === 0) {
      await add(store, 1, 99);
      const again = await open(await copyOf(folder));
      expect(again.health()).toMatchObject({ points: 4, notes: [] });
      expect(await temperatures(again, 1)).toEqual([1, 2, 3, 99]);
      await again.close();
    }
    await store.close();
  }
});

test('any bad byte in the last group cuts that group', async () => {
  const { bytes, lines, offsets } = await journal();
  const folder = await folderWith(bytes);
  for (let at = offsets[5]!; at < bytes.length; at++) {
    await writeFile(path.join(folder, FIRST), flipped(bytes, at));
    const replayed: Line[] = [];
    const { end, cut } = await recover(quickDisk, folder, null, (line) => replayed.push(line));
    expect(replayed).toEqual(lines.slice(0, 5).map((line) => decodeLine(Buffer.from(line.trimEnd()))));
    expect(end).toEqual({ segment: 1, group: 5, bytes: offsets[5] });
    expect(cut).toBe(`${FIRST}: cut ${bytes.length - offsets[5]!} unacknowledged bytes at byte ${offsets[5]}`);
    expect((await readFile(path.join(folder, FIRST))).equals(bytes.subarray(0, offsets[5]))).toBe(true);
  }
});

test('any bad byte before the last group is an error with file and offset', async () => {
  const { bytes, offsets } = await journal();
  const folder = await folderWith(bytes);
  for (let at = 0; at < offsets[5]!; at++) {
    await writeFile(path.join(folder, FIRST), flipped(bytes, at));
    const line = offsets.findLast((offset) => offset <= at)!;
    // A flipped line feed makes one bad line of two.
    const error = { code: 'damaged', message: expect.stringContaining(`${FIRST} is damaged at byte ${line}: `) };
    await expect(recover(quickDisk, folder, null, () => undefined)).rejects.toMatchObject(error);
    expect((await readFile(path.join(folder, FIRST))).equals(flipped(bytes, at))).toBe(true);
  }
  await expect(open(folder)).rejects.toMatchObject({ code: 'damaged' });
});

test('a line that is missing, twice, or out of order is noticed though all lines are whole', async () => {
  const { lines, offsets } = await journal();
  const without = (i: number) => lines.filter((_, k) => k !== i).join('');
  for (const i of [0, 1, 2, 3, 4, 5, 6])
    await expect(open(await folderWith(without(i)))).rejects.toMatchObject({
      message: expect.stringContaining(`damaged at byte ${offsets[i]}: `),
    });
  const store = await open(await folderWith(without(7)));
  expect(await temperatures(store, 1)).toEqual([1, 2, 3]);
  const [a, b, c, ...rest] = lines as [string, string, string, ...string[]];
  await expect(open(await folderWith([a, b, b, c, ...rest].join('')))).rejects.toMatchObject({ code: 'damaged' });
  await expect(open(await folderWith([a, c, b, ...rest].join('')))).rejects.toMatchObject({ code: 'damaged' });
  await expect(open(await folderWith([a, b, b].join('')))).rejects.toMatchObject({ code: 'damaged' });
});

test('a segment of a later version is refused, not cut', async () => {
  const header = encodeLine(1, 1, 1, '"segment",{"version":4,"number":1}]');
  await expect(open(await folderWith(header))).rejects.toMatchObject({
    code: 'damaged',
    message: expect.stringContaining('version 4 is not known'),
  });
});

/** A folder whose journal has two segments: the checkpoint between them has not got as far as its catalog. */
async function twoSegments(): Promise<{ folder: string; first: Buffer; second: Buffer }> {
  const { bytes, lines } = await journal();
  const last = decodeLine(Buffer.from(lines.at(-1)!.trimEnd())) as Line<'points'>;
  const header = encodeLine(last.group + 1, 1, 1, '"segment",{"version":1,"number":2}]');
  const point = encodeLine(last.group + 2, 1, 1, lines[2]!.slice(lines[2]!.indexOf('"points"'), -1));
  const second = Buffer.from(header + point);
  return { folder: await folderWith(bytes, second), first: bytes, second };
}

test('segments are replayed one after the other', async () => {
  const { folder } = await twoSegments();
  const store = await open(folder);
  expect(store.health()).toMatchObject({ points: 7, notes: [] });
  expect((await seen(store, 1, ALL)).map(([id]) => id)).toEqual([1, 7, 2, 3, 4, 5, 6].map((n) => n * 1_000_000 + 1));
});

test('a segment that is missing or cut short is noticed by the one after it', async () => {
  const { folder, first, second } = await twoSegments();
  await rm(path.join(folder, FIRST));
  await expect(open(folder)).rejects.toMatchObject({ message: expect.stringContaining(FIRST) });
  for (const bytes of [first.subarray(0, -1), first.subarray(0, first.lastIndexOf('\n', -2) + 1), Buffer.alloc(0)])
    await expect(open(await folderWith(bytes, second))).rejects.toMatchObject({ code: 'damaged' });
});

test('a segment that was only just begun is cut at every byte', async () => {
  const { first, second } = await twoSegments();
  const header = second.indexOf('\n') + 1;
  for (let end = 0; end < header; end++) {
    const store = await open(await folderWith(first, second.subarray(0, end)));
    expect(store.health().points).toBe(6);
    await add(store, 1, 99);
    await store.close();
  }
});

test('a missing catalog is noticed by what else there is', async () => {
  const folder = await newFolder();
  const store = await open(folder);
  await store.addBatch(batchOf(0, 3));
  await store.close();
  await rm(path.join(folder, 'catalog.json'));
  await expect(open(folder)).rejects.toMatchObject({ code: 'damaged' });
  await rm(path.join(folder, 'journal'), { recursive: true });
  await expect(open(folder)).rejects.toMatchObject({
    code: 'damaged',
    message: expect.stringContaining('catalog.json'),
  });
});

test('a damaged catalog is an error that names it; a damaged chunk one that names it when it is read', async () => {
  const folder = await newFolder();
  const store = await open(folder);
  await store.addBatch(batchOf(0, 3));
  await store.close();
  const chunk = path.join(folder, 'bundles/00000002-0.json.gz');
  const content = await readFile(chunk);
  await writeFile(chunk, flipped(content, content.length >> 1));
  const reading = await open(folder);
  const named = { code: 'damaged', message: expect.stringContaining('bundles/00000002-0.json.gz') };
  await expect(seen(reading, 1)).rejects.toMatchObject(named);
  await expect(reading.point(1_000_001)).rejects.toMatchObject(named);
  // What comes in goes on, in chunks beside the damaged one, and can be read where that one isn't concerned.
  await reading.addBatch(batchOf(3, 3));
  await reading.addPoints(1, pointsAt(T0 + 1, T0 - 1), ALWAYS);
  // Whether it is a repeat can't be told.
  await expect(reading.addPoints(1, pointsAt(T0 + 1), ONCE)).rejects.toMatchObject(named);
  await reading.close();
  const mended = await open(folder);
  await expect(seen(mended, 1)).rejects.toMatchObject(named);
  expect((await seen(mended, 1, { from: T0 + 3 * MINUTE, to: Infinity })).map(([id]) => id)).toEqual([
    4_000_001, 5_000_001, 6_000_001,
  ]);
  await mended.addPoints(1, pointsAt(T0 + 2), ALWAYS);
  await writeFile(chunk, content);
  const ids = [8, 1, 7, 9, 2, 3, 4, 5, 6].map((n) => n * 1_000_000 + 1);
  expect((await seen(mended, 1)).map(([id]) => id)).toEqual(ids);
  await mended.close();
  const again = await open(folder);
  expect((await seen(again, 1)).map(([id]) => id)).toEqual(ids);
  await again.close();
  const catalog = path.join(folder, 'catalog.json');
  const whole = await readFile(catalog);
  for (let at = 0; at < whole.length; at += 7) {
    await writeFile(catalog, flipped(whole, at));
    await expect(open(folder)).rejects.toMatchObject({
      code: 'damaged',
      message: expect.stringContaining('catalog.json'),
    });
  }
});

/** The blanks behind the journal's last line: room taken ahead, told from damage as protocol.md §5 has it. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { JsonStore, type JsonStoreOptions } from '../../store/json-store.js';
import { recover } from '../../store/recovery.js';
import { Faults } from './failing-disk.js';
import { copyOf, newFolder, removeFolders } from './folder.js';
import { MemoryDisk } from './memory-disk.js';
import { quickDisk } from './quick-disk.js';
import { ALWAYS, newSeries, T0 } from './uploads.js';

const FIRST = 'journal/00000001.ndjson';
const PAGE = 4096;

const opened: JsonStore[] = [];

afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
  await removeFolders();
});

async function open(folder: string, options: JsonStoreOptions = { disk: quickDisk }): Promise<JsonStore> {
  const store = new JsonStore(folder, options);
  opened.push(store);
  await store.open();
  return store;
}

function add(store: JsonStore, i: number): Promise<unknown> {
  return store.addPoints(1, [{ time: T0 + i, fields: { temp_C: i } }], ALWAYS);
}

/** A journal of 100 points, each a group, and the last two in one. */
async function journal(): Promise<{ folder: string; bytes: Buffer; end: number; last: number }> {
  const folder = await newFolder();
  const store = await open(folder);
  await store.createSeries(newSeries());
  for (let i = 0; i < 98; i++) await add(store, i);
  await Promise.all([add(store, 98), add(store, 99)]);
  const bytes = await readFile(path.join(folder, FIRST));
  const end = bytes.lastIndexOf('\n') + 1;
  const last = bytes.lastIndexOf('\n', bytes.lastIndexOf('\n', end - 2) - 1) + 1;
  return { folder, bytes, end, last };
}

async function recovered(bytes: Buffer): Promise<{ lines: number; cut: string | null; left: Buffer }> {
  const disk = new MemoryDisk('/data', [[FIRST, bytes]]);
  let lines = 0;
  const { cut } = await recover(disk, '/data', null, () => lines++);
  return { lines, cut, left: disk.written().get(FIRST)! };
}

/** What is in the file when only these parts of the last group reached it. */
function torn(bytes: Buffer, ...lost: [from: number, to: number][]): Buffer {
  const copy = Buffer.from(bytes);
  for (const [from, to] of lost) copy.fill(' ', from, to);
  return copy;
}

test('room is taken in whole pages, and a journal that has it is read as if it had none', async () => {
  const { folder, bytes, end } = await journal();
  expect(bytes.length % PAGE).toBe(0);
  expect(bytes.length).toBeGreaterThan(end);
  expect(bytes.subarray(end)).toEqual(Buffer.alloc(bytes.length - end, ' '));
  const copy = await copyOf(folder);
  const store = await open(copy);
  expect(store.health()).toMatchObject({ points: 100, notes: [] });
  await add(store, 100);
  expect((await open(await copyOf(copy))).health()).toMatchObject({ points: 101, notes: [] });
});

test('a group of which any part is still blank is cut, and only what was written of it is counted', async () => {
  const { bytes, end, last } = await journal();
  for (let at = last; at < end; at++) {
    const { left, ...front } = await recovered(torn(bytes, [at, end]));
    expect(front).toEqual({
      lines: 100,
      cut: at === last ? null : `${FIRST}: cut ${at - last} unacknowledged bytes at byte ${last}`,
    });
    const back = await recovered(torn(bytes, [last, at + 1]));
    // Buffer's own comparison: byte by byte vitest's takes most of a minute
    expect([left, back.left].map((one) => one.equals(bytes.subarray(0, last)))).toEqual([true, true]);
  }
});

test('a byte that changes among the blanks costs nothing that was acknowledged', async () => {
  const { bytes, end } = await journal();
  for (const at of [end, end + 1, bytes.length - 1]) {
    const copy = Buffer.from(bytes);
    copy[at]! ^= 0x08;
    const { lines, cut, left } = await recovered(copy);
    expect(lines).toBe(102);
    expect(cut).toBe(`${FIRST}: cut ${at + 1 - end} unacknowledged bytes at byte ${end}`);
    expect(left).toEqual(bytes.subarray(0, end));
  }
});

test('blanks before a later group are damage', async () => {
  const { bytes, last } = await journal();
  const before = bytes.lastIndexOf('\n', last - 2) + 1;
  await expect(recovered(torn(bytes, [before, last]))).rejects.toMatchObject({
    code: 'damaged',
    message: expect.stringContaining(`${FIRST} is damaged at byte ${before}: `),
  });
});

test('where there is no room to take, lines are written without', async () => {
  const folder = await newFolder();
  const faults = new Faults();
  const store = await open(folder, { disk: faults.disk });
  await store.createSeries(newSeries());
  let refused = 0;
  faults.fails = (operation, _, bytes) => {
    if (operation !== 'write' || bytes < PAGE) return null;
    refused++;
    return 'ENOSPC';
  };
  for (let i = 0; i < 50; i++) await add(store, i);
  expect(refused).toBeGreaterThan(1);
  const bytes = await readFile(path.join(folder, FIRST));
  expect(bytes.lastIndexOf('\n') + 1).toBe(bytes.length);
  expect((await open(await copyOf(folder))).health()).toMatchObject({ points: 50, notes: [] });
});

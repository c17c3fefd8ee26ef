/**
 * A small data folder, damaged in every way there is: each byte flipped, each file cut short at each byte, deleted, put
 * in the place of another. Whatever the store then answers is right, or an error that names a file. What it says it has
 * cut off the journal's end may be missing, and nothing else.
 */
import { mkdir } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DurableFile } from '../../store/durable-file.js';
import { JsonStore } from '../../store/json-store.js';
import { StoreError } from '../../store/store.js';
import { newFolder, removeFolders } from './folder.js';
import { MemoryDisk } from './memory-disk.js';
import { ALWAYS, batchOf, newSeries, ONCE, pointsAt, refusedBatch, seen, T0 } from './uploads.js';

type Files = Map<string, Buffer>;

/** What is asked, and the answer as text. */
type Picture = Map<string, string>;

const LAST = 'journal/00000004.ndjson';

let folder: string;
/** as a process leaves it that died in the middle of a checkpoint */
let files: Files;
/** as one leaves it that was stopped */
let closed: Files;
/** after each change of the last segment, which are the states that the end of the journal may be cut back to */
const states: Picture[] = [];
/** where its groups end */
const ends: number[] = [];

beforeAll(async () => {
  folder = await newFolder();
  await mkdir(folder);
  const disk = new MemoryDisk(folder);
  await session(disk, async (store) => {
    await store.createSeries(newSeries());
    await store.addPoints(1, pointsAt(T0, T0 + 20), ONCE);
    await store.addBatch(batchOf(0, 2));
    await store.addBatch(batchOf(2, 2, { device: 'pi', sensors: { other: { batt_V: [3.9, null] } } }));
    // so little that it gets no file of its own
    await store.addBatch(batchOf(0, 1, { device: 'one' }));
  });
  await session(disk, async (store) => {
    await store.addBatch(batchOf(2, 7));
    await store.addPoints(1, [{ time: T0 + 10, fields: { text: 'wet', more: [1] } }], ALWAYS);
    await store.deletePoint(1_000_002);
  });
  // The catalog can't be replaced, so that the segment before the last one is still there.
  disk.fault = (operation, name) => (operation === 'rename' && name === 'catalog.json' ? 'EIO' : null);
  await session(disk, async (store) => {
    await store.addBatch(batchOf(9, 1));
    await store.quarantine(refusedBatch(10, 2, 'not a batch'));
  });
  const store = await open(disk);
  const change = async (made: Promise<unknown>) => {
    await made;
    ends.push(disk.written().get(LAST)!.length);
    states.push(await ask(store));
  };
  await change(Promise.resolve());
  // so many that they are coded
  await change(store.addBatch(batchOf(12, 16)));
  await change(store.addPoints(1, pointsAt(T0 + 40), ONCE));
  await change(store.deletePoint(3_000_002));
  files = disk.written();
  disk.fault = () => null;
  await store.close();
  closed = disk.written();
});

afterAll(removeFolders);

async function open(disk: MemoryDisk): Promise<JsonStore> {
  const store = new JsonStore(folder, { disk, budgets: { chunk: 4 } });
  await store.open();
  return store;
}

/** Work on a store, which ends with a checkpoint. */
async function session(disk: MemoryDisk, work: (store: JsonStore) => Promise<unknown>): Promise<void> {
  const store = await open(disk);
  await work(store);
  await store.close();
}

/** All that can be asked. An error is an answer when it names a file. */
async function ask(store: JsonStore): Promise<Picture> {
  const picture: Picture = new Map();
  const answer = async (question: string, answers: Promise<unknown>): Promise<void> => {
    picture.set(question, await answers.then((value) => JSON.stringify(value) ?? '', named));
  };
  const series = await store.listSeries();
  await answer('series', Promise.resolve(series));
  await answer('devices', store.listDevices());
  await answer('count', store.countPoints());
  for (const { id } of series) {
    await answer(`points of ${id}`, seen(store, id));
    await answer(`latest of ${id}`, store.latest(id));
    for (const number of [1, 3]) await answer(`point ${number} of ${id}`, store.point(number * 1_000_000 + id));
  }
  return picture;
}

const ERROR = 'damaged: ';

function named(error: unknown): string {
  if (!(error instanceof StoreError) || error.code !== 'damaged') throw error;
  expect(error.message).toMatch(
    /^(catalog\.json|journal\/\d{8}\.ndjson|series\/\d\/[-\d]+\.json\.gz|bundles\/[-\d]+\.json\.gz) is damaged at byte /,
  );
  return ERROR + error.message;
}

/** Opens a damaged folder; what it answers, or null when it can't be opened, and what it says that it has cut. */
async function look(damaged: Files): Promise<{ picture: Picture | null; cut: boolean }> {
  const disk = new MemoryDisk(folder, damaged);
  const store = new JsonStore(folder, { disk, budgets: { chunk: 4 } });
  try {
    await store.open();
  } catch (error) {
    named(error);
    const left = disk.written();
    const same = left.size === damaged.size && [...damaged].every(([name, content]) => left.get(name)?.equals(content));
    expect(same, 'a start that is refused changes nothing').toBe(true);
    return { picture: null, cut: false };
  }
  const picture = await ask(store);
  const cut = store.health().notes.some((note) => /^journal\/\d{8}\.ndjson: cut \d+ unack/.test(note));
  await store.close();
  return { picture, cut };
}

/** Whether each answer is that of a state, or an error. */
function isOf(picture: Picture, state: Picture): boolean {
  return [...state].every(([question, right]) => {
    const answer = picture.get(question);
    return answer === right || answer?.startsWith(ERROR) === true;
  });
}

/** Holds that a damaged folder is answered from rightly, or with errors. `mayMiss`: states that it may be cut back to. */
async function check(damaged: Files, where: string, mayMiss: Picture[] = []): Promise<void> {
  const { picture, cut } = await look(damaged);
  if (picture === null || isOf(picture, states.at(-1)!)) return;
  const allowed = cut ? states : mayMiss;
  expect(
    allowed.some((state) => isOf(picture, state)),
    `${where}: ${JSON.stringify([...picture])}`,
  ).toBe(true);
}

function replaced(name: string, content: Buffer): Files {
  return new Map(files).set(name, content);
}

test('the folder has all there can be, and undamaged it is answered from in full', async () => {
  expect([...files.keys()].sort()).toEqual([
    ...[...files.keys()].filter((name) => /^bundles\/[-\d]+\.json\.gz$/.test(name)).sort(),
    'catalog.json',
    'journal/00000003.ndjson',
    LAST,
    'quarantine/5063af0312e5a8fe.json',
    ...[...files.keys()].filter((name) => /^series\/[123]\/[-\d]+\.json\.gz$/.test(name)).sort(),
  ]);
  expect([...files.keys()].length).toBeGreaterThan(8);
  expect([...files.keys()].some((name) => name.startsWith('bundles/'))).toBe(true);
  expect(await look(files)).toEqual({ picture: states.at(-1), cut: false });
});

test.each([0x01, 0x20, 0xff])('each byte flipped by %i: right, or an error with the name of a file', async (bits) => {
  for (const [name, content] of files) {
    for (let at = 0; at < content.length; at++) {
      const damaged = Buffer.from(content);
      damaged[at]! ^= bits;
      await check(replaced(name, damaged), `${name}, byte ${at}`);
    }
  }
});

test('each file cut short at each byte: right, or an error with the name of a file', async () => {
  for (const [name, content] of files) {
    for (let length = 0; length < content.length; length++) {
      // Between two groups the end of the journal is whole: nothing tells that there were more.
      const groups = name === LAST ? ends.indexOf(length) : -1;
      const mayMiss = groups >= 0 ? [states[groups]!] : name === LAST && length === 0 ? [states[0]!] : [];
      await check(replaced(name, content.subarray(0, length)), `${name}, cut at ${length}`, mayMiss);
    }
  }
});

test('each file deleted: right, or an error with the name of a file', async () => {
  for (const name of files.keys()) {
    const left = new Map(files);
    left.delete(name);
    // A checkpoint that was cut short looks the same.
    await check(left, `${name} deleted`, name === LAST ? [states[0]!] : []);
  }
});

test('each two files in each other’s place: right, or an error with the name of a file', async () => {
  for (const whole of [files, closed])
    for (const [one, content] of whole)
      for (const [other, otherContent] of whole) {
        const swapped = new Map(whole).set(one, otherContent).set(other, content);
        if (one >= other) continue;
        await check(swapped, `${one} and ${other} swapped`);
        // What is in the place of the journal is not cut off as if it were the end of one.
        if (whole === closed && one.startsWith('journal/'))
          expect((await look(swapped)).picture, `${one} and ${other}`).toBeNull();
      }
});

test('each byte of a batch set aside flipped: an error with its name', async () => {
  const [name, content] = [...files].find(([one]) => one.startsWith('quarantine/'))!;
  for (let at = 0; at < content.length; at++) {
    const damaged = Buffer.from(content);
    damaged[at]! ^= 0x01;
    const disk = new MemoryDisk(folder, replaced(name, damaged));
    const error = { code: 'damaged', message: expect.stringContaining(name) };
    await expect(new DurableFile(disk, folder, name).read(), `byte ${at}`).rejects.toMatchObject(error);
  }
});

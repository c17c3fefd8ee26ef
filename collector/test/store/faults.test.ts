/**
 * The store's work on a disk of which each operation in turn fails, in each way it can, once or until something is
 * refused. What is refused leaves no trace and can be done again; after a failed sync of the journal nothing can, until
 * a start has found out what is on disk. And whatever follows, end of the process or of the power: all that was
 * acknowledged is there, once.
 */
import { mkdir } from 'node:fs/promises';
import { afterAll, expect, test } from 'vitest';
import { JsonStore } from '../../store/json-store.js';
import { StoreError } from '../../store/store.js';
import { Chance } from '../chance.js';
import { newFolder, removeFolders } from './folder.js';
import { MemoryDisk, type Fault, type Operation } from './memory-disk.js';
import { CHANGES, JOURNALS, makeChanges, openStore, picture, pictures, SET_ASIDE } from './workload.js';

afterAll(removeFolders);

const ROOM: Operation[] = ['mkdir', 'open', 'write', 'sync', 'rename'];

/** What can fail so. */
const CAUSES: Record<Fault, Operation[]> = {
  short: ['write'],
  ENOSPC: ROOM,
  EIO: [...ROOM, 'truncate', 'rm', 'rmdir', 'readFile', 'readdir', 'stat'],
};

/** An operation fails from step `first` on: once, or until `repaired`. */
class Failing {
  readonly disk: MemoryDisk;
  readonly where: string;
  #hit: string | null = null;
  repaired = false;

  constructor(folder: string, fault: Fault, first: number, lasting: boolean) {
    this.disk = new MemoryDisk(folder);
    this.where = `${fault} at step ${first}${lasting ? ' and on' : ''}`;
    this.disk.fault = (operation, name, step) => {
      if (step < first || this.repaired || (!lasting && step > first)) return null;
      if (!CAUSES[fault].includes(operation)) return null;
      this.#hit ??= `${operation} ${name}`;
      return fault;
    };
  }

  /** The first operation that failed, or null. */
  get hit(): string | null {
    return this.#hit;
  }
}

/** What would be left if the power went after so many changes. */
type Left = [done: number, files: Map<string, Buffer>];

/** Makes the changes; how many were acknowledged when the store failed for good, or all. */
async function work(store: JsonStore, failing: Failing, expected: string[], left: Left[]): Promise<number> {
  for (const [done, change] of CHANGES.entries()) {
    const refusal = await change(store).then(
      () => null,
      (error: Error) => error,
    );
    if (refusal !== null) {
      failing.repaired = true;
      const where = `${failing.where}, ${String(failing.hit)}, in change ${done}: ${refusal.message}`;
      expect(refusal, where).toBeInstanceOf(StoreError);
      // who asks for what a checkpoint is just failing to read is told so, too
      expect(await picture(store).catch(() => picture(store)), where).toBe(expected[done]);
      if (store.health().state === 'failed') {
        for (const later of CHANGES.slice(done)) await later(store).catch(() => undefined);
        expect(await picture(store), where).toBe(expected[done]);
        expect(store.health().notes[0], where).toContain('could not be written');
        return done;
      }
      await change(store);
    }
    if (failing.hit !== null) left.push([done + 1, failing.disk.survived()]);
  }
  return CHANGES.length;
}

/** Opens what is left, which has to be as it was after change `done`, or the next one if that was on its way. */
async function check(folder: string, files: Map<string, Buffer>, expected: string[], done: number, where: string) {
  const store = await openStore(folder, new MemoryDisk(folder, files));
  const found = await picture(store);
  const reached = [done, done + 1].find((i) => expected[i] === found);
  expect(reached, where).toBeDefined();
  if (reached! > SET_ASIDE.from && reached! <= SET_ASIDE.to)
    expect(String(files.get(`quarantine/${SET_ASIDE.name}.json`)), where).toContain('"body":"not a batch"');
  expect(await makeChanges(store, reached!), where).toBe(CHANGES.length);
}

/** Fails one operation after another; how many there were. */
async function failEach(fault: Fault, lasting: boolean, journal: number): Promise<number> {
  const folder = await newFolder();
  await mkdir(folder);
  const expected = await pictures(folder, new MemoryDisk(folder));
  const chance = new Chance(1);
  for (let first = 1; ; first++) {
    const failing = new Failing(folder, fault, first, lasting);
    const { disk } = failing;
    disk.lucky = () => chance.between(0, 1) === 1;
    const store = new JsonStore(folder, { disk, budgets: { journal } });
    const opened = await store.open().then(
      () => true,
      () => false,
    );
    const left: Left[] = [];
    const done = opened ? await work(store, failing, expected, left) : 0;
    await store.close();
    if (disk.steps < first) return first;
    const where = `${failing.where}, ${String(failing.hit)}`;
    await check(folder, disk.written(), expected, done, `${where}, after the end of the process`);
    left.push([done, disk.survived()]);
    for (const [after, files] of left)
      await check(folder, files, expected, after, `${where}, when the power went after change ${after}`);
  }
}

test.each<[Fault, 'once' | 'until something is refused']>([
  ['short', 'once'],
  ['ENOSPC', 'once'],
  ['EIO', 'once'],
  ['ENOSPC', 'until something is refused'],
  ['EIO', 'until something is refused'],
])('%s %s at any operation: nothing acknowledged is lost or doubled', async (fault, how) => {
  for (const journal of JOURNALS) expect(await failEach(fault, how !== 'once', journal)).toBeGreaterThan(30);
});

/** Writers that come back together share a sync; nobody waits for one who doesn't come. */
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { nodeDisk, type Disk } from '../../store/disk.js';
import { Gathering } from '../../store/gathering.js';
import { JsonStore } from '../../store/json-store.js';
import { newFolder, removeFolders } from './folder.js';
import { newSeries, ONCE, pointsAt, T0 } from './uploads.js';

afterEach(removeFolders);

/** A clock that stands. */
const still = (): number => 0;

test('a writer alone never waits', () => {
  const gathering = new Gathering(still);
  expect(gathering.isWorthwhile(1)).toBe(false);
  gathering.answered(1, 0, 5);
  expect(gathering.isWorthwhile(1)).toBe(false);
});

test('a group waits until as many are there as wrote last time', async () => {
  const gathering = new Gathering(still);
  gathering.answered(1, 2, 5);
  expect(gathering.isWorthwhile(3)).toBe(false);
  expect(gathering.isWorthwhile(1)).toBe(true);
  let over = false;
  const wait = gathering.wait().then(() => (over = true));
  gathering.arrived(2);
  await Promise.resolve();
  expect(over).toBe(false);
  gathering.arrived(3);
  await wait;
});

test('it waits for a moment after the last group only', () => {
  let now = 0;
  const gathering = new Gathering(() => now);
  gathering.answered(2, 0, 5);
  now = 100;
  expect(gathering.isWorthwhile(1)).toBe(false);
});

test('it goes on as long as they keep coming, and no longer', async () => {
  let now = 0;
  const gathering = new Gathering(() => now);
  gathering.answered(4, 0, 0);
  let over = false;
  const wait = gathering.wait().then(() => (over = true));
  for (const present of [1, 2, 3]) {
    now += 0.9;
    gathering.arrived(present);
    await sleep(5);
    expect(over).toBe(false);
  }
  now += 1;
  await wait;
});

test('after waits in vain it waits more and more seldom, and as before when one was worth it', async () => {
  let now = 0;
  const gathering = new Gathering(() => now);
  const tries = async (come: boolean): Promise<number> => {
    gathering.answered(2, 0, 0);
    let refused = 0;
    for (; !gathering.isWorthwhile(1); refused++);
    const wait = gathering.wait();
    if (come) gathering.arrived(2);
    else now += 100;
    await wait;
    return refused;
  };
  expect([await tries(false), await tries(false), await tries(false)]).toEqual([0, 2, 4]);
  expect([await tries(true), await tries(false)]).toEqual([8, 0]);
});

test('those who wrote last share the next sync, though the first of them is back before the others', async () => {
  let hold: Promise<unknown> = sleep(0);
  const slow: Disk = {
    ...nodeDisk,
    async open(path, flags) {
      const file = await nodeDisk.open(path, flags);
      return Object.assign(file, { datasync: () => hold });
    },
  };
  const store = new JsonStore(await newFolder(), { disk: slow });
  await store.open();
  await store.createSeries(newSeries());
  let time = T0;
  const write = (): Promise<unknown> => store.addPoints(1, pointsAt((time += 60_000)), ONCE);

  /** How many syncs three writers need who come back, and how long the first of them was away, ms. */
  const round = async (): Promise<{ syncs: number; away: number }> => {
    const before = store.health().syncs;
    let synced = 0;
    // slow enough that the moment is as long as it gets, 10 ms
    hold = sleep(200).then(() => (synced = performance.now()));
    const first = write();
    for (let turn = 0; turn < 3; turn++) await setImmediate();
    const others = [write(), write()];
    await first;
    await setImmediate();
    const again = write();
    const away = performance.now() - synced;
    await Promise.all([...others, again]);
    return { syncs: store.health().syncs - before, away };
  };
  let shared = await round();
  // the machine did something else meanwhile: whoever comes so late is not waited for
  while (shared.away > 5) shared = await round();
  expect(shared.syncs).toBe(2);
  await store.close();
});

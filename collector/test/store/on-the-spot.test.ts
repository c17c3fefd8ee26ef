/** Where syncs are quick, a group that has all writers waits for its sync on the spot; where they are slow, none does. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { nodeDisk, type Disk } from '../../store/disk.js';
import { JsonStore } from '../../store/json-store.js';
import { newFolder, removeFolders } from './folder.js';
import { newSeries, ONCE, pointsAt, T0 } from './uploads.js';

afterEach(removeFolders);

test('a sync is waited for on the spot only while syncs are quick', async () => {
  let slow = false;
  const onTheSpot: boolean[] = [];
  const datasync = async (atOnce = false): Promise<void> => {
    onTheSpot.push(atOnce);
    if (slow) await sleep(50);
  };
  const disk: Disk = {
    ...nodeDisk,
    open: async (path, flags) => Object.assign(await nodeDisk.open(path, flags), { datasync }),
  };
  const store = new JsonStore(await newFolder(), { disk });
  await store.open();
  await store.createSeries(newSeries());
  let time = T0;
  const write = (): Promise<unknown> => store.addPoints(1, pointsAt((time += 60_000)), ONCE);
  // the first ones show what is usual
  while (!onTheSpot.at(-1)) await write();
  slow = true;
  await write();
  await write();
  expect(onTheSpot.at(-1)).toBe(false);
  slow = false;
  while (!onTheSpot.at(-1)) await write();
  await store.close();
});

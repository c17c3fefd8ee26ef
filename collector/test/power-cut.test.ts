/**
 * A power cut for real: the file system that the data folder is on is shut down in the middle of ingest, mounted again,
 * and the collector started on what reached the disk. `POWER_CUTS=30` for more of it.
 */
import { open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Chance } from './chance.js';
import { Clients, Target } from './clients.js';
import { LoopDisk } from './loop-disk.js';
import { CollectorProcess } from './process.js';
import { temporaryFolder, USERS } from './running.js';

const CUTS = Number(process.env['POWER_CUTS'] ?? 6);

/** So little journal that cuts fall into checkpoints, too. */
const JOURNAL_BYTES = '16384';

const seed = Number(process.env['POWER_CUT_SEED'] ?? Date.now() % 1_000_000);

const missing = LoopDisk.missing();
if (missing !== null) process.stderr.write(`power cut test: skipped, it needs ${missing}\n`);

/** A file that is written but never synced. */
async function writeUnsynced(file: string): Promise<void> {
  const handle = await open(file, 'w');
  await handle.write('not synced');
  await handle.close();
}

const title = `after ${CUTS} power cuts every acknowledged point is there exactly once`;
test.skipIf(missing !== null)(title, { timeout: 900_000 }, async () => {
  process.stderr.write(`power cut test: POWER_CUT_SEED=${seed}\n`);
  const chance = new Chance(seed);
  const disk = LoopDisk.open();
  const users = join(await temporaryFolder(), 'users.json');
  await writeFile(users, JSON.stringify(USERS));
  const folder = join(disk.folder, 'data');
  const env = { THERMOWELL_LOG_LEVEL: 'error', THERMOWELL_JOURNAL_BYTES: JOURNAL_BYTES, THERMOWELL_USERS: users };

  let collector = new CollectorProcess(folder, env);
  const target = new Target(await collector.url());
  const clients = await Clients.start(target, [new Chance(seed + 1), new Chance(seed + 2)]);

  for (let cut = 0; cut < CUTS && !target.stopped; cut++) {
    await sleep(chance.between(0, 600));
    // another name each time: ext4 is in a hurry with a file that replaces one
    const canary = join(disk.folder, `canary-${cut}`);
    await writeUnsynced(canary);
    const refusals = target.refusals;
    disk.cut();
    // The process lives on, refuses what comes, and says why.
    await expect.poll(() => target.refusals).toBeGreaterThan(refusals);
    expect(await target.get('/health')).toMatchObject({ status: 'failed', store: { state: 'failed' } });
    target.leave();
    await collector.end('SIGKILL');
    disk.remount();
    expect(await readFile(canary, 'utf8').catch(() => ''), 'the cut was none').toBe('');
    collector = new CollectorProcess(folder, env);
    target.url = await collector.url();
  }
  const total = await clients.finish();
  process.stderr.write(`power cut test: ${CUTS} cuts, ${total} points, ${target.refusals} refusals\n`);
  expect(total).toBeGreaterThan(CUTS * 10);
  expect(await collector.end('SIGTERM')).toBe(0);
});

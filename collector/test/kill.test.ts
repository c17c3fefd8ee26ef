/**
 * The promise itself: a 2xx means on disk. The real process is killed at random instants while four clients upload; at
 * the end every acknowledged point is there exactly once, and none is there twice. `KILLS=100` for more of it.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Chance } from './chance.js';
import { Clients, Target } from './clients.js';
import { killAgainAndAgain } from './kills.js';
import { CollectorProcess } from './process.js';
import { temporaryFolder, USERS } from './running.js';

const KILLS = Number(process.env['KILLS'] ?? 50);

/** So little journal that chunks are written, and kills fall into their writing, too. */
const JOURNAL_BYTES = '16384';

const seed = Number(process.env['KILL_SEED'] ?? Date.now() % 1_000_000);

test(`after ${KILLS} kills every acknowledged point is there exactly once`, { timeout: 900_000 }, async () => {
  process.stderr.write(`kill test: KILL_SEED=${seed}\n`);
  const chance = new Chance(seed);
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'users.json'), JSON.stringify(USERS));
  const env = { THERMOWELL_LOG_LEVEL: 'error', THERMOWELL_JOURNAL_BYTES: JOURNAL_BYTES };

  const start = (): CollectorProcess => new CollectorProcess(folder, env);
  const first = start();
  const target = new Target(await first.url());
  const clients = await Clients.start(target, [new Chance(seed + 1), new Chance(seed + 2)]);

  const collector = await killAgainAndAgain(first, {
    kills: KILLS,
    chance,
    start,
    leave: () => target.leave(),
    follow: async (collector) => void (target.url = await collector.url()),
    over: () => target.stopped,
  });
  const total = await clients.finish();
  process.stderr.write(`kill test: ${KILLS} kills, ${total} points\n`);
  expect(target.refusals).toBe(0);
  expect(total).toBeGreaterThan(KILLS * 10);
  expect(await collector.end('SIGTERM')).toBe(0);
});

import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Chance } from './chance.js';
import type { CollectorProcess } from './process.js';

export interface Killing {
  kills: number;
  chance: Chance;
  start: () => CollectorProcess;
  /** hears that there is none from now on: whoever went on asking might reach the one that gets its port next */
  leave: () => void;
  /** hears of each process, and is through when that can be used */
  follow: (collector: CollectorProcess) => Promise<void>;
  /** ends it early */
  over: () => boolean;
}

/** Kills a collector at random instants, and starts another one in its place; the last one, which runs. */
export async function killAgainAndAgain(
  first: CollectorProcess,
  { kills, chance, start, leave, follow, over }: Killing,
): Promise<CollectorProcess> {
  let collector = first;
  for (let kill = 0; kill < kills && !over(); kill++) {
    await sleep(chance.between(0, 400));
    leave();
    expect(await collector.end('SIGKILL')).toBeNull();
    collector = start();
    // now and then the start itself is cut short
    if (chance.between(1, 5) === 1) {
      await sleep(chance.between(100, 600));
      await collector.end('SIGKILL');
      collector = start();
    }
    await follow(collector);
  }
  await sleep(300);
  return collector;
}

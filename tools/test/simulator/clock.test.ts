import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../simulator/clock.js';

/** Runs with timers that note the time as they ring. */
function bench(start = 1000) {
  const clock = new VirtualClock(start);
  const rung: [string, number][] = [];
  return { clock, rung, ring: (name: string) => () => void rung.push([name, clock.now()]) };
}

describe('VirtualClock', () => {
  it('jumps from timer to timer, equal ones in the order they were made', async () => {
    const { clock, rung, ring } = bench();
    clock.after(50, ring('c'));
    clock.after(20, ring('a'));
    clock.after(50, ring('d'));
    clock.after(20.5, ring('b'));
    clock.after(86_400_000, ring('tomorrow'));
    await clock.run(86_401_000);
    expect(rung).toEqual([
      ['a', 1020],
      ['b', 1021],
      ['c', 1050],
      ['d', 1050],
      ['tomorrow', 86_401_000],
    ]);
    expect(clock.now()).toBe(86_401_000);
  });

  it('rings no timer that was cancelled, or cleared with all others', async () => {
    const { clock, rung, ring } = bench();
    clock.after(10, ring('a'))();
    clock.after(20, () => clock.clear());
    clock.after(30, ring('b'));
    await clock.run(2000);
    expect(rung).toEqual([]);
  });

  it('stands still while something real is under way', async () => {
    const { clock, rung, ring } = bench();
    clock.after(10, () => {
      const release = clock.hold();
      void setTimeout(20).then(() => {
        clock.after(5, ring('answer'));
        release();
        release();
      });
    });
    clock.after(1000, ring('later'));
    await clock.run(3000);
    expect(rung).toEqual([
      ['answer', 1015],
      ['later', 2000],
    ]);
  });

  it('can be run again after a callback threw, from where it was', async () => {
    const { clock, rung, ring } = bench();
    clock.after(10, () => {
      throw new Error('cut');
    });
    clock.after(20, ring('a'));
    await expect(clock.run(2000)).rejects.toThrow('cut');
    expect(clock.now()).toBe(1010);
    await clock.run(2000);
    expect(rung).toEqual([['a', 1020]]);
  });

  it('live, runs what is past at once and what is to come when it is due', async () => {
    const start = Date.now() - 3_600_000;
    const { clock, rung, ring } = bench(start);
    clock.after(1000, ring('history'));
    // far enough ahead that it is still to come when the clock has caught up, on a busy machine, too
    clock.after(3_602_000, () => {
      expect(Date.now()).toBeGreaterThanOrEqual(start + 3_602_000);
      expect(clock.isLive).toBe(true);
      ring('due')();
    });
    let ended = false;
    clock.after(3_602_050, () => (ended = true));
    await clock.run(Infinity, 'live', () => ended);
    expect(rung).toEqual([
      ['history', start + 1000],
      ['due', start + 3_602_000],
    ]);
  });
});

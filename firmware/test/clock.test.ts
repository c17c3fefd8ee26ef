import { describe, expect, it } from 'vitest';
import { Clock, type ClockOptions } from '../clock.js';
import { TIME_MAX } from '../protocol/limits.js';
import { RELEASED } from '../protocol/version.js';

const T = RELEASED + 1_000_000_000;
const HOUR = 3_600_000;

/** A clock on an uptime that the test moves, and the walls that it told. */
function bench(options: Partial<ClockOptions> = {}): { clock: Clock; walls: number[]; pass: (ms: number) => void } {
  let uptime = 1000;
  const walls: number[] = [];
  const clock = new Clock({ uptime: () => uptime, onChange: (wall) => walls.push(wall), ...options });
  return { clock, walls, pass: (ms) => (uptime += ms) };
}

describe('Clock', () => {
  it('tells the uptime until it hears the time', () => {
    const { clock, pass } = bench();
    expect(clock.now()).toEqual({ time: 1000, clock: 'uptime' });
    pass(500.7);
    expect(clock.now()).toEqual({ time: 1500, clock: 'uptime' });
    expect([clock.known, clock.wall, clock.source, clock.error]).toEqual([false, null, null, Infinity]);
  });

  it('goes on from the time it heard, and tells at which time the uptime was 0', () => {
    const { clock, walls, pass } = bench();
    expect(clock.hear(T, 'ntp')).toBe(true);
    pass(250);
    expect(clock.now()).toEqual({ time: T + 250, clock: 'unix' });
    expect([clock.wall, clock.source, walls]).toEqual([T - 1000, 'ntp', [T - 1000]]);
  });

  it('takes the time to be that in the middle of the exchange', () => {
    const { clock } = bench();
    clock.hear(T, 'collector', 400);
    expect(clock.now().time).toBe(T + 200);
  });

  it.each([RELEASED - 1, 0, -1, NaN, Infinity, TIME_MAX + 1])('refuses %d', (time) => {
    const { clock, walls } = bench();
    expect(clock.hear(time, 'ntp')).toBe(false);
    expect([clock.known, walls]).toEqual([false, []]);
  });

  it('takes another earliest time', () => {
    expect(bench({ earliest: 0 }).clock.hear(RELEASED - 1, 'ntp')).toBe(true);
  });

  it('refuses an answer that took no time that makes sense', () => {
    expect(bench().clock.hear(T, 'ntp', -1)).toBe(false);
    expect(bench().clock.hear(T, 'ntp', NaN)).toBe(false);
  });

  it('is less sure the older its last word is', () => {
    const { clock, pass } = bench({ drift_ppm: 50 });
    clock.hear(T, 'ntp', 20);
    expect(clock.error).toBe(110);
    pass(HOUR);
    expect(clock.error).toBe(110 + 180);
  });

  it('prefers NTP to the collector', () => {
    const { clock } = bench();
    clock.hear(T, 'collector');
    expect(clock.hear(T + 60_000, 'ntp')).toBe(true);
    expect(clock.hear(T, 'collector')).toBe(false);
    expect([clock.now().time, clock.source]).toEqual([T + 60_000, 'ntp']);
  });

  it('hears the collector again once NTP has been silent for long', () => {
    const { clock, pass } = bench({ drift_ppm: 1000 });
    clock.hear(T, 'ntp');
    pass(HOUR);
    expect(clock.hear(T + HOUR + 3500, 'collector')).toBe(true);
    expect(clock.now().time).toBe(T + HOUR + 3500);
  });

  it('does not step for what lies within the error of the one who tells it', () => {
    const { clock, walls, pass } = bench();
    clock.hear(T, 'collector', 100);
    pass(HOUR);
    expect(clock.hear(T + HOUR + 1500, 'collector', 100)).toBe(true);
    expect(clock.hear(T + HOUR + 400, 'ntp')).toBe(true);
    expect(walls).toHaveLength(1);
    expect(clock.error).toBeLessThan(600);
    pass(HOUR);
    expect(clock.hear(T + 2 * HOUR + 900, 'ntp')).toBe(true);
    expect(walls).toHaveLength(2);
    expect(clock.now().time).toBe(T + 2 * HOUR + 900);
  });

  it('steps back as well as forward', () => {
    const { clock, pass } = bench();
    clock.hear(T, 'ntp');
    pass(HOUR);
    clock.hear(T, 'ntp');
    expect(clock.now().time).toBe(T);
  });
});

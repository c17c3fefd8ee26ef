import { describe, expect, test } from 'vitest';
import { Pace } from '../life/pace.js';
import { RadioPlan } from '../life/radio-plan.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const CALM = { pending: 1, fullness: 0, clockError: 1000 };

/** What a minute's sleep really takes. */
const really = (asked: number): number => asked * 1.04 + 300;

const plan = (): RadioPlan => new RadioPlan({ uploadEvery: 60, random: () => 1 });

describe('the radio', () => {
  test('starts for a number of readings, a log that fills up, a clock that is not known', () => {
    expect(plan().wants(0, CALM)).toBe(false);
    expect(plan().wants(0, { ...CALM, pending: 60 })).toBe(true);
    expect(plan().wants(0, { ...CALM, fullness: 0.6 })).toBe(true);
    expect(plan().wants(0, { ...CALM, clockError: Infinity })).toBe(true);
    expect(plan().wants(0, { ...CALM, pending: 0, fullness: 0.6 })).toBe(false);
  });

  test('of a dead router takes a third of a per cent of the time at most: never more than twenty seconds in two hours', () => {
    const dead = plan();
    const starts: number[] = [];
    for (let uptime = 0; uptime < 7 * 24 * HOUR; uptime += MINUTE) {
      if (!dead.wants(uptime, { pending: 10_000, fullness: 1, clockError: Infinity })) continue;
      starts.push(uptime);
      dead.failed(uptime);
    }
    expect(starts[1]).toBe(2 * MINUTE);
    const late = starts.slice(8);
    late.slice(1).forEach((start, i) => expect(start - late[i]!).toBe(4 * HOUR));
    expect(starts.length).toBeLessThan(55);
  });

  test('is left alone for as long as the collector wants, and starts at once when something came of it', () => {
    const own = plan();
    own.failed(0, 10 * HOUR);
    expect(own.wants(9 * HOUR, { ...CALM, pending: 99 })).toBe(false);
    own.gained(10 * HOUR);
    expect(own.wants(10 * HOUR, { ...CALM, pending: 99 })).toBe(true);
    expect(own.tries).toEqual({ failures: 0, notBefore: 0 });
  });

  test('goes on with its failures after a sleep', () => {
    const first = plan();
    for (let i = 0; i < 4; i++) first.failed(0);
    const second = new RadioPlan({ uploadEvery: 60, random: () => 1, tries: first.tries });
    second.failed(0);
    expect(second.tries).toEqual({ failures: 5, notBefore: 32 * MINUTE });
  });
});

describe('the pace of sleeps', () => {
  test('is learned from what the clock was off by, and then asked for less', () => {
    const pace = new Pace();
    expect(pace.drift_ppm).toBe(30_000);
    let off = 0;
    for (let i = 0; i < 30; i++) off += really(pace.ask(MINUTE)) - MINUTE;
    pace.heard(off);
    off = 0;
    for (let i = 0; i < 60; i++) off += really(pace.ask(MINUTE)) - MINUTE;
    expect(Math.abs(off)).toBeLessThan(0.003 * HOUR);
    expect(pace.drift_ppm).toBe(3000);
    expect(new Pace(pace.paced).paced).toEqual(pace.paced);
  });

  test('is believed once the clock was found right after a while', () => {
    const pace = new Pace();
    pace.ask(MINUTE);
    pace.confirmed();
    expect(pace.drift_ppm).toBe(30_000);
    pace.ask(10 * MINUTE);
    pace.confirmed();
    expect(pace.drift_ppm).toBe(3000);
  });

  test('is not learned from a few minutes', () => {
    const pace = new Pace();
    pace.ask(MINUTE);
    pace.heard(50_000);
    expect(pace.paced).toEqual({ ppm: 0, slept: 0, learned: false });
  });

  test('is not learned from a clock that had been told a wrong time', () => {
    const pace = new Pace();
    pace.ask(HOUR);
    pace.heard(0.02 * HOUR);
    const { ppm } = pace.paced;
    for (const off of [24 * HOUR, -24 * HOUR]) {
      pace.ask(HOUR);
      pace.heard(off);
      expect(pace.paced).toEqual({ ppm, slept: 0, learned: true });
    }
  });

  test('never asks an ESP8266 for more than its 32 bits of microseconds', () => {
    const pace = new Pace();
    for (let off = 0.01; off < 1; off += 0.01) {
      expect(pace.ask(HOUR) * 1000).toBeLessThan(2 ** 32);
      pace.heard(-off * HOUR);
    }
    expect(pace.paced.ppm).toBeLessThan(-100_000);
  });
});

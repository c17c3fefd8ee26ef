import { describe, expect, it } from 'vitest';
import { NorFlash } from '../../tools/simulator/flash.js';
import { Log } from '../log.js';
import type { Reading } from '../reading.js';

const T = Date.UTC(2026, 10, 20);
const random = (): number => 0.5;

function reading(time: number, temp_C: number | null, clock: Reading['clock'] = 'unix'): Reading {
  return { time, clock, sensors: { '28-0316a4f1b2ff': { temp_C }, battery: { batt_V: 3.91 } } };
}

function open(flash: NorFlash, continued = false): Log {
  const log = new Log(flash, { random, continued });
  log.open();
  return log;
}

describe('Log', () => {
  it('gives back what was appended', () => {
    const flash = new NorFlash({ sectors: 4, blockSize: 256 });
    const log = open(flash);
    expect(log.append(reading(T, 21.5))).toBe(0);
    expect(log.append(reading(T + 60_000, null))).toBe(1);
    const want = { first: 0, clock: 'unix', estimated: false, dated: true, time: [T, T + 60_000] };
    expect(log.read(0, 10)).toMatchObject(want);
    expect(open(flash).read(0, 10)).toMatchObject(want);
    expect(open(flash).next).toBe(2);
  });
});

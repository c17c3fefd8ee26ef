import { expect, test } from 'vitest';
import * as fc from 'fast-check';
import { recall, recallAfter, retain, retainReport, type Retained } from '../life/retained.js';
import type { Memory } from '../power.js';
import { crc8 } from '../sensors/crc8.js';

/** Memory as the ESP8266's: after a power cut it holds anything. */
function memory(byteLength = 384): Memory & { bytes: Uint8Array } {
  const bytes = new Uint8Array(byteLength).map((_, i) => i * 7);
  return { bytes, byteLength, read: () => bytes.slice(), write: (written) => bytes.set(written) };
}

const code = (serial: number): Uint8Array => {
  const rom = Uint8Array.of(0x28, serial, 0, 0, 0, 0, 0, 0);
  rom[7] = crc8(rom, 7);
  return rom;
};

const T = Date.UTC(2026, 10, 20);

const FULL: Retained = {
  uptime: 1_234_567,
  due: 1_300_000,
  radio: true,
  pace: { ppm: -21_000, slept: 900_000, learned: true },
  clock: { wall: T, set: 1_000_000, error: 1234 },
  tries: { failures: 3, notBefore: 5_000_000 },
  reset: 'watchdog',
  trouble: 'TypeError: no such thing',
  bookmark: {
    sequence: 70_000,
    head: 0xffff_fffe,
    free: 4096,
    acknowledged: 9,
    lost: 1,
    log: 0xdead_beef,
    next: 120,
    doubtful: 118,
    oldest: 60,
    oldestIn: 69_990,
    boot: 4,
    bootAt: 50,
    runAt: 77,
  },
  probes: {
    untilSearch: 7,
    probes: [
      { code: code(1), bits: 12, believed: -10.125 },
      { code: code(2), bits: 9, believed: undefined },
    ],
  },
  readings: [
    {
      time: T + 60_000,
      clock: 'unix',
      sensors: {
        '28-000000000001': { temp_C: -10.125 },
        '28-000000000002': { temp_C: null },
        battery: { batt_V: 3.912 },
      },
    },
    { time: 5000, clock: 'uptime', sensors: { '28-000000000001': { temp_C: 85 }, '28-000000000002': { temp_C: 0 } } },
  ],
};

test('comes back as it was', () => {
  const own = memory();
  expect(retain(own, FULL)).toBe(true);
  expect(recall(own)).toEqual(FULL);
});

test('needs no more than an ESP8266 has for four probes and twelve readings of them', () => {
  const probes = [1, 2, 3, 4].map((serial) => ({ code: code(serial), bits: 12 as const, believed: 20 }));
  const sensors = Object.fromEntries([1, 2, 3, 4].map((n) => [`28-00000000000${n}`, { temp_C: 20 }]));
  const readings = Array.from({ length: 12 }, () => ({ time: T, clock: 'unix' as const, sensors }));
  expect(retain(memory(), { ...FULL, probes: { untilSearch: 0, probes }, readings })).toBe(true);
});

test('nothing of it is believed once a bit is another, nor what memory holds after a power cut', () => {
  const own = memory();
  expect(recall(own)).toBe(null);
  retain(own, FULL);
  const written = own.bytes.slice();
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 150 }), fc.integer({ min: 0, max: 7 }), (at, bit) => {
      own.bytes.set(written);
      own.bytes[at]! ^= 1 << bit;
      return recall(own) === null;
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 384, maxLength: 384 }), (bytes) => {
      own.bytes.set(bytes);
      return recall(own) === null;
    }),
  );
});

test('leaves the memory alone where it has no room for it, or a reading is of another shape', () => {
  const own = memory(120);
  const before = own.bytes.slice();
  expect(retain(own, FULL)).toBe(false);
  const other = { time: T, clock: 'unix' as const, sensors: { indoors: { humidity: 40 } } };
  expect(retain(own, { ...FULL, readings: [other] })).toBe(false);
  const fine = { ...FULL.readings[0]!, sensors: { ...FULL.readings[0]!.sensors, battery: { batt_V: 3.91234 } } };
  expect(retain(memory(), { ...FULL, readings: [fine] })).toBe(false);
  expect(own.bytes).toEqual(before);
});

test('after a reset that was no sleep, the time and the place in the log are not believed; what failed still counts', () => {
  const own = memory();
  retain(own, FULL);
  expect(recallAfter('deep-sleep', own)).toEqual(FULL);
  expect(recallAfter('watchdog', own)).toMatchObject({
    uptime: 0,
    due: 0,
    clock: null,
    bookmark: null,
    readings: [],
    radio: false,
    tries: { failures: 3, notBefore: 5_000_000 - 1_234_567 },
    trouble: FULL.trouble,
    pace: { ppm: -21_000, learned: true },
  });
});

test('a device on mains keeps what went wrong', () => {
  const own = memory();
  retainReport(own, { reset: 'exception', trouble: `x${'é'.repeat(200)}` });
  expect(recallAfter('software', own)).toMatchObject({ reset: 'exception', trouble: `x${'?'.repeat(59)}` });
});

/**
 * What a device on batteries knows when it wakes, little-endian, in memory that outlasts a sleep (power.ts):
 *
 *   u32 magic and version 'TWR4' · u32 checksum of the rest · u32 its length in words, with zeros to the last one's end
 *   f64 uptime · f64 due · u8 flags
 *   i32 ppm · f64 slept                                  pace.ts
 *   f64 wall · f64 set · i32 error                       the clock, where it is known
 *   u8 failures · f64 notBefore                          radio-plan.ts
 *   u8 reset, by its place in RESETS · u8 n · trouble
 *   bookmark                                             where there is one
 *   u8 until search · u8 n · { 8 code · u8 bits · i16 believed } …
 *   u8 n · { u8 flags · u48 time · i16 battery · i16 value of each probe } …
 *
 * A reading in it is on no flash and has no number yet: a power cut loses it. What the battery has emptied, a reset
 * has torn or another firmware has left there doesn't prove valid, and counts as nothing.
 */
import { BOOKMARK_BYTES, getBookmark, putBookmark, type Bookmark } from '../bookmark.js';
import type { KeptClock } from '../clock.js';
import { formFor, getValue, putValue, SIXTEENTHS, THOUSANDTHS } from '../column.js';
import { crc32 } from '../crc.js';
import type { Paced } from './pace.js';
import { Pen } from '../pen.js';
import { RESETS, type Memory, type Reset } from '../power.js';
import type { Tries } from './radio-plan.js';
import type { Reading } from '../reading.js';
import type { KnownProbe, KnownProbes } from '../sensors/ds18b20.js';
import { readRom } from '../sensors/rom.js';
import type { Resolution } from '../sensors/scratchpad.js';

export interface Retained {
  /** what the uptime is at the wake, ms: that before the sleep, and the sleep */
  uptime: number;
  /** the uptime at which the next reading is to be taken: later than `uptime` where one sleep can't be so long */
  due: number;
  /** the radio is to be started at this wake */
  radio: boolean;
  pace: Paced;
  clock: KeptClock | null;
  tries: Tries;
  /** report.ts */
  reset: Reset;
  trouble: string;
  bookmark: Bookmark | null;
  probes: KnownProbes;
  /** taken, but not on flash */
  readings: readonly Reading[];
}

/** Of a device that has just been switched on. */
const NOTHING: Retained = Object.freeze({
  uptime: 0,
  due: 0,
  radio: true,
  pace: Object.freeze({ ppm: 0, slept: 0, learned: false }),
  clock: null,
  tries: Object.freeze({ failures: 0, notBefore: 0 }),
  reset: 'unknown',
  trouble: '',
  bookmark: null,
  probes: Object.freeze({ untilSearch: 0, probes: Object.freeze([]) }),
  readings: Object.freeze([]),
});

const MAGIC = 0x3452_5754;
const HEADER = 12;
const RADIO = 1;
const CLOCK = 2;
const BOOKMARK = 4;
const LEARNED = 8;
const UNIX = 1;
const BATTERY = 2;
const NONE = -32_768;
/** Longest text kept. */
const TEXT = 60;
/** "64-Bit Lasered ROM Code" of a DS18B20. */
const FAMILY = 0x28;

/** What an earlier life left in the memory for one that begins by `reset`; null where that proves nothing. */
export function recallAfter(reset: Reset, memory: Memory): Retained | null {
  const retained = recall(memory);
  if (retained === null || reset === 'deep-sleep') return retained;
  // Nobody knows how long it took: the uptime begins anew, and with it the boot. The readings go to flash (`rescue`).
  const { uptime, tries, pace } = retained;
  const notBefore = Math.max(0, tries.notBefore - uptime);
  return {
    ...retained,
    uptime: 0,
    due: 0,
    radio: notBefore === 0,
    pace: { ...pace, slept: 0 },
    clock: null,
    tries: { ...tries, notBefore },
    bookmark: null,
    readings: [],
  };
}

/** What is in the memory; null where that proves nothing. */
export function recall(memory: Memory): Retained | null {
  const bytes = memory.read();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getUint32(0, true) !== MAGIC) return null;
  const end = HEADER + 4 * view.getUint32(8, true);
  if (end > bytes.length) return null;
  const rest = bytes.subarray(HEADER, end);
  if (crc32(rest) !== view.getUint32(4, true)) return null;
  try {
    return decode(new Pen(rest));
  } catch {
    return null;
  }
}

/** Writes it into the memory; false, and nothing is written, where it doesn't fit or a reading isn't of the usual shape. */
export function retain(memory: Memory, retained: Retained): boolean {
  const bytes = new Uint8Array(memory.byteLength);
  const view = new DataView(bytes.buffer);
  const pen = new Pen(bytes, HEADER);
  try {
    if (!encode(pen, retained)) return false;
  } catch {
    return false;
  }
  // Whole words: ESP8266 writes no others.
  const end = (pen.offset + 3) & ~3;
  if (end > bytes.length) return false;
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, crc32(bytes.subarray(HEADER, end)), true);
  view.setUint32(8, (end - HEADER) / 4, true);
  memory.write(bytes.subarray(0, end));
  return true;
}

/** All that a device on mains keeps over a reset: why, and what went wrong. */
export function retainReport(memory: Memory, { reset, trouble }: Pick<Retained, 'reset' | 'trouble'>): void {
  retain(memory, { ...NOTHING, reset, trouble });
}

function encode(pen: Pen, retained: Retained): boolean {
  const { uptime, due, radio, pace, clock, tries, reset, trouble, bookmark, probes, readings } = retained;
  pen.putF64(uptime);
  pen.putF64(due);
  pen.putU8((radio ? RADIO : 0) | (clock ? CLOCK : 0) | (bookmark ? BOOKMARK : 0) | (pace.learned ? LEARNED : 0));
  pen.putI32(pace.ppm);
  pen.putF64(pace.slept);
  if (clock) {
    pen.putF64(clock.wall);
    pen.putF64(clock.set);
    pen.putI32(Math.min(clock.error, 0x7fff_ffff));
  }
  pen.putU8(Math.min(tries.failures, 255));
  pen.putF64(tries.notBefore);
  pen.putU8(numberOf(reset));
  pen.putText(trouble.slice(0, TEXT));
  if (bookmark) putBookmark(pen.view, pen.skip(BOOKMARK_BYTES), bookmark);
  pen.putU8(probes.untilSearch);
  pen.putU8(probes.probes.length);
  probes.probes.forEach(({ code, bits, believed }) => {
    pen.putBytes(code);
    pen.putU8(bits);
    pen.putI16(believed === undefined ? NONE : believed * 16);
  });
  pen.putU8(readings.length);
  if (readings.length === 0) return true;
  const names = namesOf(probes.probes);
  return readings.every((reading) => putReading(pen, reading, names));
}

/** Its place in RESETS. */
function numberOf(reset: Reset): number {
  let number = RESETS.length - 1;
  while (number > 0 && RESETS[number] !== reset) number--;
  return number;
}

function decode(pen: Pen): Retained {
  const uptime = pen.f64();
  const due = pen.f64();
  const flags = pen.u8();
  const pace = { ppm: pen.i32(), slept: pen.f64(), learned: (flags & LEARNED) !== 0 };
  const clock = flags & CLOCK ? { wall: pen.f64(), set: pen.f64(), error: pen.i32() } : null;
  const tries = { failures: pen.u8(), notBefore: pen.f64() };
  const reset = RESETS[pen.u8()] ?? 'unknown';
  const trouble = pen.text();
  const bookmark = flags & BOOKMARK ? getBookmark(pen.view, pen.skip(BOOKMARK_BYTES)) : null;
  const untilSearch = pen.u8();
  const known: KnownProbe[] = [];
  for (let left = pen.u8(); left > 0; left--) {
    const code = pen.bytes(8).slice();
    const bits = pen.u8() as Resolution;
    const raw = pen.i16();
    known.push({ code, bits, believed: raw === NONE ? undefined : raw / 16 });
  }
  const readings: Reading[] = [];
  const count = pen.u8();
  const names = count > 0 ? namesOf(known) : [];
  for (let left = count; left > 0; left--) readings.push(getReading(pen, names));
  const radio = (flags & RADIO) !== 0;
  return {
    uptime,
    due,
    radio,
    pace,
    clock,
    tries,
    reset,
    trouble,
    bookmark,
    probes: { untilSearch, probes: known },
    readings,
  };
}

/** False where the reading has more than the probes and a battery, or a value that isn't one of theirs. */
function putReading(pen: Pen, { time, clock, sensors }: Reading, names: readonly string[]): boolean {
  const battery = sensors['battery']?.['batt_V'];
  const shape = [...names, ...(battery === undefined ? [] : ['battery'])];
  if (shape.join() !== Object.keys(sensors).join()) return false;
  pen.putU8((clock === 'unix' ? UNIX : 0) | (battery === undefined ? 0 : BATTERY));
  pen.putU48(time);
  for (const name of names) {
    const value = sensors[name]!['temp_C'] ?? null;
    if (formFor(value, SIXTEENTHS) !== SIXTEENTHS) return false;
    putValue(pen.view, pen.skip(2), SIXTEENTHS, value);
  }
  if (battery === undefined) return true;
  putValue(pen.view, pen.skip(2), THOUSANDTHS, battery);
  return formFor(battery, THOUSANDTHS) === THOUSANDTHS;
}

function getReading(pen: Pen, names: readonly string[]): Reading {
  const flags = pen.u8();
  const time = pen.u48();
  const sensors: Reading['sensors'] = {};
  names.forEach((name) => (sensors[name] = { temp_C: getValue(pen.view, pen.skip(2), SIXTEENTHS) }));
  if (flags & BATTERY) sensors['battery'] = { batt_V: getValue(pen.view, pen.skip(2), THOUSANDTHS) };
  return { time, clock: flags & UNIX ? 'unix' : 'uptime', sensors };
}

/** @throws Error for a code that isn't one */
function namesOf(probes: readonly KnownProbe[]): string[] {
  return probes.map(({ code }) => {
    const rom = readRom(code, FAMILY);
    if (rom === null) throw new Error('no ROM code');
    return rom.name;
  });
}

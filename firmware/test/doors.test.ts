/**
 * The doors to the chip, over stand-ins of the SDK's modules (sdk/) that misbehave as the SDK does;
 * `.config/vitest.ts` puts them in its place.
 */
import { expect, test } from 'vitest';
import { ChipBus } from '../chip/bus.js';
import { Chip } from '../chip/chip.js';
import { ChipRadio } from '../chip/radio.js';
import { Storage } from '../chip/storage.js';
import { ChipTimers } from '../chip/timers.js';
import { Uptime } from '../chip/uptime.js';
import { Log } from '../log.js';
import { crc8 } from '../sensors/crc8.js';
import { readRom } from '../sensors/rom.js';
import FFI from './sdk/ffi.js';
import OneWire from './sdk/onewire.js';
import Time from './sdk/time.js';
import Timer from './sdk/timer.js';
import WiFi from './sdk/wifi.js';

const feed = (): void => new Chip().feedWatchdog();

/** The ROM of 28-0316a4f1b2ff. */
const CODE = Uint8Array.of(0x28, 0xff, 0xb2, 0xf1, 0xa4, 0x16, 0x03, 0);
CODE[7] = crc8(CODE, 7);

test('the bus: a presence that is a number is one, codes are copied, single bytes are read', () => {
  const bus = new ChipBus(13, feed);
  for (const [answer, present] of [
    [1, true],
    [0, false],
    [true, true],
    [false, false],
  ] as const) {
    OneWire.present = answer;
    expect(bus.reset()).toBe(present);
  }
  const reversed = CODE.slice().reverse();
  OneWire.codes = [reversed.buffer];
  const [code] = bus.search();
  expect(readRom(code!, 0x28)?.code).toEqual(reversed);
  bus.select(code!.subarray(0, 8));
  expect(new Uint8Array(OneWire.done.at(-1) as ArrayBuffer)).toEqual(reversed);
  expect(bus.read()).toBe(0x5a);
  expect(OneWire.done[0]).toBe('pin 13');
});

test('the bus: however many probes are on it, the watchdog is fed at each search and each probe', () => {
  const bus = new ChipBus(13, feed);
  const before = FFI.fed;
  bus.search();
  for (let probe = 0; probe < 60; probe++) bus.select(CODE);
  expect(FFI.fed - before).toBe(61);
});

test('the flash: reading and writing nothing is no error, and a log lives on it', () => {
  const storage = new Storage(feed);
  expect(storage.read(0, 0)).toEqual(new Uint8Array());
  storage.write(0, new Uint8Array());
  const log = new Log(storage, { random: () => 0.5 });
  log.open();
  log.append({ time: 1000, clock: 'uptime', sensors: { a: { temp_C: 21.5 } } });
  const again = new Log(new Storage(feed), { random: () => 0.5 });
  again.open();
  expect(again.read(0, 9)?.sensors).toEqual({ a: { temp_C: [21.5] } });
});

test('the flash: whoever goes through a long log in one turn keeps the watchdog fed', () => {
  const storage = new Storage(feed);
  const before = FFI.fed;
  for (let at = 0; at < 40_960; at += 64) storage.read(at % storage.byteLength, 64);
  expect(FFI.fed - before).toBe(10);
});

test('the radio stays off until it is to join, and tells its links by the numbers of ECMA-419', () => {
  const links: string[] = [];
  const radio: ChipRadio = new ChipRadio({ ssid: 'Home', password: '', onChange: () => links.push(radio.link) });
  expect([radio.link, radio.rssi, WiFi.made]).toEqual(['down', null, 0]);
  radio.leave();
  radio.join();
  expect(WiFi.newest.calls).toEqual([{ SSID: 'Home' }]);
  for (const connection of [300, 200, 300, 400, 500, 200]) WiFi.newest.becomes(connection);
  expect(links).toEqual(['joining', 'down', 'joining', 'joining', 'up', 'down']);
  WiFi.newest.becomes(300);
  expect(() => radio.join()).toThrow('connecting');
  expect(WiFi.made).toBe(1);
});

test('timers: what a callback throws goes no further, and one that has fired is not cleared', () => {
  const failures: unknown[] = [];
  const timers = new ChipTimers((error) => failures.push(error));
  const cancel = timers.after(-5, () => {
    throw new Error('in a callback');
  });
  expect(Timer.fire()).toBe(0);
  expect(failures).toMatchObject([{ message: 'in a callback' }]);
  cancel();
  timers.after(10, () => {})();
  expect(Timer.count).toBe(0);
});

test('the uptime goes on where the ticks wrap, and over a sleep', () => {
  Time.pass(2 ** 31 - 1000);
  const uptime = new Uptime(5000);
  Time.pass(600);
  expect(uptime.now()).toBe(5600);
  Time.pass(600);
  expect(uptime.now()).toBe(6200);
});

test('the chip: memory by whole buffers, why it was reset, its address, its sleep', () => {
  const chip = new Chip();
  const bytes = Uint8Array.from({ length: 40 }, (_, i) => i);
  chip.write(bytes.subarray(8, 16));
  expect(chip.read().subarray(0, 8)).toEqual(bytes.slice(8, 16));
  expect([chip.reset, chip.mac, chip.byteLength]).toEqual(['watchdog', '24:6f:28:aa:0b:cc', 384]);
  expect(chip.platform).toBe('esp32c3');
  chip.sleep(-3, false);
  expect(FFI.slept).toEqual([1, 0]);
  FFI.reset = 99;
  expect(new Chip().reset).toBe('unknown');
});

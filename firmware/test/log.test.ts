import { describe, expect, it } from 'vitest';
import { NorFlash, PowerCut } from '../../tools/simulator/flash.js';
import type { Reading } from '../reading.js';
import { HEAD_BYTES } from '../head.js';
import { openLog, readAll, T } from './log-model.js';

const PROBE = '28-0316a4f1b2ff';
const MINUTE = 60_000;

function reading(time: number, temp_C: number | null, clock: Reading['clock'] = 'unix'): Reading {
  return { time, clock, sensors: { [PROBE]: { temp_C } } };
}

function chip({ sectors = 4, blockSize = 256 } = {}): NorFlash {
  return new NorFlash({ sectors, blockSize });
}

/** Counts the reads of flash from now on. */
function countReads(flash: NorFlash): () => number {
  let reads = 0;
  const read = flash.read.bind(flash);
  flash.read = (offset, byteLength) => {
    reads++;
    return read(offset, byteLength);
  };
  return () => reads;
}

const values = (log: ReturnType<typeof openLog>): unknown[] =>
  readAll(log).map(({ sensors }) => sensors[PROBE]!['temp_C']);

const times = (log: ReturnType<typeof openLog>): number[] => readAll(log).map(({ time }) => time);

describe('append()', () => {
  it('what a power cut tore does not become whole by what is written behind it', () => {
    const before = chip({ blockSize: 512 });
    openLog(before).append(reading(T, 0));
    const { bytesWritten: start } = before;
    const whole = before.clone();
    openLog(whole).append(reading(T + MINUTE, 1));
    const length = whole.bytesWritten - start;
    // the last byte of its checksum is missing; now and then that is the byte that is written next
    for (let value = 1; value < 1500; value++) {
      const flash = before.clone();
      const log = openLog(flash);
      flash.cutAfter(length - 1);
      expect(() => log.append(reading(T + MINUTE, value))).toThrow(PowerCut);
      flash.powerOn();
      const next = openLog(flash);
      // all that is there where that byte is as blank as flash
      const found = values(next);
      next.append(reading(T + 2 * MINUTE, -1));
      expect(values(openLog(flash))).toEqual([...found, -1]);
    }
  });

  it('gives numbers from 0 on, and the readings come back as they were', () => {
    const flash = chip();
    const log = openLog(flash);
    expect(log.append(reading(T, 21.5))).toBe(0);
    expect(log.append(reading(T + MINUTE, null))).toBe(1);
    const slice = {
      first: 0,
      clock: 'unix',
      estimated: false,
      dated: true,
      time: [T, T + MINUTE],
      sensors: { [PROBE]: { temp_C: [21.5, null] } },
    };
    expect(log.read(0, 10)).toEqual(slice);
    const again = openLog(flash);
    expect(again.read(0, 10)).toEqual(slice);
    expect([again.oldest, again.next, again.pending]).toEqual([0, 2, 2]);
  });

  it('keeps every value exactly, whatever it is', () => {
    const values = [
      -55,
      -10.125,
      -0.0625,
      0,
      85,
      125,
      21.1,
      3.911,
      -32.767,
      32.768,
      1e-9,
      4.0393095703125,
      1e300,
      null,
    ];
    const log = openLog(chip({ blockSize: 4096 }));
    for (const [i, value] of values.entries()) log.append(reading(T + i, value));
    expect(readAll(log).map(({ sensors }) => sensors[PROBE]!['temp_C'])).toEqual(values);
  });

  it('gives a column back its narrow form in the next sector', () => {
    const flash = chip({ blockSize: 1024 });
    const log = openLog(flash);
    for (let i = 0; i < 150; i++) log.append(reading(T + i, i === 3 ? Math.PI : 20));
    const before = flash.bytesWritten;
    log.append(reading(T + 150, 20));
    expect(flash.bytesWritten - before).toBe(12);
  });

  it('keeps a value that is not finite as a gap', () => {
    const log = openLog(chip());
    for (const value of [NaN, Infinity, -Infinity]) log.append(reading(T, value));
    expect(log.read(0, 9)!.sensors).toEqual({ [PROBE]: { temp_C: [null, null, null] } });
  });

  it('takes at most 16 bytes of flash per probe and reading, all heads and marks included', () => {
    for (const probes of [1, 2, 4]) {
      const flash = chip({ sectors: 8, blockSize: 4096 });
      const log = openLog(flash);
      const count = 5000;
      for (let i = 0; i < count; i++) {
        const sensors: Reading['sensors'] = { battery: { batt_V: 3.9 } };
        for (let probe = 0; probe < probes; probe++) sensors[`28-0316a4f1b2f${probe}`] = { temp_C: i / 16 - 55 };
        log.append({ time: T + i * MINUTE, clock: 'unix', sensors });
        if (i % 60 === 59) log.acknowledge(log.next);
      }
      expect(flash.bytesWritten / count / probes).toBeLessThanOrEqual(16);
    }
  });

  it('wears the sectors evenly', () => {
    const flash = chip();
    const log = openLog(flash);
    for (let i = 0; i < 500; i++) log.acknowledge(log.append(reading(T + i, 20)) + 1);
    expect(Math.max(...flash.erases) - Math.min(...flash.erases)).toBeLessThanOrEqual(1);
  });

  it('refuses a reading that no sector could hold, and goes on', () => {
    const log = openLog(chip());
    const sensors: Reading['sensors'] = {};
    for (let i = 0; i < 20; i++) sensors[`28-0316a4f1b2${i}`] = { temp_C: 20 };
    expect(() => log.append({ time: T, clock: 'unix', sensors })).toThrow(RangeError);
    expect(log.append(reading(T, 20))).toBe(0);
    expect(log.badSectors).toBe(0);
  });

  it('skips a sector that does not read back as written', () => {
    const flash = chip();
    flash.wearOut(256 + 140, 0x11);
    flash.wearOut(512 + 3);
    const log = openLog(flash);
    for (let i = 0; i < 20; i++) expect(log.append(reading(T + i, 20 + i))).toBe(i);
    expect(log.badSectors).toBe(2);
    expect(times(openLog(flash))).toEqual(times(log));
    expect(times(log).at(-1)).toBe(T + 19);
  });

  it('forgets a reading that only seemed not to read back, if the power goes before it is written again', () => {
    let lies = false;
    class Liar extends NorFlash {
      override read(offset: number, byteLength: number): Uint8Array {
        const bytes = super.read(offset, byteLength);
        if (lies) bytes[0]! ^= 1;
        lies = false;
        return bytes;
      }
    }
    const flash = new Liar({ sectors: 4, blockSize: 256 });
    const log = openLog(flash);
    log.append(reading(T, 20));
    lies = true;
    flash.cutAfter(12 + 256 + HEAD_BYTES);
    expect(() => log.append(reading(T + 1, 21))).toThrow(PowerCut);
    flash.powerOn();
    const again = openLog(flash);
    expect(again.append(reading(T + 2, 22))).toBe(1);
    expect(times(again)).toEqual([T, T + 2]);
  });

  it('says so when no sector can be written, and loses nothing that it said it had', () => {
    const flash = chip();
    const log = openLog(flash);
    log.append(reading(T, 20));
    for (let offset = 0; offset < flash.byteLength; offset += 4) if (offset >= 160) flash.wearOut(offset);
    expect(() => {
      for (let i = 0; i < 20; i++) log.append(reading(T + i, 20));
    }).toThrow(/none of 3 sectors|no sector/);
    expect(log.read(0, 1)!.time).toEqual([T]);
  });
});

describe('overrun', () => {
  it('takes the oldest readings first and counts them', () => {
    const flash = chip();
    const log = openLog(flash);
    for (let i = 0; i < 100; i++) log.append(reading(T + i, 20));
    expect(log.next).toBe(100);
    expect(log.oldest).toBeGreaterThan(0);
    expect(log.lost).toBe(log.oldest);
    expect(times(log)).toEqual(Array.from({ length: log.pending }, (_, i) => T + log.oldest + i));
    const again = openLog(flash);
    expect([again.oldest, again.lost]).toEqual([log.oldest, log.lost]);
    again.acknowledge(100);
    expect([again.lost, openLog(flash).lost]).toEqual([log.lost, log.lost]);
  });

  it('begins the slice behind the gap', () => {
    const log = openLog(chip());
    for (let i = 0; i < 100; i++) log.append(reading(T + i, 20));
    expect(log.read(0, 5)!.first).toBe(log.oldest);
  });

  it('counts nothing lost when only acknowledged readings were overrun', () => {
    const log = openLog(chip());
    for (let i = 0; i < 200; i++) if (log.append(reading(T + i, 20)) % 10 === 9) log.acknowledge(log.next - 2);
    expect([log.lost, log.pending]).toEqual([0, 2]);
  });
});

describe('acknowledge()', () => {
  it('forgets for good', () => {
    const flash = chip();
    const log = openLog(flash);
    for (let i = 0; i < 5; i++) log.append(reading(T + i, 20));
    log.acknowledge(3);
    expect([log.oldest, log.pending]).toEqual([3, 2]);
    expect(times(openLog(flash))).toEqual([T + 3, T + 4]);
    log.acknowledge(5);
    expect(log.read(0, 9)).toBeNull();
    const again = openLog(flash);
    expect([again.oldest, again.next, again.read(0, 9)]).toEqual([5, 5, null]);
    expect(again.append(reading(T + 5, 20))).toBe(5);
  });

  it('never goes back, nor beyond what there is', () => {
    const log = openLog(chip());
    for (let i = 0; i < 5; i++) log.append(reading(T + i, 20));
    log.acknowledge(3);
    log.acknowledge(1);
    expect(log.oldest).toBe(3);
    expect(() => log.acknowledge(6)).toThrow(RangeError);
    expect(log.oldest).toBe(3);
  });
});

describe('read()', () => {
  it('ends a slice where the set of sensors changes, not where a value takes more room', () => {
    const log = openLog(chip({ blockSize: 4096 }));
    log.append(reading(T, 20));
    log.append(reading(T + 1, 20.001));
    log.append({ ...reading(T + 2, 20), sensors: { [PROBE]: { temp_C: 20 }, battery: { batt_V: 3.9 } } });
    log.append(reading(T + 3, 20));
    log.append({ ...reading(T + 4, 20), sensors: {} });
    expect(log.read(0, 9)!.time).toEqual([T, T + 1]);
    expect(log.read(2, 9)!.sensors).toEqual({ [PROBE]: { temp_C: [20] }, battery: { batt_V: [3.9] } });
    expect(log.read(3, 9)!.time).toEqual([T + 3]);
    expect(log.read(4, 9)).toMatchObject({ first: 4, time: [T + 4], sensors: {} });
  });

  it('ends a slice where the clock was corrected and where a boot ended, not at a sector’s end', () => {
    const flash = chip();
    const log = openLog(flash);
    log.markTime(T);
    for (let i = 0; i < 20; i++) log.append(reading(T + i, 20));
    expect(log.read(0, 99)!.time).toHaveLength(20);
    log.markTime(T + 5000);
    log.append(reading(T + 5020, 20));
    expect(log.read(0, 99)!.time).toHaveLength(20);
    const again = openLog(flash);
    again.append(reading(T + 9000, 20));
    expect(again.read(20, 99)!.time).toEqual([T + 5020]);
    expect(again.read(21, 99)!.time).toEqual([T + 9000]);
  });

  it('goes on with the same slice after a sleep that the boot outlasts', () => {
    const flash = chip({ blockSize: 4096 });
    const log = openLog(flash);
    log.append(reading(T, 20));
    const before = flash.bytesWritten;
    const { bookmark } = log;
    openLog(flash, { bookmark }).append(reading(T + MINUTE, 20));
    expect(flash.bytesWritten - before).toBe(12);
    expect(openLog(flash).read(0, 9)!.time).toEqual([T, T + MINUTE]);
  });

  it('wakes by its bookmark with a few reads, however much is on flash', () => {
    const flash = chip({ blockSize: 4096, sectors: 32 });
    const log = openLog(flash);
    for (let i = 0; i < 3000; i++) log.append(reading(T + i * MINUTE, 20));
    log.acknowledge(900);
    const reads = countReads(flash);
    const woken = openLog(flash, { bookmark: log.bookmark });
    woken.append(reading(T + 3000 * MINUTE, 21));
    expect(reads()).toBeLessThan(12);
    expect([woken.id, woken.oldest, woken.next, woken.lost]).toEqual([log.id, 900, 3001, 0]);
    expect(woken.fullness).toBe(log.fullness);
    expect(readAll(woken).map(({ time }) => time)).toEqual(
      Array.from({ length: 2101 }, (_, i) => T + (900 + i) * MINUTE),
    );
  });

  it('looks for itself where the flash is not as the bookmark says', () => {
    const flash = chip({ blockSize: 4096 });
    const log = openLog(flash);
    log.append(reading(T, 20));
    const { bookmark } = log;
    log.append(reading(T + MINUTE, 20));
    for (const wrong of [bookmark, { ...log.bookmark, head: 1 }, { ...log.bookmark, sequence: 1 }])
      expect(readAll(openLog(flash, { bookmark: wrong })).map(({ number }) => number)).toEqual([0, 1]);
    const other = chip({ blockSize: 4096 });
    expect(openLog(other, { bookmark: log.bookmark }).next).toBe(0);
  });

  it('tells how much of the ring waits to be acknowledged', () => {
    const flash = chip({ blockSize: 4096, sectors: 5 });
    const log = openLog(flash);
    const fills = new Set<number>();
    for (let i = 0; i < 1400; i++) {
      log.append(reading(T + i * MINUTE, 20));
      fills.add(log.fullness);
    }
    expect([...fills]).toEqual([0.25, 0.5, 0.75, 1]);
    log.acknowledge(log.next);
    expect(log.fullness).toBe(0.25);
  });

  it('keeps boots apart when one sleeps before it has written anything', () => {
    const flash = chip({ blockSize: 4096 });
    const first = openLog(flash);
    first.append(reading(1000, 20, 'uptime'));
    first.markTime(T);
    const { bookmark } = openLog(flash);
    const log = openLog(flash, { bookmark });
    log.append(reading(2000, 20, 'uptime'));
    expect(log.read(0, 9)).toMatchObject({ clock: 'unix', time: [T + 1000] });
    expect(log.read(1, 9)).toMatchObject({ clock: 'uptime', time: [2000] });
  });

  it('keeps times that jump by months, and backwards', () => {
    const log = openLog(chip({ blockSize: 4096 }));
    const jumps = [T, T + 9e9, T - 5e9, T + 1];
    for (const time of jumps) log.append(reading(time, 20));
    expect(times(log)).toEqual(jumps);
  });
});

describe('time', () => {
  it('of this boot is told as uptime until it is known, and then exactly', () => {
    const log = openLog(chip());
    log.append(reading(1000, 20, 'uptime'));
    log.append(reading(61_000, 20, 'uptime'));
    expect(log.read(0, 9)).toMatchObject({ clock: 'uptime', dated: true, estimated: false, time: [1000, 61_000] });
    log.markTime(T);
    log.append(reading(T + 121_000, 20));
    expect(log.read(0, 9)).toMatchObject({ clock: 'unix', time: [T + 1000, T + 61_000, T + 121_000] });
  });

  it('of an earlier boot is exact when it learned the time, even just before the power went', () => {
    const flash = chip();
    const log = openLog(flash);
    for (let i = 0; i < 20; i++) log.append(reading(i * 1000, 20, 'uptime'));
    log.markTime(T);
    const told = readAll(openLog(flash));
    expect(told.every(({ clock, estimated }) => clock === 'unix' && !estimated)).toBe(true);
    expect(told.map(({ time }) => time)).toEqual(
      Array.from({ length: 20 }, (_, i) => T + i * 1000).slice(-told.length),
    );
  });

  it('of an earlier boot that never knew it waits until this boot does', () => {
    const flash = chip();
    openLog(flash).append(reading(1000, 20, 'uptime'));
    const log = openLog(flash);
    log.append(reading(500, 20, 'uptime'));
    expect(log.read(0, 9)).toMatchObject({ first: 0, dated: false, time: [1000] });
    log.markTime(T);
    expect(log.read(0, 9)).toMatchObject({ first: 0, dated: true, estimated: true, clock: 'unix', time: [T] });
    expect(log.read(1, 9)).toMatchObject({ first: 1, dated: true, estimated: false, clock: 'unix', time: [T + 500] });
  });

  it('of boots that never knew it is laid end to end before the first that did, periods kept', () => {
    const flash = chip({ blockSize: 4096 });
    const first = openLog(flash);
    first.markTime(T);
    first.append(reading(T + 1000, 20));
    for (const lasted of [3000, 2000]) {
      const log = openLog(flash);
      for (let t = 1000; t <= lasted; t += 1000) log.append(reading(t, 20, 'uptime'));
    }
    const last = openLog(flash);
    last.markTime(T + 60_000);
    last.append(reading(T + 60_500, 20));
    const told = readAll(openLog(flash));
    expect(told.map(({ time }) => time - T)).toEqual([1000, 56_000, 57_000, 58_000, 59_000, 60_000, 60_500]);
    expect(told.map(({ estimated }) => estimated)).toEqual([false, true, true, true, true, true, false]);
  });

  it('is never guessed to be before the newest known reading, nor after the next boot began', () => {
    const flash = chip({ blockSize: 4096 });
    const first = openLog(flash);
    first.append(reading(T, 20));
    const second = openLog(flash);
    for (const t of [0, 5000, 10_000]) second.append(reading(t, 20, 'uptime'));
    const third = openLog(flash);
    third.markTime(T + 7000);
    expect(times(third)).toEqual([T, T, T + 5000, T + 7000]);
  });
});

describe('the log’s name', () => {
  it('stays the same over boots, and is another one after the flash was wiped', () => {
    const names = [0.1, 0.2, 0.3];
    const random = (): number => names.shift()!;
    const flash = chip();
    const { id } = openLog(flash, { random });
    expect(id).toMatch(/^[0-9a-f]{8}$/);
    expect(openLog(flash, { random }).id).toBe(id);
    for (let sector = 0; sector < 4; sector++) flash.erase(sector);
    expect(openLog(flash, { random }).id).not.toBe(id);
  });

  it('changes with restart(), and what is not acknowledged goes on under it', () => {
    const flash = chip();
    const log = openLog(flash);
    for (let i = 0; i < 5; i++) log.append(reading(T + i, 20));
    log.acknowledge(2);
    const before = log.id;
    log.restart();
    expect(log.id).not.toBe(before);
    expect([log.oldest, log.next]).toEqual([2, 5]);
    const again = openLog(flash);
    expect([again.id, again.oldest, again.next]).toEqual([log.id, 2, 5]);
    expect(times(again)).toEqual([T + 2, T + 3, T + 4]);
  });
});

describe('numbers that the collector may know for others', () => {
  it('are none in a new log, and after a boot the ones from its first on, until it is trusted', () => {
    const flash = chip();
    const log = openLog(flash);
    expect(log.doubtful).toBe(null);
    for (let i = 0; i < 3; i++) log.append(reading(T + i, 20));
    const second = openLog(flash);
    expect(second.doubtful).toBe(3);
    for (let i = 0; i < 30; i++) second.append(reading(T + i, 20));
    expect(openLog(flash, { bookmark: second.bookmark }).doubtful).toBe(3);
    const third = openLog(flash);
    expect(third.doubtful).toBe(3);
    third.append(reading(T, 20));
    third.trust();
    expect([third.doubtful, openLog(flash, { bookmark: third.bookmark }).doubtful]).toEqual([null, null]);
    expect(openLog(flash).doubtful).toBe(34);
  });

  it('stay so where the sector that was being written then is no more', () => {
    const flash = chip({ blockSize: 512 });
    openLog(flash).append(reading(T, 20));
    const log = openLog(flash);
    const sector = (): number => log.bookmark.sequence;
    while (sector() === 0) log.append(reading(T, 20));
    flash.spoil(sector() * 512, new Uint8Array(512));
    expect(openLog(flash).doubtful).toBe(1);
  });

  it('are given anew by restart(), which forgets those before', () => {
    const flash = chip();
    const log = openLog(flash);
    for (let i = 0; i < 3; i++) log.append(reading(T + i, 20));
    const second = openLog(flash);
    for (let i = 3; i < 5; i++) second.append(reading(T + i, 20));
    second.restart();
    for (const one of [second, openLog(flash)]) expect([one.oldest, one.next, one.lost]).toEqual([3, 5, 0]);
    expect([second.doubtful, second.id === log.id]).toEqual([null, false]);
  });
});

describe('damage', () => {
  it('to any one byte makes readings absent, never wrong, and numbers stay', () => {
    const flash = chip({ sectors: 3 });
    const log = openLog(flash);
    for (let i = 0; i < 20; i++) log.append(reading(T + i * 1000, i / 16));
    const whole = new Map(readAll(log).map((told) => [told.number, told]));
    for (let offset = 0; offset < flash.byteLength; offset++) {
      const hurt = flash.clone();
      hurt.wearOut(offset, 0x55);
      const told = readAll(openLog(hurt, { random: () => 0.9 }));
      for (const one of told) expect(one).toEqual(whole.get(one.number));
      const numbers = told.map(({ number }) => number);
      expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
    }
  });

  it('in the middle ends a slice, and the next one begins behind it', () => {
    const flash = chip({ blockSize: 4096 });
    const log = openLog(flash);
    for (let i = 0; i < 10; i++) log.append(reading(T + i, 20));
    const at = flash.read(0, 4096).findIndex((byte, i, all) => byte === 0x76 && all[i + 1] === 4 && i > 100);
    flash.write(at + 6, new Uint8Array(2));
    const again = openLog(flash);
    expect(again.next).toBe(10);
    expect(again.read(0, 99)).toMatchObject({ first: 0, time: [T, T + 1, T + 2, T + 3] });
    expect(again.read(4, 99)!.first).toBe(5);
    again.acknowledge(4);
    expect([again.oldest, again.lost]).toEqual([5, 1]);
  });

  it('to acknowledged readings does not give their numbers to others', () => {
    const flash = chip({ blockSize: 4096 });
    const log = openLog(flash);
    for (let i = 0; i < 10; i++) log.append(reading(T + i, 20));
    log.acknowledge(10);
    const at = flash.read(0, 4096).findIndex((byte, i, all) => byte === 0x76 && all[i + 1] === 8 && i > 100);
    flash.write(at, new Uint8Array(20));
    const again = openLog(flash);
    expect([again.oldest, again.next, again.append(reading(T, 20))]).toEqual([10, 10, 10]);
  });

  it('that leaves no head makes another log', () => {
    const flash = chip();
    const log = openLog(flash);
    for (let i = 0; i < 5; i++) log.append(reading(T + i, 20));
    flash.write(0, new Uint8Array(4));
    const again = openLog(flash, { random: () => 0.9 });
    expect(again.id).not.toBe(log.id);
    expect([again.oldest, again.next]).toEqual([0, 0]);
    expect(again.append(reading(T, 20))).toBe(0);
  });
});

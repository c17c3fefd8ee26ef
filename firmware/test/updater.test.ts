import { createHash } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { Updater, type Download, type Slot } from '../updater.js';
import { VirtualClock } from '../../tools/simulator/clock.js';

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;

/** Flash with room for two images, and the bootloader: what a power cut leaves of it. */
class Board {
  /** the images; 0 runs at first */
  readonly images: [Uint8Array, Uint8Array] = [Uint8Array.of(1), new Uint8Array()];
  running = 0;
  /** what starts next, and whether it is on trial */
  next = { image: 0, trial: false };
  /** the power goes at the n-th write */
  cutAt = Infinity;
  refuses = false;
  writes = 0;
  restarts = 0;
  readonly notes = new Map<string, string>();

  slot(): Slot {
    let loading: number[] | null = null;
    return {
      onTrial: this.next.trial,
      confirm: () => {
        this.next.trial = false;
      },
      giveUp: () => this.#start(),
      begin: (length) => {
        if (length > 100_000) throw new Error('no room');
        loading = [];
      },
      write: (bytes) => {
        if (++this.writes >= this.cutAt) throw new Error('the power is gone');
        loading!.push(...bytes);
        this.images[1 - this.running] = Uint8Array.from(loading!);
      },
      finish: () => {
        if (this.refuses) throw new Error('no image');
        this.next = { image: 1 - this.running, trial: true };
      },
      abandon: () => {
        loading = null;
      },
    };
  }

  /** As the bootloader does: an image that was on trial when it ran is not started again. */
  #start(): void {
    this.restarts++;
    if (this.next.image === this.running && this.next.trial) this.next = { image: 1 - this.running, trial: false };
    this.running = this.next.image;
  }

  restart(): void {
    this.#start();
  }
}

const IMAGE = Uint8Array.from({ length: 5000 }, (_, i) => (i * 7) % 251);
const OFFER = { name: 'esp32-1.1.0-9f3a17c2', version: '1.1.0', length: IMAGE.length, sha256: hex(IMAGE) };

let clock: VirtualClock;
let board: Board;
let fetched: Parameters<Download>[1][];
let names: string[];
let cancelled: number;
let troubles: string[];
let settled: boolean;
let now: () => number;
let updater: Updater;

beforeEach(() => {
  clock = new VirtualClock(0);
  now = () => clock.now();
  board = new Board();
  [fetched, names, cancelled, troubles, settled] = [[], [], 0, [], true];
  updater = start();
});

test('takes an image that is newer, whole and right, and confirms it once it has reported in', () => {
  offer();
  deliver(IMAGE);
  expect(board.restarts).toBe(1);
  expect(Buffer.from(board.images[board.running]!).equals(IMAGE)).toBe(true);
  expect(board.next.trial).toBe(true);
  updater = start('1.1.0');
  updater.heed({ log: 'a', next: 1 });
  expect(board.next).toEqual({ image: 1, trial: false });
  expect(names).toEqual([OFFER.name]);
  expect(troubles).toEqual([]);
});

test.each([
  ['truncated', IMAGE.subarray(0, 4999), '4999 of 5000'],
  ['too long', Uint8Array.from([...IMAGE, 0]), 'longer'],
  ['corrupted', IMAGE.map((byte, i) => (i === 2500 ? byte ^ 1 : byte)), 'SHA-256'],
])('an image that is %s never starts', (_, bytes, said) => {
  offer();
  deliver(bytes);
  expect(board.next).toEqual({ image: 0, trial: false });
  expect(board.restarts).toBe(0);
  expect(troubles.join()).toContain(said);
  expect(updater.busy).toBe(false);
});

test('an image that is no image, or has no room, never starts', () => {
  board.refuses = true;
  offer();
  deliver(IMAGE);
  updater = start();
  offer({ length: 200_000, sha256: hex(Uint8Array.of(2)) });
  expect(board.restarts).toBe(0);
  expect(board.next).toEqual({ image: 0, trial: false });
  expect(troubles).toHaveLength(2);
});

test('an older image, the same one, and nonsense are not fetched', () => {
  for (const version of ['1.0.0', '0.9.9', '1.0.0-rc.1', 'newest']) offer({ version });
  updater.heed(null);
  updater.heed({ firmware: { ...OFFER, sha256: 'x' } });
  expect(names).toEqual([]);
});

test('a power cut at any write leaves the running image the one that starts', () => {
  for (let cut = 1; cut <= 5; cut++) {
    board = new Board();
    board.cutAt = cut;
    updater = start();
    offer();
    deliver(IMAGE);
    board.restart();
    expect(board.running).toBe(0);
  }
});

test('an image that does not report in gives itself up after half an hour, and a reset before that gives it up too', async () => {
  offer();
  deliver(IMAGE);
  updater = start('1.1.0');
  expect(updater.busy).toBe(true);
  await clock.run(29 * MINUTE);
  expect(board.running).toBe(1);
  await clock.run(31 * MINUTE);
  expect(board.running).toBe(0);
  updater = start();
  offer();
  deliver(IMAGE);
  expect(board.running).toBe(1);
  board.restart();
  expect(board.running).toBe(0);
});

test('an image that was given up twice is not tried again, another one is', () => {
  for (let i = 0; i < 3; i++) {
    updater = start();
    offer();
    deliver(IMAGE);
    if (board.running === 1) board.restart();
  }
  expect(names).toHaveLength(2);
  const other = IMAGE.map((byte) => byte ^ 3);
  offer({ sha256: hex(other) });
  deliver(other);
  expect(board.running).toBe(1);
});

test('waits with giving itself up, too, and stays where a batch gets through meanwhile', async () => {
  offer();
  deliver(IMAGE);
  updater = start('1.1.0');
  settled = false;
  await clock.run(31 * MINUTE);
  expect(board.running).toBe(1);
  updater.heed({ log: 'a', next: 1 });
  settled = true;
  await clock.run(32 * MINUTE);
  expect([board.running, board.next.trial]).toEqual([1, false]);
});

test('waits with switch and restart while the log holds a flush half done', async () => {
  settled = false;
  offer();
  deliver(IMAGE);
  await clock.run(10_000);
  expect([board.restarts, board.next.image, updater.busy]).toEqual([0, 0, true]);
  settled = true;
  await clock.run(12_000);
  expect([board.restarts, board.running]).toEqual([1, 1]);
});

test('a download that stalls or breaks off is given up, and tried again after a pause that grows', async () => {
  const tries: number[] = [];
  for (let minute = 0; minute < 1440; minute++) {
    const before = names.length;
    offer();
    if (names.length > before) tries.push(minute);
    if (names.length > before && names.length % 2 === 0) fetched.at(-1)!.onEnd(false);
    await clock.run((minute + 1) * MINUTE);
  }
  expect(tries.length).toBeGreaterThan(3);
  expect(tries.length).toBeLessThan(12);
  expect(troubles[0]).toContain('does not go on');
  expect(troubles[1]).toContain('broke off');
  expect(cancelled).toBe(tries.length);
  await clock.run(3 * DAY);
  offer();
  deliver(IMAGE);
  expect(board.running).toBe(1);
});

test('the pause outlasts a sleep, but not another image, nor a clock that is set back', async () => {
  offer();
  fetched.pop()!.onEnd(false);
  updater = start();
  offer();
  expect(names).toHaveLength(1);
  offer({ sha256: hex(Uint8Array.of(2)) });
  expect(names).toHaveLength(2);
  fetched.pop()!.onEnd(false);
  updater = start();
  now = () => clock.now() - 30 * DAY;
  offer({ sha256: hex(Uint8Array.of(2)) });
  expect(names).toHaveLength(3);
});

test('a device that can note nothing tries each offer', () => {
  board.notes.set = () => {
    throw new Error('no room');
  };
  for (let i = 0; i < 2; i++) {
    offer();
    fetched.pop()!.onEnd(false);
  }
  expect([names.length, troubles.length, updater.busy]).toEqual([2, 2, false]);
});

test('what comes after it was given up is heard no more', async () => {
  offer();
  const [late] = fetched;
  await clock.run(31_000);
  late!.onBytes(IMAGE);
  late!.onEnd(true);
  expect([board.writes, board.restarts, troubles.length]).toEqual([0, 0, 1]);
});

test('when the network goes it stops, and begins anew with an offer after a pause', async () => {
  offer();
  fetched.pop()!.onBytes(IMAGE.subarray(0, 100));
  updater.close();
  updater.close();
  expect([cancelled, troubles, updater.busy]).toEqual([1, [], false]);
  await clock.run(10 * MINUTE);
  offer();
  deliver(IMAGE);
  expect(board.running).toBe(1);
});

test('a download that throws or ends at once is a failure like another', () => {
  updater = start('1.0.0', () => {
    throw new Error('no memory');
  });
  offer();
  updater = start('1.0.0', (_, { onEnd }) => {
    onEnd(false);
    return () => cancelled++;
  });
  offer({ sha256: hex(Uint8Array.of(2)) });
  expect(troubles).toHaveLength(2);
  expect(updater.busy).toBe(false);
});

function offer(change: Partial<typeof OFFER> = {}): void {
  updater.heed({ log: 'a', next: 1, firmware: { ...OFFER, ...change } });
}

/** The image comes in, in pieces of 1000 bytes. */
function deliver(bytes: Uint8Array): void {
  const heed = fetched.pop();
  if (heed === undefined) return;
  for (let i = 0; i < bytes.length; i += 1000) heed.onBytes(bytes.subarray(i, i + 1000));
  heed.onEnd(true);
}

function start(version = '1.0.0', download?: Download): Updater {
  const fresh = new Updater({
    version,
    slot: board.slot(),
    sha256: () => {
      const hash = createHash('sha256');
      return { write: (bytes) => void hash.update(bytes), close: () => hash.digest('hex') };
    },
    download:
      download ??
      ((name, heed) => {
        names.push(name);
        fetched.push(heed);
        return () => cancelled++;
      }),
    notes: { get: (name) => board.notes.get(name) ?? null, set: (name, text) => void board.notes.set(name, text) },
    timers: clock,
    now: () => now(),
    random: () => 0.5,
    settled: () => settled,
    restart: () => board.restart(),
    onTrouble: (error) => troubles.push(String(error)),
  });
  fresh.open();
  return fresh;
}

function hex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

test('an image that has none to go back to stays, and keeps no device awake any longer', async () => {
  board.next = { image: 0, trial: true };
  const slot = board.slot();
  board.slot = () => ({ ...slot, giveUp: () => {} });
  updater = start();
  expect(updater.busy).toBe(true);
  await clock.run(31 * 60_000);
  expect(updater.busy).toBe(false);
});

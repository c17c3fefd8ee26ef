import { beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../../tools/simulator/clock.js';
import { NorFlash } from '../../tools/simulator/flash.js';
import { Clock } from '../clock.js';
import { Log } from '../log.js';
import { decodeBatch, type Batch } from '../protocol/batch.js';
import type { Answer } from '../protocol/reply.js';
import { Uploader, type UploadEvent, type UploaderOptions } from '../uploader.js';
import { T } from './log-model.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** What the collector does with a batch: an answer, none, or whatever an uplink may get up to. */
type Move = (batch: Batch, done: (answer: Answer) => void) => void;

const answer =
  (status: number | null, body: object = {}, retryAfter?: number): Move =>
  (batch, done) =>
    done({ status, body: { log: batch.log, ...body }, ...(retryAfter !== undefined && { retryAfter }) });

/** 201 with all that was sent. */
const stored: Move = (batch, done) => answer(201, { next: batch.first + batch.time.length })(batch, done);
const silence: Move = () => {};

let time: VirtualClock;
let flash: NorFlash;
let log: Log;
let clock: Clock;
let sent: Batch[];
let bodies: string[];
let events: UploadEvent[];
/** what the collector does next; when none is left it stores */
let moves: Move[];
let uploader: Uploader;

function start(options: Partial<UploaderOptions> = {}): void {
  uploader = new Uploader({
    log,
    clock,
    timers: time,
    random: () => 0.5,
    device_id: 'probe-1',
    onEvent: (event) => events.push(event),
    uplink: {
      send: (body, done) => {
        const batch = decodeBatch(JSON.parse(body));
        sent.push(batch);
        bodies.push(body);
        (moves.shift() ?? stored)(batch, done);
      },
      close: () => {},
    },
    ...options,
  });
  uploader.open();
}

function take(count: number): void {
  for (let i = 0; i < count; i++) {
    log.append({ ...clock.now(), sensors: { '28-0000000000aa': { temp_C: log.next / 16 } } });
  }
}

/** The log is looked for anew on the same flash. */
function boot(): void {
  log = new Log(flash, { random: () => 0.25 });
  log.open();
}

const pass = (ms: number): Promise<void> => time.run(time.now() + ms);
const runs = (): [number, number][] => sent.map(({ first, time }) => [first, time.length]);

beforeEach(() => {
  time = new VirtualClock(T);
  clock = new Clock({ uptime: () => time.now() - T, onChange: (wall) => log.markTime(wall) });
  flash = new NorFlash({ sectors: 8 });
  log = new Log(flash, { random: () => 0.5 });
  log.open();
  clock.hear(T, 'ntp');
  [sent, bodies, events, moves] = [[], [], [], []];
});

describe('answers (protocol.md §3)', () => {
  it('2xx: forgets everything before next, and goes on', async () => {
    take(150);
    start();
    await pass(SECOND);
    expect(runs()).toEqual([
      [0, 60],
      [60, 60],
      [120, 30],
    ]);
    expect([log.oldest, log.pending, uploader.state]).toEqual([150, 0, 'idle']);
  });

  it('2xx: each batch has said how many readings it leaves behind', async () => {
    take(150);
    start({ status: () => ({ version: '1.0.0' }) });
    await pass(SECOND);
    expect(sent.map(({ status }) => status)).toEqual([90, 30, 0].map((waiting) => ({ version: '1.0.0', waiting })));
  });

  it('2xx with a lower next: forgets only what is before it, and sends the rest again', async () => {
    take(10);
    moves = [answer(201, { next: 4 }), silence];
    start();
    await pass(1);
    expect(log.oldest).toBe(4);
    expect(runs()[1]).toEqual([4, 6]);
  });

  it('2xx with a next that gains nothing: sends again, but after a pause', async () => {
    take(10);
    moves = [answer(200, { next: 0 })];
    start();
    await pass(SECOND);
    expect([log.pending, sent.length]).toEqual([10, 1]);
    await pass(MINUTE);
    expect([log.pending, sent.length]).toEqual([0, 2]);
  });

  it('2xx with a next below what is forgotten: sends what it has', async () => {
    take(10);
    log.acknowledge(5);
    moves = [answer(200, { next: 2 })];
    start();
    await pass(1);
    expect([log.oldest, sent.length, uploader.state]).toEqual([5, 1, 'waiting']);
    await pass(MINUTE);
    expect(sent[1]).toMatchObject({ first: 5, oldest: 5 });
    expect(log.pending).toBe(0);
  });

  it('2xx with a next beyond its own: goes on under another log, and forgets nothing', async () => {
    take(3);
    const { id } = log;
    moves = [answer(200, { next: 1000 })];
    start();
    await pass(MINUTE);
    expect(sent[1]!.log).not.toBe(id);
    expect(sent[1]).toMatchObject({ first: 0, oldest: 0, log: log.id });
    expect(events).toContainEqual({ kind: 'restarted', log: log.id });
    expect(log.pending).toBe(0);
  });

  it('after a boot it asks first, and sends what it has where the collector knows no more than it should', async () => {
    take(3);
    boot();
    take(2);
    start();
    await pass(SECOND);
    expect(runs()).toEqual([
      [0, 0],
      [0, 3],
      [3, 2],
    ]);
    expect([log.pending, log.doubtful]).toEqual([0, null]);
  });

  it('after a boot that took numbers which the collector knows, it sends its own ones under another log', async () => {
    take(3);
    const { id } = log;
    boot();
    take(9);
    moves = [silence, answer(200, { next: 7 })];
    start();
    await pass(HOUR);
    expect(runs().slice(0, 3)).toEqual([
      [0, 0],
      [0, 0],
      [3, 9],
    ]);
    expect(sent[2]).toMatchObject({ log: log.id, oldest: 3 });
    expect([log.id === id, log.pending]).toEqual([false, 0]);
  });

  it('after a boot whose first readings were overrun before it could ask, it goes on under its log', async () => {
    take(3);
    const { id } = log;
    boot();
    while (log.oldest <= 3) take(100);
    const waiting = log.pending;
    start();
    await pass(HOUR);
    expect(runs()[0]).toEqual([sent[0]!.oldest, 0]);
    expect(sent.reduce((sum, { time }) => sum + time.length, 0)).toBe(waiting);
    expect([log.id, log.pending]).toEqual([id, 0]);
  });

  it.each([200, 201])('%d that does not name this log is no answer', async (status) => {
    take(3);
    moves = [(_, done) => done({ status, body: { log: 'another', next: 3 } }), answer(status, {}), silence];
    start();
    await pass(MINUTE);
    expect([log.pending, sent.length]).toEqual([3, 3]);
  });

  it('409 with a higher next: goes on there at once, and forgets with the 2xx that follows', async () => {
    take(100);
    moves = [answer(409, { next: 30 }), silence];
    start();
    await pass(SECOND);
    expect(sent[1]).toMatchObject({ first: 30, oldest: 0 });
    expect(log.oldest).toBe(0);
    await pass(HOUR);
    expect(log.pending).toBe(0);
  });

  it('409 with a higher next, and then a 2xx with a lower one: forgets by the 2xx', async () => {
    take(100);
    moves = [answer(409, { next: 30 }), answer(200, { next: 10 }), silence];
    start();
    await pass(SECOND);
    expect(log.oldest).toBe(10);
  });

  it('409 with a lower next: goes back as far as it can', async () => {
    take(20);
    log.acknowledge(10);
    moves = [answer(409, { next: 15 }), answer(409, { next: 3 })];
    start();
    await pass(HOUR);
    expect(runs()).toEqual([
      [10, 10],
      [15, 5],
      [10, 10],
    ]);
  });

  it('409 with a next beyond its own: another log', async () => {
    take(3);
    const { id } = log;
    moves = [answer(409, { next: 4 })];
    start();
    await pass(MINUTE);
    expect(sent[1]!.log).not.toBe(id);
  });

  it('400 with next (quarantined): goes on there; an empty batch brings the 2xx that it forgets by', async () => {
    take(5);
    moves = [answer(400, { next: 5, quarantined: 'q' }), answer(200, { next: 5 })];
    start();
    await pass(SECOND);
    expect(runs()).toEqual([
      [0, 5],
      [0, 0],
    ]);
    expect([log.pending, uploader.state]).toEqual([0, 'idle']);
  });

  it.each([413, 400])('%d without next: halves the batch, which grows again when it gets through', async (status) => {
    take(100);
    moves = [answer(status), answer(status)];
    start();
    await pass(SECOND);
    expect(runs()).toEqual([
      [0, 60],
      [0, 30],
      [0, 15],
      [15, 30],
      [45, 55],
    ]);
  });

  it('a single reading that is refused, while batches are taken, is skipped and counted', async () => {
    take(4);
    const refuse: Move = (batch, done) => {
      const bad = batch.first <= 2 && batch.first + batch.time.length > 2;
      if (batch.time.length > 0 && bad) answer(400)(batch, done);
      else stored(batch, done);
      if (log.pending > 0) moves.push(refuse);
    };
    moves = [refuse];
    start();
    await pass(SECOND);
    expect([log.pending, uploader.skipped]).toEqual([0, 1]);
    expect(events).toContainEqual({ kind: 'skipped', log: log.id, number: 2 });
    expect(runs().filter(([, count]) => count === 1)).toEqual([
      [2, 1],
      [3, 1],
    ]);
  });

  it('no reading is skipped for another one that was refused, where the collector goes back meanwhile', async () => {
    take(4);
    const back: Move = (batch, done) => answer(200, { next: 0 })(batch, done);
    moves = [answer(409, { next: 2 }), answer(400), answer(400), back];
    start();
    await pass(HOUR);
    expect(runs().slice(0, 4)).toEqual([
      [0, 4],
      [2, 2],
      [2, 1],
      [0, 0],
    ]);
    expect([log.pending, uploader.skipped]).toEqual([0, 0]);
  });

  it('no reading is skipped where empty batches are refused as well', async () => {
    take(4);
    moves = Array.from({ length: 100 }, () => answer(400));
    start();
    await pass(3 * HOUR);
    expect([log.pending, uploader.skipped]).toEqual([4, 0]);
    expect(sent.length).toBeLessThan(10);
    moves = [];
    await pass(2 * HOUR);
    expect(log.pending).toBe(0);
  });

  it.each([401, 403, 404])('%d: keeps everything, tries again hourly', async (status) => {
    take(4);
    moves = [answer(status), answer(status), answer(status)];
    start();
    await pass(HOUR - SECOND);
    expect(sent).toHaveLength(1);
    await pass(7 * MINUTE);
    expect(sent).toHaveLength(2);
    expect(log.pending).toBe(4);
    await pass(3 * HOUR);
    expect(log.pending).toBe(0);
  });

  it.each([408, 429, 500, 502, 503, 302, null])('%s: keeps everything, tries again ever later', async (status) => {
    take(4);
    const at: number[] = [];
    moves = Array.from({ length: 12 }, () => (batch, done) => {
      at.push(time.now());
      answer(status)(batch, done);
    });
    start();
    await pass(3 * HOUR);
    const pauses = at.slice(1).map((t, i) => t - at[i]!);
    expect(pauses.slice(0, 3)).toEqual([3750, 7500, 15_000]);
    expect(Math.max(...pauses)).toBe(675_000);
    expect(log.pending).toBe(0);
  });

  it('honours Retry-After, for a day at most', async () => {
    take(1);
    moves = [answer(503, {}, 1800), answer(429, {}, 1e9)];
    start();
    await pass(1799 * SECOND);
    expect(sent).toHaveLength(1);
    await pass(2 * SECOND);
    expect(sent).toHaveLength(2);
    await pass(25 * HOUR);
    expect(log.pending).toBe(0);
  });
});

describe('the uplink', () => {
  it.each<[string, Move]>([
    [
      'throws',
      () => {
        throw new Error('no radio');
      },
    ],
    ['never answers', silence],
    ['answers with nothing', (_, done) => done(undefined as never)],
    ['answers with rubbish', (_, done) => done({ status: 'yes', body: 7, retryAfter: 'soon' } as never)],
    ['answers 200 with rubbish', (_, done) => done({ status: 200, body: [null] })],
  ])('%s: nothing is forgotten, and it is tried again', async (_, move) => {
    take(3);
    moves = [move, move];
    start();
    await pass(1);
    expect(log.pending).toBe(3);
    await pass(HOUR);
    expect([log.pending, sent.length]).toEqual([0, 3]);
  });

  it('may answer twice, or late, or answer and throw: only the first answer to the batch in flight counts', async () => {
    take(3);
    const callbacks: ((answer: Answer) => void)[] = [];
    moves = [
      (_, done) => callbacks.push(done),
      (batch, done) => {
        answer(503)(batch, done);
        callbacks[0]!({ status: 201, body: { log: batch.log, next: 3 } });
        stored(batch, done);
        throw new Error('after the answer');
      },
    ];
    start();
    await pass(2 * MINUTE + 4 * SECOND);
    expect([sent.length, log.pending]).toEqual([2, 3]);
    await pass(HOUR);
    expect([sent.length, log.pending]).toEqual([3, 0]);
  });

  it('has one batch in flight, however often it is nudged', async () => {
    take(3);
    moves = [silence];
    start();
    for (let i = 0; i < 5; i++) {
      take(1);
      uploader.nudge();
    }
    await pass(SECOND);
    expect([sent.length, uploader.state]).toEqual([1, 'sending']);
  });

  it('hears nothing more after close(), and sends nothing', async () => {
    take(3);
    const callbacks: ((answer: Answer) => void)[] = [];
    moves = [(_, done) => callbacks.push(done)];
    start();
    uploader.close();
    callbacks[0]!({ status: 201, body: { log: log.id, next: 3 } });
    uploader.nudge();
    await pass(HOUR);
    expect([sent.length, log.pending, uploader.state]).toEqual([1, 3, 'closed']);
    uploader.open();
    await pass(SECOND);
    expect([sent.length, log.pending]).toEqual([2, 0]);
  });
});

describe('batches', () => {
  it('carry who sends them, the token, the status and the clock', async () => {
    take(1);
    start({ device_desc: 'In the cellar', token: 'secret', status: () => ({ rssi: -61 }) });
    await pass(1);
    expect(sent[0]).toMatchObject({
      device_id: 'probe-1',
      device_desc: 'In the cellar',
      status: { rssi: -61 },
      now: T,
    });
    expect(JSON.parse(bodies[0]!)).toHaveProperty('token', 'secret');
  });

  it('keep to the length wished for, but hold one reading at least', async () => {
    take(200);
    start({ maxBytes: 500 });
    await pass(SECOND);
    expect(log.pending).toBe(0);
    expect(Math.max(...bodies.map(({ length }) => length))).toBeLessThanOrEqual(500);
    expect(Math.max(...bodies.map(({ length }) => length))).toBeGreaterThan(400);
    take(2);
    sent = [];
    uploader.close();
    start({ maxBytes: 10 });
    await pass(SECOND);
    expect(runs()).toEqual([
      [200, 1],
      [201, 1],
    ]);
  });

  it('are empty where there is nothing to send and the time is missing, once', async () => {
    clock = new Clock({ uptime: () => time.now() - T, onChange: (wall) => log.markTime(wall) });
    moves = [answer(200, { next: 0, now: T + 20 })];
    start();
    await pass(SECOND);
    expect(runs()).toEqual([[0, 0]]);
    expect(sent[0]).toMatchObject({ clock: 'uptime', now: 0 });
    expect(clock.now()).toMatchObject({ clock: 'unix', time: T + 20 + SECOND });
    uploader.nudge();
    await pass(SECOND);
    expect(sent).toHaveLength(1);
  });
});

describe('without a wall clock', () => {
  beforeEach(() => {
    log = new Log(new NorFlash({ sectors: 8 }), { random: () => 0.5 });
    log.open();
    clock = new Clock({ uptime: () => time.now() - T, onChange: (wall) => log.markTime(wall) });
  });

  it('uptime batches go out, and the clock is set by the answer', async () => {
    await pass(5 * SECOND);
    take(2);
    moves = [answer(201, { next: 2, now: T + 5000 })];
    start();
    await pass(SECOND);
    expect(sent[0]).toMatchObject({ clock: 'uptime', now: 5000, time: [5000, 5000] });
    expect(clock.known).toBe(true);
  });

  it('asks for the time first where it is told to, and again until it gets it', async () => {
    take(2);
    moves = [answer(200, { next: 0 }), answer(503), answer(200, { next: 0, now: T + 20_000 })];
    start({ askTimeFirst: true });
    await pass(MINUTE);
    expect(runs()).toEqual([
      [0, 0],
      [0, 0],
      [0, 0],
      [0, 2],
    ]);
    expect(sent[3]).toMatchObject({ clock: 'unix', estimated: false });
  });

  it('an earlier boot’s readings wait until the time is known', async () => {
    const flash = new NorFlash({ sectors: 8 });
    log = new Log(flash, { random: () => 0.5 });
    log.open();
    take(2);
    log = new Log(flash, { random: () => 0.5 });
    log.open();
    take(1);
    moves = [answer(503), answer(200, { next: 0, now: T + 10_000 })];
    start();
    await pass(MINUTE);
    expect(runs()).toEqual([
      [0, 0],
      [0, 0],
      [0, 2],
      [2, 1],
    ]);
    expect(sent[2]).toMatchObject({ clock: 'unix', estimated: true });
    expect(sent[3]).toMatchObject({ clock: 'unix', estimated: false });
  });
});

describe('trouble at home', () => {
  it('with the flash is told, and nothing is thrown', async () => {
    const flash = new NorFlash({ sectors: 8 });
    log = new Log(flash, { random: () => 0.5 });
    log.open();
    take(3);
    flash.cutAfter(0);
    start();
    await pass(MINUTE);
    expect(events.map(({ kind }) => kind)).toContain('failed');
    flash.powerOn();
    log.open();
    expect(log.pending).toBe(3);
    uploader.nudge();
    await pass(HOUR);
    expect(log.pending).toBe(0);
  });

  it('with an observer or the status does not stop it', async () => {
    take(3);
    let asked = 0;
    start({
      onEvent: () => {
        throw new Error('observer');
      },
      status: () => {
        if (asked++ === 0) throw new Error('status');
        return {};
      },
    });
    await pass(MINUTE);
    expect(log.pending).toBe(0);
  });

  it('readings that are overrun while a batch is in flight leave no hole', async () => {
    log = new Log(new NorFlash({ sectors: 3, blockSize: 256 }), { random: () => 0.5 });
    log.open();
    take(10);
    moves = [silence];
    start();
    take(40);
    await pass(HOUR);
    expect(sent[1]!.first).toBe(sent[1]!.oldest);
    expect([log.pending, log.lost]).toEqual([0, sent[1]!.first]);
  });
});

it('of many probes no more is put together than a body can hold', async () => {
  const most: number[] = [];
  const read = log.read.bind(log);
  log.read = (first, max, values) => {
    const slice = read(first, max, values);
    if (slice) most.push(slice.time.length * Object.keys(slice.sensors).length);
    return slice;
  };
  const sensors = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`28-${n}`, { temp_C: 20.0625 }]));
  for (let n = 0; n < 30; n++) log.append({ ...clock.now(), sensors });
  start({ maxBytes: 1000, maxReadings: 20 });
  await pass(SECOND);
  expect(log.pending).toBe(0);
  expect(Math.max(...most)).toBeLessThan(200);
});

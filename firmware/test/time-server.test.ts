import { beforeEach, expect, test } from 'vitest';
import { VirtualClock } from '../../tools/simulator/clock.js';
import { Clock } from '../clock.js';
import { TimeServer, type AskTime } from '../time-server.js';

const NOW = Date.UTC(2026, 10, 20, 12);
const MINUTE = 60_000;

let timers: VirtualClock;
let clock: Clock;
let asked: number[];
let takenBack: number;

beforeEach(() => {
  timers = new VirtualClock(NOW);
  clock = new Clock({ uptime: () => timers.now() - NOW });
  [asked, takenBack] = [[], 0];
});

test('tells the clock the time, and asks again six hours later', async () => {
  openServer((done) => done({ time: timers.now() - 1000, tookMs: 2000 }));
  await timers.run(NOW + 7 * 60 * MINUTE);
  expect(clock.now()).toEqual({ clock: 'unix', time: timers.now() });
  expect(asked).toEqual([0, 360]);
});

test('from 2036 on, where NTP’s seconds begin anew, the SDK tells a time before 1970: it is the one of the next era', () => {
  const later = Date.UTC(2037, 0, 2);
  openServer((done) => done({ time: later - 2 ** 32 * 1000, tookMs: 0 }));
  expect(clock.wall).toBe(later);
});

test('asks each minute while no server answers, throws, or tells a time that the clock refuses', async () => {
  const moods: ((done: Parameters<AskTime>[0]) => void)[] = [
    (done) => done(null),
    () => {
      throw new Error('no socket');
    },
    (done) => done({ time: Date.UTC(1970), tookMs: 0 }),
    (done) => done({ time: timers.now(), tookMs: 0 }),
  ];
  openServer((done) => moods.shift()!(done));
  await timers.run(NOW + 10 * MINUTE);
  expect(asked).toEqual([0, 1, 2, 3]);
  expect(clock.known).toBe(true);
});

test('asks again where an answer never comes, as where the SDK throws in a callback of its own', async () => {
  const silent: Parameters<AskTime>[0][] = [];
  openServer((done) => {
    if (silent.length < 2) silent.push(done);
    else done({ time: timers.now(), tookMs: 0 });
  });
  await timers.run(NOW + 10 * MINUTE);
  expect([asked, takenBack, clock.known]).toEqual([[0, 1, 2], 2, true]);
});

test('asks one question at a time, whatever the network does', async () => {
  const answers: Parameters<AskTime>[0][] = [];
  const server = openServer((done) => answers.push(done));
  for (let i = 0; i < 3; i++) {
    server.close();
    server.open();
  }
  expect([asked.length, takenBack]).toEqual([4, 3]);
  answers[0]!({ time: timers.now(), tookMs: 0 });
  expect(clock.known).toBe(false);
  answers[3]!({ time: timers.now(), tookMs: 0 });
  expect(clock.known).toBe(true);
});

test('close() takes the question back, and asks no more', async () => {
  const server = openServer(() => {});
  server.close();
  server.close();
  await timers.run(NOW + 24 * 60 * MINUTE);
  expect([asked, takenBack]).toEqual([[0], 1]);
});

function openServer(ask: (done: Parameters<AskTime>[0]) => void): TimeServer {
  const server = new TimeServer({
    ask: (done) => {
      asked.push((timers.now() - NOW) / MINUTE);
      ask(done);
      return () => takenBack++;
    },
    clock,
    timers,
  });
  server.open();
  return server;
}

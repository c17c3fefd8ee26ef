import { beforeEach, expect, test } from 'vitest';
import type { Answer } from '../protocol/reply.js';
import { FoundUplink } from '../uplinks/found.js';
import { Search, type Find, type Found } from '../uplinks/search.js';
import type { Uplink } from '../uplinks/uplink.js';
import { VirtualClock } from '../../tools/simulator/clock.js';

const PI: Found = { host: '192.168.1.5', http: 8080, mqtt: null, tls: null };
const OTHER: Found = { ...PI, host: '192.168.1.6' };

/** What is sent to one address; the test answers. */
class Sink implements Uplink {
  readonly found: Found;
  readonly sent: string[] = [];
  closed = 0;
  answer: (status: number | null) => void = () => {};

  constructor(found: Found) {
    this.found = found;
  }

  send(body: string, done: (answer: Answer) => void): void {
    this.sent.push(body);
    this.answer = (status) => done({ status, body: null });
  }

  close(): void {
    this.closed++;
  }
}

let clock: VirtualClock;
let searches: ((found: Found) => void)[];
let stopped: number;
let sinks: Sink[];
let answers: (number | null)[];
let uplink: FoundUplink;

beforeEach(() => {
  clock = new VirtualClock(0);
  [searches, stopped, sinks, answers] = [[], 0, [], []];
  uplink = open((onFound) => {
    searches.push(onFound);
    return () => stopped++;
  });
});

test('looks for a collector with the first batch, sends it there, and stays with that one', async () => {
  send('a');
  expect(sinks).toEqual([]);
  searches[0]!(PI);
  // The SDK's search breaks when it is ended from within its own callback.
  expect([sinks[0]!.found, sinks[0]!.sent, stopped]).toEqual([PI, ['a'], 0]);
  await clock.run(1);
  expect(stopped).toBe(1);
  sinks[0]!.answer(201);
  send('b');
  sinks[0]!.answer(201);
  expect([answers, searches.length, sinks.length]).toEqual([[201, 201], 1, 1]);
});

test('where none is found in time there is no answer, and the next batch looks again', async () => {
  send('a');
  await clock.run(11_000);
  expect([answers, stopped]).toEqual([[null], 1]);
  searches[0]!(PI);
  expect(sinks).toEqual([]);
  send('b');
  searches[1]!(PI);
  expect(sinks[0]!.sent).toEqual(['b']);
});

test('after three tries without an answer it looks again; one answer between makes it patient', () => {
  send('0');
  searches[0]!(PI);
  for (const status of [503, null, null, 503, null, null, null]) {
    sinks[0]!.answer(status);
    send('x');
  }
  expect([sinks[0]!.closed, searches.length]).toEqual([1, 2]);
  searches[1]!({ ...PI, host: '192.168.1.9' });
  expect(sinks[1]!.found.host).toBe('192.168.1.9');
});

test('passes over a collector that cannot be used, and takes another one', () => {
  send('a');
  searches[0]!({ ...PI, http: 0 });
  expect(sinks).toEqual([]);
  searches[0]!(PI);
  searches[0]!(PI);
  expect(sinks).toHaveLength(1);
});

test('a search that throws, or finds at once, is one like any other', async () => {
  uplink = open(() => {
    throw new Error('no socket');
  });
  send('a');
  uplink = open((onFound) => {
    onFound(PI);
    return () => stopped++;
  });
  send('b');
  await clock.run(1);
  expect([answers, sinks[0]!.sent, stopped]).toEqual([[null], ['b'], 1]);
});

test('a second batch meanwhile gets no answer; close() ends the search', async () => {
  send('a');
  send('b');
  uplink.close();
  uplink.close();
  await clock.run(1);
  expect([answers, stopped]).toEqual([[null, null], 1]);
});

test.each([401, 403, null])(
  "one that answers %s at first is somebody else's: another one gets the same batch",
  async (status) => {
    send('a');
    searches[0]!(PI);
    sinks[0]!.answer(status);
    expect([answers, sinks[0]!.closed]).toEqual([[], 1]);
    searches[1]!(PI);
    searches[1]!(OTHER);
    expect([sinks.length, sinks[1]!.found, sinks[1]!.sent]).toEqual([2, OTHER, ['a']]);
    sinks[1]!.answer(201);
    expect(answers).toEqual([201]);
  },
);

test('one that has not answered yet when the network goes is not refused for that, nor another looked for', () => {
  send('a');
  searches[0]!(PI);
  sinks[0]!.close = () => sinks[0]!.answer(null);
  uplink.close();
  expect([answers, searches.length]).toEqual([[null], 1]);
  send('b');
  expect(sinks[0]!.sent).toEqual(['a', 'b']);
});

test('where all refuse the answer is the refusal, and the next batch asks them all again', async () => {
  send('a');
  searches[0]!(PI);
  sinks[0]!.answer(403);
  searches[1]!(PI);
  await clock.run(11_000);
  expect([answers, sinks.length]).toEqual([[403], 1]);
  send('b');
  searches[2]!(PI);
  expect(sinks[1]!.sent).toEqual(['b']);
});

function send(body: string): void {
  uplink.send(body, ({ status }) => answers.push(status));
}

function open(find: Find): FoundUplink {
  const search = new Search({ find, takes: ({ http }) => http > 0, timers: clock });
  return new FoundUplink({ search, open: sinkAt });
}

function sinkAt(found: Found): Sink {
  const sink = new Sink(found);
  sinks.push(sink);
  return sink;
}

/** The HTTP uplink over a client that does what the SDK's does, and goes wrong as it does (its source, httpclient.js). */
import { gunzipSync } from 'node:zlib';
import { beforeEach, expect, test } from 'vitest';
import type { Answer } from '../protocol/reply.js';
import { HttpUplink, type HttpClient, type HttpRequest } from '../uplinks/http.js';
import { batchText, TOKEN } from './wire.js';
import { VirtualClock } from '../../tools/simulator/clock.js';

/** One connection; the test plays the collector. */
class Client implements HttpClient {
  readonly requests: HttpRequest[] = [];
  readonly written: number[] = [];
  closed = false;
  refuses = false;
  readonly #onError: () => void;
  #incoming = new Uint8Array();

  constructor(onError: () => void) {
    this.#onError = onError;
  }

  request(options: HttpRequest): void {
    this.requests.push(options);
  }

  close(): void {
    this.closed = true;
    this.requests.length = 0;
  }

  /** The network takes `count` bytes of the request. */
  takes(count: number): void {
    this.#current.onWritable.call(this.#exchange, count);
  }

  answers(status: number, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}): void {
    const current = this.#current;
    current.onHeaders.call(this.#exchange, status, new Map(Object.entries(headers)));
    const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
    for (let i = 0; i < bytes.length; i += 1000) {
      this.#incoming = bytes.slice(i, i + 1000);
      current.onReadable.call(this.#exchange, this.#incoming.length);
    }
    this.requests.shift();
    current.onDone.call(this.#exchange, null);
  }

  /** As `#error` in the SDK: the request first, then the client, which then closes itself. */
  breaks(): void {
    for (const request of this.requests.splice(0)) request.onDone.call(this.#exchange, new Error());
    this.#onError();
    this.close();
  }

  get #current(): HttpRequest {
    return this.requests[0]!;
  }

  get #exchange(): ThisParameterType<HttpRequest['onDone']> {
    return {
      read: (count) => this.#incoming.buffer.slice(0, count),
      write: (bytes) => {
        if (this.refuses) throw new Error('would block');
        this.written.push(...bytes);
      },
    };
  }
}

const REPLY = '{"log":"a","next":1}';
let clock: VirtualClock;
let clients: Client[];
let answers: Answer[];
let uplink: HttpUplink;

beforeEach(() => {
  clock = new VirtualClock(0);
  clients = [];
  answers = [];
  uplink = openUplink((onError) => new Client(onError));
});

test('sends a batch with its length in bytes, in the pieces that the network takes', () => {
  send('{"device_desc":"Küche"}');
  const { method, path, headers } = clients[0]!.requests[0]!;
  expect([method, path]).toEqual(['PUT', '/api/batch/new']);
  expect(headers.get('content-length')).toBe('24');
  for (let i = 0; i < 5; i++) clients[0]!.takes(5);
  expect(new TextDecoder().decode(Uint8Array.from(clients[0]!.written))).toBe('{"device_desc":"Küche"}');
});

test('sends a batch of 60 readings of two probes packed, with at most 14 bytes a reading on the wire', () => {
  for (const seed of [1, 2, 3, 4, 5, 6]) {
    clients = [];
    uplink = openUplink((onError) => new Client(onError));
    const body = batchText({ readings: 60, seed, token: TOKEN });
    send(body);
    const [{ requests, written }] = clients as [Client];
    const { method, path, headers } = requests[0]!;
    expect(headers.get('content-encoding')).toBe('gzip');
    clients[0]!.takes(10_000);
    expect(headers.get('content-length')).toBe(String(written.length));
    expect(gunzipSync(Uint8Array.from(written)).toString()).toBe(body);
    // as the SDK's client writes it
    const head = [
      `${method} ${path} HTTP/1.1`,
      'host: 192.168.178.100',
      ...[...headers].map((pair) => pair.join(': ')),
    ];
    expect((`${head.join('\r\n')}\r\n\r\n`.length + written.length) / 60).toBeLessThanOrEqual(14);
  }
});

test('hands over what is heeded of the answer, however it comes in', () => {
  const series = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`probe-${i}`, i]));
  send('{}');
  clients[0]!.answers(201, JSON.stringify({ log: 'a', series, next: 1 }));
  expect(answers).toEqual([{ status: 201, body: { log: 'a', next: 1 } }]);
});

test('hands over Retry-After in seconds, and no other kind of it', () => {
  for (const value of ['120', 'Wed, 21 Oct 2026 07:28:00 GMT', '-1']) {
    send('{}');
    clients[0]!.answers(503, '{}', { 'retry-after': value });
  }
  expect(answers).toEqual([
    { status: 503, body: {}, retryAfter: 120 },
    { status: 503, body: {} },
    { status: 503, body: {} },
  ]);
});

test('an answer that is no JSON, no UTF-8 or endless is a status alone', () => {
  for (const body of ['<html>', Uint8Array.of(0x22, 0xff, 0x22), `{"log":"${'x'.repeat(100_000)}"}`]) {
    send('{}');
    clients[0]!.answers(200, body);
  }
  expect(answers).toEqual([1, 2, 3].map(() => ({ status: 200, body: null })));
});

test('keeps the connection for the next batch', () => {
  for (let i = 0; i < 3; i++) {
    send('{}');
    clients[0]!.answers(200, REPLY);
  }
  expect(clients).toHaveLength(1);
  expect(answers).toHaveLength(3);
});

test('opens another connection when the collector closed the idle one', () => {
  send('{}');
  clients[0]!.answers(200, REPLY);
  clients[0]!.breaks();
  send('{}');
  clients[1]!.answers(200, REPLY);
  expect(answers).toHaveLength(2);
});

test('sends once more when a kept connection breaks before its answer', () => {
  send('{}');
  clients[0]!.answers(200, REPLY);
  send('{"again":1}');
  clients[0]!.takes(3);
  clients[0]!.breaks();
  clients[1]!.takes(100);
  expect(clients[1]!.written).toHaveLength(11);
  clients[1]!.answers(200, REPLY);
  expect(answers).toHaveLength(2);
  expect(clients).toHaveLength(2);
});

test('gives up when a new connection breaks', () => {
  send('{}');
  clients[0]!.breaks();
  expect(answers).toEqual([{ status: null, body: null }]);
  expect(clients).toHaveLength(1);
});

test('gives up when no answer comes, and hears nothing more from that connection', async () => {
  send('{}');
  const [first] = clients as [Client];
  const { onDone } = first.requests[0]!;
  await clock.run(30_000);
  expect(answers).toEqual([{ status: null, body: null }]);
  expect(first.closed).toBe(true);
  send('{}');
  onDone.call({ read: () => undefined, write: () => 0 }, new Error());
  clients[1]!.answers(200, REPLY);
  expect(answers).toHaveLength(2);
});

test('gives up at once when no connection can be made', () => {
  uplink = openUplink((onError) => {
    onError();
    return new Client(onError);
  });
  send('{}');
  uplink = openUplink(() => {
    throw new Error('no memory');
  });
  send('{}');
  expect(answers).toEqual([1, 2].map(() => ({ status: null, body: null })));
});

test('a write that the client refuses ends the request', () => {
  send('{}');
  clients[0]!.refuses = true;
  clients[0]!.takes(1);
  expect(answers).toEqual([{ status: null, body: null }]);
});

test('a second batch while one is under way gets no answer and does not disturb it', () => {
  send('{}');
  send('{}');
  expect(answers).toEqual([{ status: null, body: null }]);
  clients[0]!.answers(200, REPLY);
  expect(answers).toHaveLength(2);
});

test('close() ends the request under way, and may be called twice', () => {
  send('{}');
  uplink.close();
  uplink.close();
  expect(clients[0]!.closed).toBe(true);
  expect(answers).toEqual([{ status: null, body: null }]);
});

function send(body: string): void {
  uplink.send(body, (answer) => answers.push(answer));
}

function openUplink(open: (onError: () => void) => Client): HttpUplink {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  return new HttpUplink({
    connect: ({ onError }) => {
      const client = open(onError);
      clients.push(client);
      return client;
    },
    codec: { encode: (text) => new TextEncoder().encode(text), decode: (bytes) => decoder.decode(bytes) },
    timers: clock,
    host: 'collector',
    port: 80,
    base: '/api',
  });
}

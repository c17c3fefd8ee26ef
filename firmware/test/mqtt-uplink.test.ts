/** The MQTT uplink over a client that does what the SDK's does, and goes wrong as it does (its source, mqttclient.js). */
import { gunzipSync } from 'node:zlib';
import { beforeEach, expect, test } from 'vitest';
import type { Answer } from '../protocol/reply.js';
import type { Timers } from '../timer.js';
import { MqttUplink, type MqttClient, type MqttOptions, type MqttWrite } from '../uplinks/mqtt.js';
import { batchText } from './wire.js';
import { VirtualClock } from '../../tools/simulator/clock.js';

/** What the SDK keeps back of what its socket takes, for the head of a message. */
const OVERHEAD = 8;

/** One connection; the test plays the broker. */
class Client implements MqttClient {
  readonly subscriptions: (MqttWrite & { operation: 8 })[] = [];
  readonly messages: { head: MqttWrite & { operation: 3 }; bytes: number[] }[] = [];
  closed = false;
  readonly #options: MqttOptions;
  #writable = 0;
  #incoming = new Uint8Array();

  constructor(options: MqttOptions) {
    this.#options = options;
  }

  get login(): Pick<MqttOptions, 'host' | 'port' | 'id' | 'user' | 'password'> {
    const { host, port, id, user, password } = this.#options;
    return { host, port, id, user, password };
  }

  write(bytes: Uint8Array | null, options?: MqttWrite): number {
    if (this.closed) throw new TypeError('closed');
    if (options?.operation === 8) {
      this.subscriptions.push(options);
      return this.#left(0);
    }
    const message = this.messages.at(-1);
    if (options === undefined) {
      if (message === undefined || message.bytes.length + bytes!.length > message.head.byteLength) throw new Error();
      message.bytes.push(...bytes!);
      return this.#left(bytes!.length);
    }
    if (message !== undefined && message.bytes.length < message.head.byteLength) throw new Error('publishing');
    const length = 1 + (options.byteLength < 128 ? 1 : 2) + 2 + options.topic.length + 2 + bytes!.length;
    if (length > this.#writable) throw new Error('overflow');
    this.messages.push({ head: options, bytes: [...bytes!] });
    return this.#left(length);
  }

  read(count: number): ArrayBuffer {
    return this.#incoming.slice(0, count).buffer;
  }

  close(): void {
    this.closed = true;
  }

  takes(count: number): void {
    this.#writable = count;
    if (count > OVERHEAD) this.#options.onWritable(count - OVERHEAD);
  }

  /** Lets it in, and accepts its subscription, with ONE argument, whatever the typings say. */
  accepts(room = 10_000, code = 1): void {
    this.#options.onControl({ operation: 2 });
    this.takes(room);
    this.#options.onControl({ operation: 9, id: this.subscriptions[0]!.id, payload: [code] });
  }

  acknowledges(): void {
    this.#options.onControl({ operation: 4, id: this.messages.at(-1)!.head.id });
  }

  /** A message comes in, in pieces. */
  says(topic: string, text: string): void {
    const bytes = new TextEncoder().encode(text);
    for (let i = 0; i < bytes.length; i += 100) {
      this.#incoming = bytes.slice(i, i + 100);
      this.#options.onReadable(this.#incoming.length, { more: i + 100 < bytes.length, ...(i === 0 && { topic }) });
    }
  }

  /** Tells, then closes itself. */
  breaks(): void {
    this.#options.onError();
    this.close();
  }

  #left(used: number): number {
    this.#writable -= used;
    return Math.max(0, this.#writable - OVERHEAD);
  }
}

const REPLY = 'thermowell/cellar/reply';
const DONE = { status: 201, log: 'a', next: 3 };

let clock: VirtualClock;
let clients: Client[];
let answers: Answer[];
let uplink: MqttUplink;

beforeEach(() => {
  clock = new VirtualClock(0);
  clients = [];
  answers = [];
  uplink = openUplink((options) => new Client(options));
});

test('logs in with the token as password, and subscribes to its reply before it publishes', () => {
  send('{"a":1}');
  expect(clients[0]!.login).toEqual({ host: 'broker', port: 1883, id: 'cellar', user: 'cellar', password: 'secret' });
  clients[0]!.takes(1000);
  expect(clients[0]!.subscriptions).toEqual([]);
  clients[0]!.accepts();
  const [{ subscriptions, messages }] = clients as [Client];
  expect(subscriptions.map(({ items }) => items)).toEqual([[{ topic: REPLY, QoS: 1 }]]);
  expect(messages[0]!.head).toMatchObject({ topic: 'thermowell/cellar/batch', QoS: 1, byteLength: 7 });
  expect(textOf(messages[0]!.bytes)).toBe('{"a":1}');
});

test('a broker that grants the subscription late gets no batch before', () => {
  send('{}');
  clients[0]!.takes(1000);
  expect(clients[0]!.messages).toEqual([]);
});

test('sends what is larger than the network takes in pieces, the first one beside its head', () => {
  const body = batchText({ readings: 60, seed: 1 });
  send(body);
  clients[0]!.accepts(30);
  expect(clients[0]!.messages).toEqual([]);
  for (let i = 0; i < 30; i++) clients[0]!.takes(40 + i);
  const { head, bytes } = clients[0]!.messages[0]!;
  expect(bytes).toHaveLength(head.byteLength);
  expect(gunzipSync(Uint8Array.from(bytes)).toString()).toBe(body);
});

test('a reading of two probes takes at most 14 bytes on the wire, in a batch of 60', () => {
  for (const seed of [1, 2, 3, 4, 5, 6]) {
    clients = [];
    uplink = openUplink((options) => new Client(options), '24:6f:28:aa:bb:cc');
    send(batchText({ readings: 60, seed }));
    clients[0]!.accepts();
    const { head, bytes } = clients[0]!.messages[0]!;
    expect((1 + 2 + 2 + head.topic.length + 2 + bytes.length) / 60).toBeLessThanOrEqual(14);
  }
});

test('hands over the reply, before or after the PUBACK, and keeps the connection', () => {
  send('{}');
  clients[0]!.accepts();
  clients[0]!.says(REPLY, JSON.stringify({ ...DONE, series: { 'a-long-name-of-a-sensor': 1, ['b'.repeat(200)]: 2 } }));
  clients[0]!.acknowledges();
  expect(answers[0]).toMatchObject({ status: 201, body: { log: 'a', next: 3 } });
  send('{}');
  clients[0]!.acknowledges();
  clients[0]!.says(REPLY, JSON.stringify({ status: 409, log: 'a', next: 1 }));
  expect(answers[1]).toEqual({ status: 409, body: { status: 409, log: 'a', next: 1 } });
  expect(clients).toHaveLength(1);
});

test('hands over how long the collector wants to be left alone', () => {
  for (const retry_after of [120, -1, 'soon']) {
    send('{}');
    if (clients[0]!.messages.length === 0) clients[0]!.accepts();
    clients[0]!.says(REPLY, JSON.stringify({ status: 503, retry_after }));
  }
  expect(answers.map((answer) => answer.retryAfter)).toEqual([120, undefined, undefined]);
});

test('a PUBACK alone is no answer: without a reply it gives up, and sends under another id next time', async () => {
  send('{}');
  clients[0]!.accepts();
  clients[0]!.acknowledges();
  await clock.run(30_000);
  expect(answers).toEqual([{ status: null, body: null }]);
  expect(clients[0]!.closed).toBe(true);
  send('{}');
  clients[1]!.accepts();
  const ids = clients.map(({ messages }) => messages[0]!.head.id);
  expect(ids[0]).not.toBe(ids[1]);
});

test('packet ids go round from 1 to 65535', () => {
  uplink = openUplink((options) => new Client(options), 'cellar', { after: () => () => {} });
  const ids: number[] = [];
  for (let i = 0; i < 65_600; i++) {
    send('{}');
    if (i === 0) clients[0]!.accepts(1e9);
    else clients[0]!.takes(1e9);
    clients[0]!.says(REPLY, '{"status":200}');
    ids.push(clients[0]!.messages.pop()!.head.id);
  }
  expect(Math.min(...ids)).toBe(1);
  expect(Math.max(...ids)).toBe(65_535);
});

test('what else comes in is no answer: other topics, no JSON, no status, and what was said before the batch was out', () => {
  send('{"a":"long enough to be two pieces"}');
  clients[0]!.accepts(40);
  clients[0]!.says(REPLY, JSON.stringify(DONE));
  clients[0]!.takes(1000);
  clients[0]!.says('thermowell/attic/reply', JSON.stringify(DONE));
  for (const text of ['no JSON', '[]', '{"next":3}', '{"status":"201"}', `"${'x'.repeat(20_000)}"`])
    clients[0]!.says(REPLY, text);
  expect(answers).toEqual([]);
  clients[0]!.says(REPLY, JSON.stringify(DONE));
  expect(answers).toEqual([{ status: 201, body: DONE }]);
  clients[0]!.says(REPLY, JSON.stringify(DONE));
  expect(answers).toHaveLength(1);
});

test('a subscription that is refused is permission denied', () => {
  send('{}');
  clients[0]!.accepts(1000, 0x80);
  expect(answers).toEqual([{ status: 403, body: null }]);
  expect(clients[0]!.closed).toBe(true);
});

test('a login that is refused, and a broker that cannot be reached, are no answer', () => {
  send('{}');
  clients[0]!.breaks();
  uplink = openUplink((options) => {
    options.onError();
    return new Client(options);
  });
  send('{}');
  uplink = openUplink(() => {
    throw new Error('no memory');
  });
  send('{}');
  expect(answers).toEqual([1, 2, 3].map(() => ({ status: null, body: null })));
});

test('when a kept connection breaks, by a restart or a take-over, it sends at once on another, and only once', () => {
  send('{}');
  clients[0]!.accepts();
  clients[0]!.says(REPLY, JSON.stringify(DONE));
  send('{"b":1}');
  clients[0]!.breaks();
  clients[1]!.accepts();
  expect(textOf(clients[1]!.messages[0]!.bytes)).toBe('{"b":1}');
  clients[1]!.breaks();
  expect(answers).toEqual([
    { status: 201, body: DONE },
    { status: null, body: null },
  ]);
  expect(clients).toHaveLength(2);
});

test('an idle connection that breaks is opened again by the next batch', () => {
  send('{}');
  clients[0]!.accepts();
  clients[0]!.says(REPLY, JSON.stringify(DONE));
  clients[0]!.breaks();
  send('{}');
  clients[1]!.accepts();
  clients[1]!.says(REPLY, JSON.stringify(DONE));
  expect(answers).toHaveLength(2);
});

test('a connection that was given up is heard no more', async () => {
  send('{}');
  await clock.run(30_000);
  send('{}');
  clients[0]!.takes(1000);
  clients[0]!.says(REPLY, JSON.stringify(DONE));
  clients[0]!.breaks();
  clients[1]!.accepts();
  clients[1]!.says(REPLY, JSON.stringify(DONE));
  expect(answers).toEqual([
    { status: null, body: null },
    { status: 201, body: DONE },
  ]);
});

test('a second batch while one is under way gets no answer and does not disturb it', () => {
  send('{}');
  send('{}');
  expect(answers).toEqual([{ status: null, body: null }]);
  clients[0]!.accepts();
  clients[0]!.says(REPLY, JSON.stringify(DONE));
  expect(answers).toHaveLength(2);
});

test('close() ends the batch under way, and may be called twice', () => {
  send('{}');
  uplink.close();
  uplink.close();
  expect(clients[0]!.closed).toBe(true);
  expect(answers).toEqual([{ status: null, body: null }]);
});

function send(body: string): void {
  uplink.send(body, (answer) => answers.push(answer));
}

function textOf(bytes: number[]): string {
  return new TextDecoder().decode(Uint8Array.from(bytes));
}

function openUplink(open: (options: MqttOptions) => Client, device_id = 'cellar', timers: Timers = clock): MqttUplink {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  return new MqttUplink({
    open: (options) => {
      const client = open(options);
      clients.push(client);
      return client;
    },
    codec: { encode: (text) => new TextEncoder().encode(text), decode: (bytes) => decoder.decode(bytes) },
    timers,
    host: 'broker',
    port: 1883,
    device_id,
    token: 'secret',
  });
}

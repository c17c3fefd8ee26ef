/** The firmware's MQTT uplink against the collector's real broker, through MQTT.js in place of the chip's client. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openCollector, type Collector } from '../../collector/collector.js';
import { loadConfig } from '../../collector/config.js';
import { ownPort } from '../../collector/test/port.js';
import { writeUsers } from '../../collector/users.js';
import type { Answer } from '../../firmware/protocol/reply.js';
import type { Timers } from '../../firmware/timer.js';
import type { Codec } from '../../firmware/uplinks/heard.js';
import { MqttUplink, type OpenMqtt } from '../../firmware/uplinks/mqtt.js';

const TOKEN = 'robins-token';

const timers: Timers = {
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};
const codec: Codec = {
  encode: (text) => new TextEncoder().encode(text),
  decode: (bytes) => new TextDecoder('utf-8', { fatal: true }).decode(bytes),
};

/** Bytes that the stand-in's network takes at once. */
const ROOM = 100;

/** As ECMA-419's client, over MQTT.js: pieces are put together, and a subscription is told as its packet. */
const openMqtt: OpenMqtt = ({ host, port, id, user, password, onWritable, onReadable, onControl, onError }) => {
  const options = {
    host,
    port,
    clientId: id,
    username: user,
    password,
    reconnectPeriod: 0,
    protocolVersion: 4,
  } as const;
  const client = mqtt.connect(options);
  let incoming: Uint8Array = new Uint8Array();
  let message: { topic: string; length: number; bytes: number[] } | null = null;
  let closed = false;
  const alive = (step: () => void): void => {
    if (!closed) step();
  };
  client.on('connect', () => alive(() => (onControl({ operation: 2 }), onWritable(ROOM))));
  client.on('error', () => undefined);
  client.on('close', () => alive(onError));
  client.on('message', (topic, payload) => {
    for (let i = 0; i < payload.length; i += 50) {
      incoming = payload.subarray(i, i + 50);
      alive(() => onReadable(incoming.length, { more: i + 50 < payload.length, ...(i === 0 && { topic }) }));
    }
  });
  return {
    write(bytes, options) {
      if (options?.operation === 8) {
        const [{ topic } = { topic: '' }] = options.items;
        client.subscribe(topic, { qos: 1 }, (error, granted) =>
          alive(() => onControl({ operation: 9, id: options.id, payload: [error ? 0x80 : granted![0]!.qos] })),
        );
        return ROOM;
      }
      if (options !== undefined) message = { topic: options.topic, length: options.byteLength, bytes: [] };
      message!.bytes.push(...bytes!);
      const whole = message!;
      if (whole.bytes.length === whole.length)
        client.publish(whole.topic, Buffer.from(whole.bytes), { qos: 1 }, () => undefined);
      setImmediate(() => alive(() => onWritable(ROOM)));
      return 0;
    },
    read: (count) => Uint8Array.from(incoming.subarray(0, count)).buffer,
    close() {
      closed = true;
      client.end(true);
    },
  };
};

let folder: string;
let collector: Collector;
let port = 0;
let uplink: MqttUplink;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'thermowell-'));
  await writeUsers(join(folder, 'users.json'), { [TOKEN]: { name: 'Robin', id: 1 } });
  await start(String(await ownPort()));
  uplink = open(TOKEN);
});
afterEach(async () => {
  uplink.close();
  await collector.close();
  await rm(folder, { recursive: true });
});

test('a packed batch in pieces is stored, and its reply comes back; the next goes over the same connection', async () => {
  expect(await send(batch(0, 60))).toMatchObject({ status: 201, body: { log: 'a', next: 60 } });
  expect(await send(batch(60, 3))).toMatchObject({ status: 201, body: { next: 63 } });
  expect(await send(batch(60, 3))).toMatchObject({ status: 200, body: { next: 63 } });
  expect(await send(batch(70, 1, 65))).toMatchObject({ status: 409, body: { next: 65 } });
});

test('a token that nobody has is no answer; a batch after it with the right one goes through', async () => {
  const stranger = open('nobody');
  expect(await send(batch(0, 1), stranger)).toEqual({ status: null, body: null });
  stranger.close();
  expect(await send(batch(0, 1))).toMatchObject({ status: 201 });
});

test('a second device with the same id takes the connection over; the first one connects anew and loses nothing', async () => {
  await send(batch(0, 1));
  const twin = open(TOKEN);
  expect(await send(batch(1, 1), twin)).toMatchObject({ status: 201 });
  expect(await send(batch(2, 1))).toMatchObject({ status: 201, body: { next: 3 } });
  twin.close();
});

test('a broker that starts again is met again', async () => {
  await send(batch(0, 1));
  await collector.close();
  await start(String(port));
  expect(await send(batch(1, 1))).toMatchObject({ status: 201, body: { next: 2 } });
});

async function start(mqttPort: string): Promise<void> {
  const config = loadConfig({ host: '127.0.0.1', port: '0', data: folder, logLevel: 'silent', mqttPort }, {});
  collector = await openCollector(config, { log: process.stderr });
  port = Number(new URL(collector.mqtt()!.address).port);
}

function open(token: string): MqttUplink {
  return new MqttUplink({ open: openMqtt, codec, timers, host: '127.0.0.1', port, device_id: 'cellar', token });
}

function send(body: string, by = uplink): Promise<Answer> {
  return new Promise((resolve) => by.send(body, resolve));
}

function batch(first: number, count: number, oldest = first): string {
  const time = Array.from({ length: count }, (_, i) => (i === 0 ? Date.now() - 3_600_000 + first * 60_000 : 60_000));
  const temp_C = time.map((_, i) => 20 + (i % 7) / 16);
  return JSON.stringify({
    device_id: 'cellar',
    log: 'a',
    first,
    oldest,
    clock: 'unix',
    time,
    sensors: { probe: { temp_C } },
  });
}

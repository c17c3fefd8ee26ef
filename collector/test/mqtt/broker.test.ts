/** Our own broker as any client may use it, its limits and its port. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { MQTT, start } from '../running.js';
import { batch, BATCH, device, REPLY, T0, TestClient } from './devices.js';

describe('as a broker', () => {
  test('topics that are nobody’s are free: retained messages, wills, QoS 0 to 2', async () => {
    const { collector, client } = await device();
    for (const qos of [0, 1, 2] as const) expect(await client.publish(`home/${qos}`, `${qos}`, qos, true)).toBe(true);
    const listener = await TestClient.open(collector.mqttPort);
    await listener.subscribe('home/+');
    await expect.poll(() => listener.received.filter(({ retain }) => retain)).toHaveLength(3);
    const will = { topic: 'home/will', payload: Buffer.from('gone'), qos: 1 as const, retain: false };
    const mortal = await TestClient.open(collector.mqttPort, 'robin', { will });
    mortal.mqtt.stream.destroy();
    await expect.poll(() => listener.on('home/will')).toEqual(['gone']);
    const reserved = { ...will, topic: REPLY };
    const liar = await TestClient.open(collector.mqttPort, 'ada', { will: reserved });
    liar.mqtt.stream.destroy();
    await client.publish(BATCH, batch(0, 1, T0));
    await client.next(REPLY, 0);
    expect(client.on(REPLY)).toHaveLength(1);
  });

  test('a session ends with its connection', async () => {
    const { collector } = await device();
    const options = { clientId: 'keeper', clean: false };
    const first = await TestClient.open(collector.mqttPort, 'robin', options);
    await first.subscribe('home/#');
    await first.mqtt.endAsync();
    const { received, mqtt } = await TestClient.open(collector.mqttPort, 'robin', options);
    expect(await mqtt.publishAsync('home/x', '1', { qos: 1 })).toBeDefined();
    expect(received).toEqual([]);
  });

  test('speaks WebSocket on the HTTP port at /mqtt and /api/mqtt, and nothing else', async () => {
    const collector = await start({ config: MQTT });
    const url = collector.url.replace('http', 'ws');
    for (const path of ['/mqtt', '/api/mqtt']) {
      const client = await TestClient.open(0, 'robin', { url: url + path });
      await client.subscribe(REPLY);
      await client.publish(BATCH, batch(0, 1, T0));
      expect(await client.next(REPLY, 0)).toMatchObject({ log: 'log', next: 1 });
    }
    await expect(TestClient.open(0, 'robin', { url: `${url}/other` })).rejects.toThrow();
  });

  test('HTTP clients that offer HTTP/2 are answered over HTTP/1.1, as if they had not', async () => {
    const collector = await start({ config: MQTT });
    const socket = connect(Number(new URL(collector.url).port), '127.0.0.1');
    const body = JSON.stringify({ token: 'robin', device_id: 'd', device_desc: '' });
    const head = ['PUT /series/new HTTP/1.1', 'Host: x', 'Content-Type: application/json'];
    const offer = ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__'];
    socket.write([...head, ...offer, `Content-Length: ${body.length}`, '', body.slice(0, 5)].join('\r\n'));
    socket.write(body.slice(5));
    let answer = '';
    socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
    await expect.poll(() => answer).toMatch(/^HTTP\/1.1 201 Created[\s\S]*\r\n\r\n1$/);
    socket.write('GET /points/count HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    await once(socket, 'close');
    expect(answer).toMatch(/201 Created[\s\S]*200 OK[\s\S]*\r\n\r\n0$/);
  });

  test('cuts off what is longer than any upload, and a CONNECT that is longer than any', async () => {
    const { collector, client } = await device();
    expect(await client.publish('home/x', Buffer.alloc(2_000_000))).toBe(true);
    expect(await client.publish('home/x', Buffer.alloc(2_200_000))).toBe(false);
    await expect(TestClient.open(collector.mqttPort, 'x'.repeat(20_000))).rejects.toThrow();
  });

  test('grants 256 topic filters to a client', async () => {
    const { client } = await device();
    const granted = await client.subscribe(...Array.from({ length: 255 }, (_, i) => `home/${i}`));
    expect(granted.every((qos) => qos === 1)).toBe(true);
    await expect(client.subscribe('home/one/more')).rejects.toThrow();
    await client.mqtt.unsubscribeAsync('home/0');
    expect(await client.subscribe('home/one/more')).toEqual([1]);
  });

  test('/health and /metrics tell of it', async () => {
    const { collector, client } = await device();
    await client.publish(BATCH, batch(0, 1, T0));
    await TestClient.open(collector.mqttPort, 'nobody').catch(() => undefined);
    const { mqtt } = (await collector.get('/health')).body;
    expect(mqtt).toMatchObject({ broker: 'own', state: 'listening', clients: 1, received: 1, refused: 1, deferred: 0 });
    const { text } = await collector.get('/metrics');
    expect(text).toMatch(/^thermowell_mqtt_messages_total 1$/m);
    expect(text).toMatch(/^thermowell_mqtt_up 1$/m);
    const without = await start();
    expect((await without.get('/health')).body.mqtt).toBe('off');
  });
});

/** A port that another program listens on. */
async function taken(): Promise<number> {
  const server = createServer().unref();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

describe('its port', () => {
  test('is an error with the remedy where it was asked for and is taken', async () => {
    const mqtt = { broker: 'own', port: await taken(), insist: true } as const;
    await expect(start({ config: { mqtt } })).rejects.toThrow(
      /MQTT port \d+ is in use.*--mqtt-port.*--mqtt-url.*--no-mqtt/,
    );
  });

  test('is done without otherwise: said at /health, and WebSocket works', async () => {
    const mqtt = { broker: 'own', port: await taken(), insist: false } as const;
    const collector = await start({ config: { mqtt } });
    const { status, mqtt: told } = (await collector.get('/health')).body;
    expect([status, told.state, told.note]).toEqual([
      'degraded',
      'unavailable',
      expect.stringMatching(/in use.*--mqtt-url/),
    ]);
    await TestClient.open(0, 'robin', { url: `${collector.url.replace('http', 'ws')}/mqtt` });
  });

  test('drops a connection that says nothing sensible, and goes on', async () => {
    const { collector, client } = await device();
    const socket = connect(collector.mqttPort, '127.0.0.1');
    socket.on('error', () => undefined).end('GET / HTTP/1.1\r\n\r\n');
    await once(socket, 'close');
    expect(await client.publish(BATCH, batch(0, 1, T0))).toBe(true);
  });
});

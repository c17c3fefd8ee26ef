/** What devices send by MQTT, and what they are told (protocol.md §4). */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { MQTT, NOW, start } from '../running.js';
import { Faults } from '../store/failing-disk.js';
import { batch, BATCH, device, REPLY, T0, TestClient } from './devices.js';

describe('a batch', () => {
  test('is stored, acknowledged, and answered on reply as HTTP answers', async () => {
    const { collector, client } = await device();
    expect(await client.publish(BATCH, batch(0, 3, T0))).toBe(true);
    const first = { log: 'log', next: 3, stored: 3, duplicates: 0, lost: 0, now: NOW, series: { probe: 1 } };
    expect(await client.next(REPLY, 0)).toEqual({ ...first, status: 201 });
    await client.publish(BATCH, batch(0, 3, T0));
    expect(await client.next(REPLY, 1)).toEqual({ ...first, stored: 0, duplicates: 3, status: 200 });
    expect(client.received.every(({ retain, qos }) => !retain && qos === 1)).toBe(true);
    expect((await collector.get('/points/count')).body).toBe(3);
    const [one] = (await collector.get('/devices')).body;
    expect(one).toMatchObject({ device_id: 'dev', user: 'Robin', ledger: [{ next: 3, stored: 3, duplicates: 3 }] });
  });

  test.each([0, 1, 2] as const)('may come at QoS %i', async (qos) => {
    const { collector, client } = await device();
    expect(await client.publish(BATCH, batch(0, 2, T0), qos)).toBe(true);
    expect(await client.next(REPLY, 0)).toMatchObject({ status: 201, next: 2 });
    expect((await collector.get('/points/count')).body).toBe(2);
  });

  test('may be packed by gzip, and may name its device', async () => {
    const { client } = await device();
    await client.publish(BATCH, gzipSync(JSON.stringify(batch(0, 2, T0, { device_id: 'dev' }))));
    expect(await client.next(REPLY, 0)).toMatchObject({ status: 201, next: 2 });
    await client.publish(BATCH, Buffer.from([0x1f, 0x8b, 1, 2, 3]));
    expect(await client.next(REPLY, 1)).toMatchObject({ status: 400, code: 'malformed' });
    await client.publish(BATCH, gzipSync(Buffer.alloc(1_100_000, ' ')));
    expect(await client.next(REPLY, 2)).toMatchObject({ status: 413, code: 'too-large' });
  });

  test('never overtakes another of its device, though unpacking one takes longer than the next', async () => {
    const { collector, client } = await device();
    const sent = Array.from({ length: 20 }, (_, i) => {
      const long = JSON.stringify({ ...batch(i, 1, T0), padding: 'x'.repeat(i % 2 === 0 ? 900_000 : 0) });
      return client.publish(BATCH, i % 3 === 2 ? long : gzipSync(long));
    });
    expect(await Promise.all(sent)).not.toContain(false);
    expect((await collector.get('/devices/dev')).body.ledger).toMatchObject([{ stored: 20, lost: 0, duplicates: 0 }]);
  });

  test('that leaves readings out is answered with 409, and one dated by uptime as of its arrival', async () => {
    const { collector, client } = await device();
    await client.publish(BATCH, batch(0, 2, T0));
    expect(await client.publish(BATCH, batch(5, 2, T0, { oldest: 1 }))).toBe(true);
    expect(await client.next(REPLY, 1)).toMatchObject({ status: 409, log: 'log', next: 2 });
    const uptime = {
      log: 'b',
      first: 0,
      clock: 'uptime',
      now: 5000,
      time: [4000],
      sensors: { probe: { temp_C: [7] } },
    };
    await client.publish(BATCH, uptime);
    expect(await client.next(REPLY, 2)).toMatchObject({ status: 201 });
    expect((await collector.get('/series/1/latest')).body.timestamp).toBe(new Date(NOW - 1000).toISOString());
  });

  test('that will never be right is acknowledged, kept aside and answered so that the device moves on', async () => {
    const { collector, client } = await device();
    expect(await client.publish(BATCH, batch(0, 2, T0, { sensors: { probe: { temp_C: [1, 'x'] } } }))).toBe(true);
    const told = await client.next(REPLY, 0);
    expect(told).toMatchObject({
      status: 400,
      log: 'log',
      next: 2,
      quarantined: expect.stringMatching(/^[0-9a-f]{16}$/),
    });
    const [{ ledger }] = (await collector.get('/devices')).body;
    expect(ledger).toMatchObject([{ next: 2, quarantined: 2, stored: 0 }]);
    const kept = await readFile(join(collector.folder, 'quarantine', `${told.quarantined}.json`), 'utf8');
    expect(kept).toContain(String.raw`\"device_id\":\"dev\"`);
  });

  test.each([
    ['{"log"', { status: 400, code: 'malformed' }],
    ['[]', { status: 400, code: 'malformed' }],
    [Buffer.from([0xff, 0xfe]), { status: 400, code: 'malformed' }],
    [JSON.stringify(batch(0, 1, T0, { device_id: 'other' })), { status: 400, pointer: '/device_id' }],
    [Buffer.alloc(1_048_577, ' '), { status: 413, code: 'too-large' }],
  ])('that cannot be read is acknowledged and answered: %#', async (payload, problem) => {
    const { collector, client } = await device();
    expect(await client.publish(BATCH, payload)).toBe(true);
    expect(await client.next(REPLY, 0)).toMatchObject(problem);
    expect((await collector.get('/points/count')).body).toBe(0);
  });

  test('is not passed on to other clients, and not retained', async () => {
    const { collector, client } = await device();
    const listener = await TestClient.open(collector.mqttPort);
    await listener.subscribe('#');
    await client.publish(BATCH, batch(0, 2, T0, { token: 'robin' }), 1, true);
    await client.next(REPLY, 0);
    await client.publish('home/last', 'x');
    await expect.poll(() => listener.on('home/last')).toHaveLength(1);
    expect(listener.on(BATCH)).toEqual([]);
    const late = await TestClient.open(collector.mqttPort);
    await late.subscribe('#');
    await client.publish('home/very-last', 'x');
    await expect.poll(() => late.on('home/very-last')).toHaveLength(1);
    expect(late.on(BATCH)).toEqual([]);
  });

  test('many at once, of many devices on one connection, are acknowledged in the order they were sent', async () => {
    const { collector, client } = await device();
    const acknowledged: number[] = [];
    await Promise.all(
      Array.from({ length: 60 }, async (_, i) => {
        const wrong = i % 7 === 3 ? { sensors: { probe: { temp_C: 'x' } } } : {};
        expect(await client.publish(`thermowell/dev-${i % 5}/batch`, batch(Math.floor(i / 5), 1, T0, wrong))).toBe(
          true,
        );
        acknowledged.push(i);
      }),
    );
    expect(acknowledged).toEqual(Array.from({ length: 60 }, (_, i) => i));
    const devices = (await collector.get('/devices')).body as { ledger: { next: number }[] }[];
    expect(devices.map(({ ledger }) => ledger[0]!.next)).toEqual([12, 12, 12, 12, 12]);
  });
});

describe('a point', () => {
  test('is a number or an object of numbers, stamped on arrival, on the sensor "point" of its device', async () => {
    const { collector, client } = await device();
    for (const payload of ['21.5', '{"temp_C": 22, "humidity": 40}', '{"temp_C": null}'])
      expect(await client.publish('thermowell/dev/point', payload)).toBe(true);
    const points = (await collector.get('/series/1?from=0')).body;
    expect(points.map(({ fields }: { fields: object }) => fields)).toEqual([
      { temp_C: 21.5 },
      { temp_C: 22, humidity: 40 },
      { temp_C: null },
    ]);
    expect(points[0].timestamp).toBe(new Date(NOW).toISOString());
    expect((await collector.get('/series')).body['1']).toMatchObject({
      device_id: 'dev',
      desc: 'point',
      user: 'Robin',
    });
    expect(client.on(REPLY)).toEqual([]);
  });

  test('twice the same is two points, also across a restart', async () => {
    const { collector, client } = await device();
    await Promise.all([1, 2, 3].map(() => client.publish('thermowell/dev/point', '20')));
    await collector.close();
    const again = await start({ folder: collector.folder, config: MQTT });
    const sender = await TestClient.open(again.mqttPort, 'robin');
    await sender.publish('thermowell/dev/point', '20');
    expect((await again.get('/points/count')).body).toBe(4);
    expect((await again.get('/devices/dev')).body.ledger).toMatchObject([{ stored: 4, lost: 0, duplicates: 0 }]);
  });

  test.each(['"21"', 'on', '[1]', '{"temp_C":"21"}', '{"a b":1}', '{}', '1e999'])('%s is answered', async (payload) => {
    const { collector, client } = await device();
    expect(await client.publish('thermowell/dev/point', payload)).toBe(true);
    expect(await client.next(REPLY, 0)).toMatchObject({ status: 400 });
    expect((await collector.get('/points/count')).body).toBe(0);
  });
});

describe('a temporary failure', () => {
  test('a full disk gives no PUBACK but a closed connection; with room again the retry is taken', async () => {
    const faults = new Faults();
    const { collector, client } = await device({ disk: faults.disk });
    await client.publish(BATCH, batch(0, 1, T0));
    faults.fails = (operation) => (operation === 'write' ? 'ENOSPC' : null);
    expect(await client.publish(BATCH, batch(1, 2, T0))).toBe(false);
    expect(await client.next(REPLY, 1)).toMatchObject({ status: 503, code: 'full', retry_after: 60 });
    faults.fails = () => null;
    const again = await TestClient.open(collector.mqttPort, 'robin');
    await again.subscribe(REPLY);
    expect(await again.publish(BATCH, batch(1, 2, T0))).toBe(true);
    expect(await again.next(REPLY, 0)).toMatchObject({ status: 201, stored: 2, lost: 0 });
  });

  test('what came behind a batch that finds no room waits with it, though there is room again', async () => {
    const faults = new Faults();
    const { collector, client } = await device({ disk: faults.disk });
    let full = true;
    faults.fails = (operation) => {
      const fails = full && operation === 'write';
      if (fails) full = false;
      return fails ? 'ENOSPC' : null;
    };
    const sent = Array.from({ length: 10 }, (_, i) => client.publish(BATCH, batch(i, 1, T0)));
    expect(await Promise.all(sent)).toEqual(sent.map(() => false));
    const again = await TestClient.open(collector.mqttPort, 'robin');
    for (let i = 0; i < 10; i++) expect(await again.publish(BATCH, batch(i, 1, T0))).toBe(true);
    expect((await collector.get('/devices/dev')).body.ledger).toMatchObject([{ stored: 10, lost: 0 }]);
  });

  test('a clock that is not to be believed: points and uptime wait, Unix time is taken', async () => {
    const { client, collector } = await device({ now: () => 1_000_000 });
    expect(await client.publish(BATCH, batch(0, 1, T0))).toBe(true);
    expect(await client.publish('thermowell/dev/point', '1')).toBe(false);
    expect((await collector.get('/points/count')).body).toBe(1);
  });

  test('close() waits for what is being stored, says offline, and closes every connection', async () => {
    const { collector, client } = await device();
    const listener = await TestClient.open(collector.mqttPort);
    await listener.subscribe('thermowell/collector/status');
    await expect.poll(() => listener.on('thermowell/collector/status')).toEqual(['online']);
    const sent = Array.from({ length: 20 }, (_, i) => client.publish(BATCH, batch(i, 1, T0)));
    await client.next(REPLY, 0);
    await collector.close();
    const acknowledged = (await Promise.all(sent)).filter(Boolean).length;
    await expect.poll(() => listener.on('thermowell/collector/status')).toEqual(['online', 'offline']);
    const again = await start({ folder: collector.folder, config: MQTT });
    expect((await again.get('/points/count')).body).toBeGreaterThanOrEqual(acknowledged);
  });
});

/** Mosquitto as the broker, restarted in the middle; devices and the collector are its clients. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { describe, expect, test } from 'vitest';
import type { Config } from '../../config.js';
import { NOW, start, temporaryFolder, type Running } from '../running.js';
import { Faults } from '../store/failing-disk.js';
import { batch, BATCH, REPLY, T0, TestClient } from './devices.js';
import { missing, Mosquitto } from './mosquitto.js';

const lacks = missing();
if (lacks !== null) process.stderr.write(`left out: tests over Mosquitto as the broker, which need ${lacks}\n`);

/** For those of user Robin. */
function over(port: number, more: object = {}): Partial<Config> {
  const url = new URL(`mqtt://127.0.0.1:${port}`);
  return { mqtt: { broker: 'outside', url, ca: null, user: 'Robin', ...more } };
}

async function connected(collector: Running): Promise<void> {
  const state = async (): Promise<string> => (await collector.get('/health')).body.mqtt.state;
  await expect.poll(state).toBe('connected');
}

describe.skipIf(lacks !== null)('over an outside broker', () => {
  test('batches are stored and answered as over our own', async () => {
    const { port } = await Mosquitto.open();
    const collector = await start({ config: over(port) });
    await connected(collector);
    const device = await TestClient.open(port);
    await device.subscribe(REPLY, 'thermowell/collector/status');
    await expect.poll(() => device.on('thermowell/collector/status')).toEqual(['online']);
    await device.publish(BATCH, batch(0, 3, T0));
    expect(await device.next(REPLY, 0)).toMatchObject({ status: 201, log: 'log', next: 3, now: NOW });
    await device.publish(BATCH, '{"log');
    expect(await device.next(REPLY, 1)).toMatchObject({ status: 400 });
    await device.publish('thermowell/dev/point', '21.5');
    const count = async (): Promise<number> => (await collector.get('/points/count')).body;
    await expect.poll(count).toBe(4);
    expect((await collector.get('/devices')).body).toMatchObject([{ device_id: 'dev', user: 'Robin' }]);
    await collector.close();
    await expect.poll(() => device.on('thermowell/collector/status')).toEqual(['online', 'offline']);
  });

  test('uptime is refused with the time, which an empty batch brings, too', async () => {
    const { port } = await Mosquitto.open();
    const collector = await start({ config: over(port) });
    await connected(collector);
    const device = await TestClient.open(port);
    await device.subscribe(REPLY);
    const uptime = { log: 'a', first: 0, clock: 'uptime', now: 5000 };
    await device.publish(BATCH, { ...uptime, time: [4000], sensors: { probe: { temp_C: [7] } } });
    expect(await device.next(REPLY, 0)).toMatchObject({ status: 503, code: 'undated', now: NOW });
    await device.publish(BATCH, { ...uptime, time: [], sensors: {} });
    expect(await device.next(REPLY, 1)).toMatchObject({ status: 200, next: 0, now: NOW });
    expect((await collector.get('/health')).body.mqtt).toMatchObject({ state: 'connected', deferred: 0 });
  });

  test('what comes while the collector is away waits with the broker, a retained point is no news', async () => {
    const { port } = await Mosquitto.open();
    const first = await start({ config: over(port) });
    await connected(first);
    const device = await TestClient.open(port);
    await device.subscribe(REPLY);
    await device.publish('thermowell/dev/point', '20', 1, true);
    await expect.poll(async () => (await first.get('/points/count')).body).toBe(1);
    await first.close();
    for (let i = 0; i < 200; i++) await device.publish(BATCH, batch(i, 1, T0));
    const second = await start({ config: over(port), folder: first.folder });
    await expect.poll(async () => (await second.get('/points/count')).body).toBe(201);
    expect((await second.get('/devices/dev')).body.ledger[1]).toMatchObject({ stored: 200, duplicates: 0 });
  });

  test('is acknowledged to the broker only once it is on disk: a full disk loses nothing', async () => {
    const { port } = await Mosquitto.open();
    const faults = new Faults();
    const collector = await start({ config: over(port), disk: faults.disk });
    await connected(collector);
    const device = await TestClient.open(port);
    await device.subscribe(REPLY);
    faults.fails = (operation) => (operation === 'write' ? 'ENOSPC' : null);
    for (let i = 0; i < 5; i++) expect(await device.publish(BATCH, batch(i, 1, T0))).toBe(true);
    expect(await device.next(REPLY, 0)).toMatchObject({ status: 503, code: 'full' });
    faults.fails = () => null;
    await expect.poll(async () => (await collector.get('/points/count')).body).toBe(5);
    expect((await collector.get('/devices/dev')).body.ledger).toMatchObject([{ stored: 5, lost: 0, next: 5 }]);
    expect((await collector.get('/health')).body.mqtt.deferred).toBeGreaterThan(0);
  });

  test('a broker that restarts in the middle loses nothing, and the collector comes back to it', async () => {
    const broker = await Mosquitto.open();
    const collector = await start({ config: over(broker.port) });
    await connected(collector);
    let next = 0;
    for (let round = 0; round < 3; round++) {
      const device = await TestClient.open(broker.port);
      // all at once, and the broker goes while they are on their way
      const sent = Array.from({ length: 40 }, (_, i) => device.publish(BATCH, batch(next + i, 1, T0)));
      await Promise.race(sent);
      await broker.stop('SIGTERM');
      const acknowledged = (await Promise.all(sent)).filter(Boolean).length;
      await broker.start();
      const ledger = async () => (await collector.get('/devices/dev')).body?.ledger?.[0]?.next ?? 0;
      await expect.poll(ledger).toBeGreaterThanOrEqual(next + acknowledged);
      await connected(collector);
      next = await ledger();
    }
    // more than was acknowledged may still be on its way: both are asked until nothing came in between
    const found = async (): Promise<object> => {
      const [{ ledger }, points] = [(await collector.get('/devices/dev')).body, await collector.get('/points/count')];
      const { next, lost, stored } = ledger[0];
      return { lost, notStored: next - stored, notCounted: next - points.body };
    };
    await expect.poll(found).toEqual({ lost: 0, notStored: 0, notCounted: 0 });
    expect(collector.log.join('')).toContain('the connection broke');
  });

  test('a broker that is not there yet is waited for; the log has no password', async () => {
    const broker = await Mosquitto.open();
    await broker.stop();
    const url = new URL(`mqtt://me:s3cret@127.0.0.1:${broker.port}`);
    const collector = await start({ config: over(broker.port, { url }) });
    await expect.poll(() => collector.log.join('')).toContain('ECONNREFUSED');
    expect((await collector.get('/health')).body).toMatchObject({ status: 'degraded', mqtt: { state: 'connecting' } });
    await broker.start();
    await connected(collector);
    expect(collector.log.join('') + (await collector.get('/health')).text).not.toContain('s3cret');
  });

  test('mqtts with a certificate of its own, user and password', async () => {
    const folder = await temporaryFolder();
    const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
      keySize: 2048,
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
    });
    const [certFile, keyFile] = ['cert.pem', 'key.pem'].map((name) => join(folder, name));
    await writeFile(certFile!, cert);
    await writeFile(keyFile!, key);
    const broker = await Mosquitto.open(['allow_anonymous true', `certfile ${certFile}`, `keyfile ${keyFile}`]);
    const url = new URL(`mqtts://me:secret@127.0.0.1:${broker.port}`);
    const collector = await start({ config: over(broker.port, { url, ca: certFile }) });
    await connected(collector);
    const strict = await start({ config: over(broker.port, { url }) });
    await expect.poll(() => strict.log.join('')).toContain('self-signed certificate');
  });

  test('whose devices they are must be plain: the only user, or one that is named', async () => {
    await expect(start({ config: over(1, { user: null }) })).rejects.toThrow(/--mqtt-user.*"Robin" \(1\), "Ada" \(2\)/);
    await expect(start({ config: over(1, { user: 'Eve' }) })).rejects.toThrow(/--mqtt-user.*no such user/);
    await start({ config: over(1, { user: '2' }) });
  });
});

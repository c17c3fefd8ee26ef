/** Who may connect, publish and subscribe (protocol.md §4). */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hashToken } from '../../users.js';
import { MQTT, start, temporaryFolder } from '../running.js';
import { batch, BATCH, device, REPLY, T0, TestClient } from './devices.js';

test('an unknown token is refused with return code 4, whatever its name; sha256: keys are tokens too', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'users.json'), JSON.stringify({ [`sha256:${hashToken('x')}`]: { name: 'X', id: 1 } }));
  const collector = await start({ folder, config: MQTT });
  await expect(TestClient.open(collector.mqttPort, 'robin')).rejects.toMatchObject({ code: 4 });
  await expect(TestClient.open(collector.mqttPort, `sha256:${hashToken('x')}`)).rejects.toMatchObject({ code: 4 });
  const client = await TestClient.open(collector.mqttPort, 'x');
  expect(await client.publish('home/x', '1')).toBe(true);
});

test('without a password a client listens, but its publishing closes the connection', async () => {
  const { collector, client } = await device();
  const listener = await TestClient.open(collector.mqttPort);
  expect(await listener.subscribe('home/#')).toEqual([1]);
  await client.publish('home/x', '1');
  await expect.poll(() => listener.on('home/x')).toEqual(['1']);
  expect(await listener.publish('home/x', '2')).toBe(false);
});

test('on a private collector nobody gets in without a token: return code 5', async () => {
  const collector = await start({ config: { ...MQTT, private: true } });
  await expect(TestClient.open(collector.mqttPort)).rejects.toMatchObject({ code: 5 });
  await TestClient.open(collector.mqttPort, 'ada');
});

test.each(['$SYS/x', '$share/x', 'thermowell', 'thermowell/dev/reply', 'thermowell/dev/probe/state'])(
  '%s is not for clients to publish on',
  async (topic) => {
    const { client } = await device();
    expect(await client.publish(topic, '1')).toBe(false);
  },
);

test.each(['thermowell/collector/status', 'thermowell/collector/batch', 'thermowell/a b/batch', 'thermowell/dev/x'])(
  '%s neither',
  async (topic) => {
    const { client } = await device();
    expect(await client.publish(topic, '1')).toBe(false);
  },
);

test("another user's device is answered with 403, to the sender alone; nothing is stored", async () => {
  const { collector, client } = await device();
  await client.publish(BATCH, batch(0, 1, T0));
  const ada = await TestClient.open(collector.mqttPort, 'ada');
  for (const payload of [JSON.stringify(batch(1, 1, T0)), 'nonsense']) await ada.publish(BATCH, payload);
  await ada.publish('thermowell/dev/point', '1');
  await expect.poll(() => ada.on(REPLY).length).toBe(3);
  expect(ada.on(REPLY).map((text) => JSON.parse(text).status)).toEqual([403, 400, 403]);
  await client.publish(BATCH, batch(1, 1, T0));
  expect(await client.next(REPLY, 1)).toMatchObject({ status: 201 });
  expect(client.on(REPLY)).toHaveLength(2);
  expect((await collector.get('/points/count')).body).toBe(2);
});

test('a token bound to devices uploads as those only, and publishes nothing else', async () => {
  const { collector } = await device();
  const bound = await TestClient.open(collector.mqttPort, 'bound');
  await bound.publish('thermowell/dev-bound/batch', batch(0, 1, T0));
  await bound.publish('thermowell/dev-other/batch', batch(0, 1, T0));
  await bound.publish('thermowell/dev-other/point', '1');
  await expect.poll(() => bound.on('thermowell/dev-other/reply').length).toBe(2);
  expect((await collector.get('/devices')).body).toMatchObject([{ device_id: 'dev-bound' }]);
  expect(await bound.publish('home/x', '1')).toBe(false);
});

test("a client of the same name takes over its own user's connection, and nobody else's", async () => {
  const { collector } = await device();
  const options = { clientId: 'same' };
  const robin = await TestClient.open(collector.mqttPort, 'robin', options);
  await TestClient.open(collector.mqttPort, 'ada', options);
  await TestClient.open(collector.mqttPort, undefined, options);
  expect(await robin.publish('home/x', '1')).toBe(true);
  const closed = new Promise((resolve) => robin.mqtt.once('close', resolve as () => void));
  await TestClient.open(collector.mqttPort, 'robin-too', options);
  await closed;
});

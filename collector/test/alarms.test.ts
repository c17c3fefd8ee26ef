/** `/alarms`, and what a webhook and ntfy hear of them. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectAsync } from 'mqtt';
import { expect, onTestFinished, test } from 'vitest';
import { messageOf, type Message } from '../alarms/message.js';
import { Outbox } from '../alarms/outbox.js';
import { loadConfig } from '../config.js';
import { nodeDisk, type Disk } from '../store/disk.js';
import type { Series } from '../store/store.js';
import { NOW, start, type Options, type Running } from './running.js';

interface Heard {
  path: string;
  authorization: string | undefined;
  body: any;
}

/** A server that writes down what is posted to it; it refuses while `down`. */
async function listener(): Promise<{ url: string; heard: Heard[]; state: { down: boolean; refused: number } }> {
  const heard: Heard[] = [];
  const state = { down: false, refused: 0 };
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (piece) => (text += piece));
    request.on('end', () => {
      if (state.down) state.refused++;
      else heard.push({ path: request.url!, authorization: request.headers.authorization, body: JSON.parse(text) });
      response.writeHead(state.down ? 503 : 200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, heard, state };
}

/** A collector with one series, whose points are sent a minute apart. */
async function scene(options: Options = {}) {
  const collector = await start(options);
  const id = await collector.series();
  await collector.call('PATCH', `/series/${id}`, { body: { token: 'robin', desc: 'Freezer' } });
  return { collector, id };
}

let minute = 0;
const send = (collector: Running, id: number, ...values: (number | null)[]) => {
  const points = values.map((temp_C) => ({ timestamp: NOW - 86_400_000 + ++minute * 60_000, fields: { temp_C } }));
  return collector.put('/batch/new', { token: 'robin', series_id: id, points });
};
const alarm = (collector: Running, body: object) => collector.put('/alarms/new', { token: 'robin', ...body });
const states = async (collector: Running) =>
  (await collector.get('/alarms')).body.map((one: { state: string; value: number }) => [one.state, one.value]);

test('an alarm begins beyond its limit and ends when the value is back by the hysteresis', async () => {
  const hook = await listener();
  const { collector, id } = await scene({ config: { alarmWebhook: `${hook.url}/hook` } });
  const made = await alarm(collector, { series_id: id, kind: 'above', limit: -15, hysteresis: 1 });
  expect([made.status, made.body]).toEqual([201, 1]);
  const rule = { id: 1, series_id: id, kind: 'above', field: 'temp_C', limit: -15, hysteresis: 1, after_s: 0 };
  expect((await collector.get('/alarms')).body).toEqual([{ ...rule, state: 'ok', since: null, value: null }]);
  for (const [value, state] of [
    [-15, 'ok'],
    [-14.9, 'active'],
    [-15.5, 'active'],
    [-16, 'ok'],
    [-15.5, 'ok'],
  ] as const) {
    await send(collector, id, value);
    expect(await states(collector)).toEqual([[state, value]]);
  }
  await expect.poll(() => hook.heard).toHaveLength(2);
  expect(hook.heard[0]).toMatchObject({
    path: '/hook',
    body: { alarm: { id: 1, state: 'active', value: -14.9 }, series: { id, desc: 'Freezer' } },
  });
  expect(hook.heard[0]!.body.text).toMatch(/^Freezer: -14.9 °C, above -15 °C since 2026-11-\d\d \d\d:\d\d UTC$/);
  expect(hook.heard[1]!.body.text).toBe('Freezer: -16 °C, no longer above -15 °C');
});

test('what began and ended during an outage is told when the readings come', async () => {
  const hook = await listener();
  const address = new URL('/cellar', hook.url);
  address.username = 'me';
  address.password = 'pä:ss';
  const { collector, id } = await scene({ config: { alarmNtfy: address.href } });
  await alarm(collector, { series_id: id, kind: 'below', limit: 0, after_s: 120 });
  // below for one minute only, then for three
  await send(collector, id, 1, -1, -1, 1, -2, -3, -4, null, -5, 1);
  await expect.poll(() => hook.heard).toHaveLength(2);
  expect(hook.heard.map(({ path }) => path)).toEqual(['/', '/']);
  expect(hook.heard[0]!.authorization).toBe(`Basic ${Buffer.from('me:pä:ss').toString('base64')}`);
  expect(hook.heard[0]!.body).toMatchObject({ topic: 'cellar', title: 'Freezer', priority: 4 });
  expect(hook.heard[0]!.body.message).toMatch(/^-4 °C, below 0 °C since /);
  expect(await states(collector)).toEqual([['ok', 1]]);
});

test('a probe that gives no value is a fault, and one of which nothing comes is stale', async () => {
  let now = NOW;
  const { collector, id } = await scene({ now: () => now, alarmTickMs: 20 });
  await alarm(collector, { series_id: id, kind: 'fault', after_s: 60 });
  await alarm(collector, { series_id: id, kind: 'stale', after_s: 3600 });
  await send(collector, id, 5, null);
  expect(await states(collector)).toEqual([
    ['ok', null],
    ['ok', 5],
  ]);
  await send(collector, id, null);
  expect((await states(collector))[0]).toEqual(['active', null]);
  now += 3_601_000;
  await expect.poll(async () => (await states(collector))[1]).toEqual(['active', 5]);
  await send(collector, id, 6);
  expect(await states(collector)).toEqual([
    ['ok', 6],
    // what came is old
    ['active', 6],
  ]);
  const points = [{ timestamp: now, fields: { temp_C: 7 } }];
  await collector.put('/batch/new', { token: 'robin', series_id: id, points });
  expect((await states(collector))[1]).toEqual(['ok', 7]);
});

/** Stored files take longer to read than it takes until alarms are looked at. */
const SLOW: Disk = {
  ...nodeDisk,
  async readFile(file) {
    if (file.includes('bundles')) await sleep(200);
    return nodeDisk.readFile(file);
  },
};

test('a new alarm is not judged before what there is has been read', async () => {
  let now = NOW;
  const hook = await listener();
  const { collector, id } = await scene();
  const fresh = [{ timestamp: NOW + 3 * 3_600_000, fields: { temp_C: 5 } }];
  await collector.put('/batch/new', { token: 'robin', series_id: id, points: fresh });
  await collector.close();
  const again = await start({
    folder: collector.folder,
    disk: SLOW,
    config: { alarmWebhook: hook.url },
    now: () => now,
    alarmTickMs: 20,
  });
  now += 3 * 3_600_000 + 60_000;
  await alarm(again, { series_id: id, kind: 'stale', after_s: 3600 });
  expect(await states(again)).toEqual([['ok', 5]]);
  now += 3_600_000;
  await expect.poll(() => hook.heard).toHaveLength(1);
  expect(hook.heard[0]!.body.alarm.state).toBe('active');
});

test('whoever has subscribed hears of it over MQTT', async () => {
  const { mqtt } = loadConfig({ mqttPort: '0', host: '127.0.0.1' }, {});
  const { collector, id } = await scene({ config: { mqtt } });
  const { address } = (await collector.get('/health')).body.mqtt;
  const client = await connectAsync(address);
  onTestFinished(() => client.endAsync());
  const heard: any[] = [];
  client.on('message', (topic, payload) => heard.push([topic, JSON.parse(payload.toString())]));
  await client.subscribeAsync('thermowell/collector/alarm', { qos: 1 });
  await alarm(collector, { series_id: id, kind: 'above', limit: 30 });
  await send(collector, id, 31);
  await expect.poll(() => heard).toHaveLength(1);
  expect(heard[0]).toMatchObject([
    'thermowell/collector/alarm',
    { alarm: { state: 'active', value: 31 }, text: expect.stringContaining('Freezer: 31 °C, above 30 °C') },
  ]);
});

test('alarms and messages that were not taken outlive a restart, and nothing is told twice', async () => {
  const hook = await listener();
  const first = await scene({ config: { alarmWebhook: hook.url } });
  hook.state.down = true;
  await alarm(first.collector, { series_id: first.id, kind: 'above', limit: 30 });
  await send(first.collector, first.id, 31);
  await expect.poll(() => hook.state.refused).toBeGreaterThan(0);
  await first.collector.close();
  hook.state.down = false;
  const second = await start({ config: { alarmWebhook: hook.url }, folder: first.collector.folder });
  expect(await states(second)).toEqual([['active', 31]]);
  await send(second, first.id, 32, 29);
  await expect.poll(() => hook.heard.map(({ body }) => body.alarm.state)).toEqual(['active', 'ok']);
  await second.close();
  const third = await start({ config: { alarmWebhook: hook.url }, folder: first.collector.folder });
  await send(third, first.id, 33);
  await expect.poll(() => hook.heard.map(({ body }) => body.alarm.value)).toEqual([31, 29, 33]);
});

test('a collector starts though what an alarm has not seen yet is in a damaged file', async () => {
  const { collector, id } = await scene();
  await alarm(collector, { series_id: id, kind: 'above', limit: 30 });
  const file = join(collector.folder, 'alarms.json');
  const before = await readFile(file);
  await send(collector, id, 20, 21);
  await collector.close();
  await writeFile(file, before);
  const [name] = await readdir(join(collector.folder, 'bundles'));
  await writeFile(join(collector.folder, 'bundles', name!), 'scratched');
  const again = await start({ folder: collector.folder });
  expect((await again.get('/health')).body.store.damaged[0].file).toBe(`bundles/${name}`);
  await send(again, id, 31);
  expect(await states(again)).toEqual([['active', 31]]);
});

test('a new alarm knows how things stand, one that is changed starts anew, and it goes with its series', async () => {
  const { collector, id } = await scene();
  await send(collector, id, 21);
  await alarm(collector, { series_id: id, kind: 'above', limit: 20 });
  expect(await states(collector)).toEqual([['active', 21]]);
  const patch = (body: object) => collector.call('PATCH', '/alarms/1', { body: { token: 'robin', ...body } });
  expect((await patch({ limit: 25 })).body).toMatchObject({ state: 'ok', limit: 25, value: 21 });
  expect((await collector.get('/alarms/1')).body).toMatchObject({ limit: 25 });
  const remove = (number: number) => collector.call('DELETE', `/alarms/${number}`, { body: { token: 'robin' } });
  expect([(await remove(1)).status, (await remove(1)).status]).toEqual([204, 404]);
  expect((await alarm(collector, { series_id: id, kind: 'stale' })).body).toBe(2);
  await collector.call('DELETE', `/series/${id}`, { body: { token: 'robin' } });
  expect((await collector.get('/alarms')).body).toEqual([]);
});

test('a calibration judges anew what came before it, and only what that changes is told', async () => {
  const hook = await listener();
  const { collector, id } = await scene({ config: { alarmWebhook: hook.url } });
  await send(collector, id, 30.2);
  await alarm(collector, { series_id: id, kind: 'above', limit: 30 });
  await alarm(collector, { series_id: id, kind: 'above', limit: 20 });
  const calibrate = (offset: number) =>
    collector.call('PATCH', `/series/${id}`, {
      body: { token: 'robin', calibration: [{ from: 0, field: 'temp_C', offset }] },
    });
  expect((await calibrate(-0.5)).status).toBe(200);
  expect((await states(collector)).map(([state]: [string]) => state)).toEqual(['ok', 'active']);
  expect((await calibrate(0.5)).status).toBe(200);
  expect((await states(collector)).map(([state]: [string]) => state)).toEqual(['active', 'active']);
  await expect.poll(() => hook.heard).toHaveLength(4);
  expect(hook.heard.map(({ body }) => [body.alarm.id, body.alarm.state])).toEqual([
    [1, 'active'],
    [2, 'active'],
    [1, 'ok'],
    [1, 'active'],
  ]);
});

test('a calibration changes nothing of an alarm that has had no value for long', async () => {
  let now = NOW;
  const hook = await listener();
  const { collector, id } = await scene({ config: { alarmWebhook: hook.url }, now: () => now, alarmTickMs: 20 });
  await send(collector, id, 30.2);
  await alarm(collector, { series_id: id, kind: 'above', limit: 30 });
  await alarm(collector, { series_id: id, kind: 'stale', after_s: 3600 });
  now += 30 * 86_400_000;
  await expect.poll(() => hook.heard).toHaveLength(2);
  const calibration = [{ from: 0, field: 'temp_C', offset: 0.5 }];
  const patched = await collector.call('PATCH', `/series/${id}`, { body: { token: 'robin', calibration } });
  expect(patched.status).toBe(200);
  expect((await states(collector)).map(([state]: [string]) => state)).toEqual(['active', 'active']);
  const points = [{ timestamp: now, fields: { temp_C: 7 } }];
  await collector.put('/batch/new', { token: 'robin', series_id: id, points });
  await expect.poll(() => hook.heard).toHaveLength(4);
  expect(hook.heard.map(({ body }) => [body.alarm.id, body.alarm.state])).toEqual([
    [1, 'active'],
    [2, 'active'],
    [1, 'ok'],
    [2, 'ok'],
  ]);
});

test('the alarms of a new probe move along to the series that it goes on with', async () => {
  const { collector } = await scene();
  const batch = (first: number, sensor: string, value: number) => {
    const log = { device_id: 'cellar', log: 'a', first, oldest: 0, clock: 'unix', now: NOW };
    const sensors = { [sensor]: { temp_C: [value] } };
    return collector.put('/batch/new', { token: 'robin', ...log, time: [NOW - 60_000 + first], sensors });
  };
  const old = (await batch(0, 'old', 5)).body.series.old;
  const young = (await batch(1, 'new', 35)).body.series.new;
  await alarm(collector, { series_id: young, kind: 'above', limit: 30 });
  await alarm(collector, { series_id: old, kind: 'below', limit: 0 });
  await collector.call('PATCH', `/series/${old}`, { body: { token: 'robin', sensor: 'new' } });
  expect((await collector.get('/alarms')).body).toMatchObject([
    { id: 1, series_id: old, kind: 'above', state: 'active', value: 35 },
    { id: 2, series_id: old, kind: 'below', state: 'ok', value: 35 },
  ]);
});

test('what makes no sense is refused with its place, and another user is', async () => {
  const { collector, id } = await scene();
  const wrong: [object, string][] = [
    [{ kind: 'hot' }, '/kind'],
    [{ kind: 'above' }, '/limit'],
    [{ kind: 'above', limit: '5' }, '/limit'],
    [{ kind: 'stale', limit: 5 }, '/limit'],
    [{ kind: 'stale', after_s: 0 }, '/after_s'],
    [{ kind: 'below', limit: 5, hysteresis: -1 }, '/hysteresis'],
    [{ kind: 'fault', field: '' }, '/field'],
    [{ kind: 'fault', email: 'x' }, '/email'],
  ];
  for (const [body, place] of wrong) {
    const { status, body: problem } = await alarm(collector, { series_id: id, ...body });
    expect([status, problem.pointer]).toEqual([400, place]);
  }
  expect((await alarm(collector, { series_id: 99, kind: 'fault' })).status).toBe(404);
  expect((await alarm(collector, { series_id: id, kind: 'fault', token: 'ada' })).status).toBe(403);
  expect((await collector.get('/alarms')).body).toEqual([]);
});

test.each([
  ['above', 'active', 16, '16 °C, above 15.55556 °C'],
  ['above', 'ok', 15.0625, '15.0625 °C, no longer above 15.55556 °C'],
  ['stale', 'active', 16, 'nothing came'],
  ['stale', 'ok', 16, 'values come again, 16 °C'],
  ['fault', 'active', null, 'the probe gives no value'],
  ['fault', 'ok', 16, 'the probe gives values again, 16 °C'],
] as const)('an alarm of the kind %s that is %s says which it is', (kind, state, value, words) => {
  const limit = kind === 'above' ? (60 - 32) / 1.8 : null;
  const rule = { id: 1, series_id: 1, kind, field: 'temp_C', limit, hysteresis: 0, after_s: 0 };
  const made = { sensor: null, user: 1, created: 0, count: 1 };
  const series: Series = { id: 1, desc: 'Oven', device_id: 'kitchen', device_desc: '', ...made };
  expect(messageOf({ ...rule, state, since: null, value }, series, NOW).text).toBe(`Oven: ${words}`);
});

test.each([
  ['supply_mV', '3300 mV, above 3000 mV'],
  ['co2_ppm', '3300 ppm, above 3000 ppm'],
  ['x_toString', '3300, above 3000'],
])('an alarm of the field %s says the unit in its name, where it has one', (field, words) => {
  const rule = { id: 1, series_id: 1, kind: 'above', field, limit: 3000, hysteresis: 0, after_s: 0 } as const;
  const made = { sensor: null, user: 1, created: 0, count: 1 };
  const series: Series = { id: 1, desc: 'Hut', device_id: 'hut', device_desc: '', ...made };
  expect(messageOf({ ...rule, state: 'active', since: null, value: 3300 }, series, NOW).text).toBe(`Hut: ${words}`);
});

test('an alarm of any field says the unit of the one that the value is of', async () => {
  const hook = await listener();
  const { collector, id } = await scene({ config: { alarmWebhook: `${hook.url}/hook` } });
  await alarm(collector, { series_id: id, kind: 'fault', after_s: 0 });
  await send(collector, id, 5, null, 6);
  await expect.poll(() => hook.heard).toHaveLength(2);
  expect(hook.heard[1]!.body.text).toBe('Freezer: the probe gives values again, 6 °C');
});

const message = (n: number) => ({ text: String(n), time: Date.now() }) as Message;

test('a message that made room for others while it was being sent takes none of them along', async () => {
  const taken: string[] = [];
  let release!: () => void;
  const held = new Promise<void>((resolve) => (release = resolve));
  const target = {
    name: 'webhook',
    send: async ({ text }: Message) => {
      if (text === '0') await held;
      taken.push(text);
    },
  };
  const log = { info() {}, warn() {}, error() {} };
  const outbox = new Outbox([target], log, () => undefined);
  outbox.add(message(0));
  outbox.deliver();
  for (let n = 1; n <= 1000; n++) outbox.add(message(n));
  release();
  await expect.poll(() => taken).toHaveLength(1001);
  expect(taken.at(-1)).toBe('1000');
});

test("a colon in a series' name stays in the title of its notification", async () => {
  const hook = await listener();
  const { collector, id } = await scene({ config: { alarmNtfy: `${hook.url}/cellar` } });
  await collector.call('PATCH', `/series/${id}`, { body: { token: 'robin', desc: 'Cellar: freezer' } });
  await alarm(collector, { series_id: id, kind: 'above', limit: 0 });
  await send(collector, id, 1);
  await expect.poll(() => hook.heard).toHaveLength(1);
  expect(hook.heard[0]!.body).toMatchObject({ title: 'Cellar: freezer' });
  expect(hook.heard[0]!.body.message).toMatch(/^1 °C, above 0 °C since /);
});

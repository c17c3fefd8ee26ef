/** `/quarantine` over HTTP: what was refused for good, looked at, mended, replayed, dropped (protocol.md §3). */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { NOW, start, type Running } from './running.js';

let collector: Running;
let clock: number;
let name: string;

const BATCH = {
  token: 'robin',
  device_id: 'esp',
  log: 'log1',
  first: 10,
  clock: 'unix',
  time: [NOW - 120_000, 60_000],
  sensors: { probe: { temp_C: [21.5, 'wet'] } },
};
const MENDED = { ...BATCH, sensors: { probe: { temp_C: [21.5, null] } } };

beforeEach(async () => {
  clock = NOW;
  collector = await start({ now: () => clock });
  name = (await collector.put('/batch/new', BATCH)).body.quarantined;
  clock += 1000;
});

const replay = (body: unknown, which = name) => collector.call('POST', `/quarantine/${which}/replay`, { body });
const drop = () => collector.call('DELETE', `/quarantine/${name}`, { body: { token: 'robin' } });
const ledger = async () => (await collector.get('/devices/esp')).body.ledger[0];
const setAside = { stored: 0, lost: 0, quarantined: 2, next: 12 };

test('entries are listed with the reason, and shown with the body but not the token', async () => {
  const entry = { name, device_id: 'esp', user: 'Robin', log: 'log1', first: 10, length: 2, taken: 2, received: NOW };
  const detail = '/sensors/probe/temp_C/1: a value must be a finite number or null';
  expect((await collector.get('/quarantine')).body).toEqual([{ ...entry, detail }]);
  const { body } = await collector.get(`/api/quarantine/${name}`);
  expect(body).toEqual({ ...entry, detail, body: JSON.stringify({ ...BATCH, token: null }) });
});

const DEEP = `"x":${'['.repeat(9000)}${']'.repeat(9000)}`;

test.each([
  ['spelled with an escape', '"\\u0074oken":"robin"', '"token":null'],
  ['spelled with escapes alone', '"\\u0074\\u006F\\u006b\\u0065\\u006e" : "robin"', '"token":null'],
  ['given twice', '"\\u0074oken":"robin","token":"robin"', '"token":null,"token":null'],
  ['beside what is nested without end', `"\\u0074oken":"robin",${DEEP}`, `"token":null,${DEEP}`],
])('a token %s is not kept, all else as it came', async (_, token, kept) => {
  const text = JSON.stringify({ ...BATCH, first: 12 });
  const answer = await collector.call('PUT', '/batch/new', { raw: text.replace('"token":"robin"', token) });
  expect(answer).toMatchObject({ status: 400, body: { next: 14, quarantined: expect.any(String) } });
  const { body } = await collector.get(`/quarantine/${answer.body.quarantined}`);
  expect(body.body).toBe(text.replace('"token":"robin"', kept));
});

test('a mended batch is stored once, outside next', async () => {
  await collector.put('/batch/new', { ...MENDED, first: 12, time: [NOW], sensors: { probe: { temp_C: [20] } } });
  expect(await replay(MENDED)).toMatchObject({
    status: 200,
    body: { log: 'log1', next: 13, stored: 2, duplicates: 0, lost: 0, now: clock, series: { probe: 1 } },
  });
  expect(await ledger()).toMatchObject({ stored: 3, quarantined: 0, next: 13, late: 2 });
  const points = (await collector.get('/series/1')).body as { fields: object }[];
  expect(points.map(({ fields }) => fields)).toEqual([{ temp_C: 21.5 }, { temp_C: null }, { temp_C: 20 }]);
  expect((await replay(MENDED)).status).toBe(404);
  expect((await collector.get(`/quarantine/${name}`)).status).toBe(404);
  expect((await collector.get('/quarantine')).body).toEqual([]);
  expect((await collector.get('/points/count')).body).toBe(3);
});

test('times of uptime are reckoned from when the batch first arrived', async () => {
  const uptime = { ...BATCH, first: 12, clock: 'uptime', now: 50_000, time: [20_000, 10_000] };
  const { quarantined } = (await collector.put('/batch/new', uptime)).body;
  const arrived = clock;
  clock += 86_400_000;
  expect((await replay({ ...uptime, sensors: MENDED.sensors }, quarantined)).status).toBe(200);
  const points = (await collector.get('/series/1?from=0')).body as { timestamp: string }[];
  expect(points.map(({ timestamp }) => Date.parse(timestamp))).toEqual([arrived - 30_000, arrived - 20_000]);
});

test('an uptime batch is not set aside while the collector does not know the time', async () => {
  clock = Date.UTC(2020, 0, 1);
  const uptime = { ...BATCH, first: 12, clock: 'uptime', now: 5, time: [1, 1] };
  expect(await collector.put('/batch/new', uptime)).toMatchObject({ status: 503, body: { code: 'clock' } });
  expect(await ledger()).toMatchObject(setAside);
});

test('as it came it is refused again, and stays', async () => {
  const refused = { status: 400, body: { pointer: '/sensors/probe/temp_C/1' } };
  expect(await replay({ token: 'robin' })).toMatchObject(refused);
  const headers = { authorization: 'Bearer robin' };
  expect(await collector.call('POST', `/quarantine/${name}/replay`, { headers })).toMatchObject(refused);
  expect(await ledger()).toMatchObject(setAside);
});

test('as it came it is stored when the collector has since learned to take it', async () => {
  const narrow = { ...collector.config.limits, sensors: 1 };
  await collector.close();
  const strict = await start({ folder: collector.folder, config: { limits: narrow }, now: () => clock });
  const wide = { ...MENDED, first: 12, sensors: { ...MENDED.sensors, other: { temp_C: [1, 2] } } };
  const { quarantined } = (await strict.put('/batch/new', wide)).body;
  await strict.close();
  collector = await start({ folder: collector.folder, now: () => clock });
  expect(await replay({ token: 'robin' }, quarantined)).toMatchObject({ status: 200, body: { stored: 2 } });
});

test.each<[object, string]>([
  [{ device_id: 'other' }, '/device_id'],
  [{ log: 'log2' }, '/log'],
  [{ first: 11 }, '/first'],
  [{ time: [NOW], sensors: {} }, '/time'],
  [{ sensors: { probe: { temp_C: [1] } } }, '/sensors/probe/temp_C'],
  [{ sensors: { 'no name': { temp_C: [1, 2] } } }, '/sensors/no name'],
])('a batch mended to %j is refused at %s, and nothing is stored', async (change, pointer) => {
  expect(await replay({ ...MENDED, ...change })).toMatchObject({ status: 400, body: { pointer } });
  expect(await ledger()).toMatchObject(setAside);
  expect((await collector.get('/points/count')).body).toBe(0);
});

test('dropped readings are lost', async () => {
  expect((await drop()).status).toBe(204);
  expect(await ledger()).toMatchObject({ stored: 0, lost: 2, quarantined: 0, next: 12 });
  expect((await drop()).status).toBe(404);
});

test("another user's entry is 403, and so is one of a device that the token isn't for", async () => {
  for (const token of ['ada', 'bound']) {
    expect((await replay({ ...MENDED, token })).status).toBe(403);
    expect((await collector.call('DELETE', `/quarantine/${name}`, { body: { token } })).status).toBe(403);
  }
  expect((await collector.call('POST', `/quarantine/${name}/replay`)).status).toBe(400);
  expect((await replay({ ...MENDED, token: undefined })).status).toBe(403);
  expect(await ledger()).toMatchObject(setAside);
});

test('a file that is damaged or gone is told, and its readings stay quarantined until they are replayed or dropped', async () => {
  const file = join(collector.folder, 'quarantine', `${name}.json`);
  await writeFile(file, 'not what it was');
  const [damaged] = (await collector.get('/quarantine')).body;
  expect(damaged).toMatchObject({ name, trouble: expect.stringContaining(`${name}.json is damaged`) });
  await rm(file);
  expect((await collector.get('/quarantine')).body[0].trouble).toContain('the file is missing');
  expect(await collector.get(`/quarantine/${name}`)).toMatchObject({
    status: 500,
    body: { detail: expect.stringContaining('the file is missing') },
  });
  expect(await ledger()).toMatchObject(setAside);
  expect(await replay(MENDED)).toMatchObject({ status: 200, body: { stored: 2 } });
});

test('only what was new in it is set aside and counted', async () => {
  const overlap = { ...BATCH, first: 11, oldest: 10, time: [NOW, 1, 1], sensors: 1 };
  const { quarantined } = (await collector.put('/batch/new', overlap)).body;
  expect((await collector.get('/metrics')).text).toContain('thermowell_quarantined_total 4\n');
  expect((await collector.get(`/quarantine/${quarantined}`)).body).toMatchObject({ length: 3, taken: 2 });
  await replay(MENDED);
  const again = await collector.put('/batch/new', BATCH);
  expect(again).toMatchObject({ status: 400, body: { next: 14 } });
  expect(again.body).not.toHaveProperty('quarantined');
});

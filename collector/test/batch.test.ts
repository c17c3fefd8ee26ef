/** `PUT /batch/new` over HTTP: logs, offsets, quarantine, plain uploads (protocol.md §3). */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, test } from 'vitest';
import { NOW, start, type Running } from './running.js';

let collector: Running;
let clock: number;

beforeEach(async () => {
  clock = NOW;
  collector = await start({ now: () => clock });
});

const BATCH = {
  token: 'robin',
  device_id: '24:6f:28:aa:bb:cc',
  device_desc: 'ESP32 with DS18B20',
  log: '9f3a17c2',
  first: 1041,
  oldest: 1041,
  clock: 'unix',
  now: NOW,
  time: [NOW - 180_000, 60_000, 60_000],
  sensors: { '28-0316a4f1b2ff': { temp_C: [21.5, 21.5625, null] }, battery: { batt_V: [3.91, 3.91, 3.9] } },
  status: { reset: 'deep-sleep', rssi: -61 },
};

const send = (more: object = {}) => collector.put('/batch/new', { ...BATCH, ...more });
const one = (first: number, more: object = {}) =>
  send({ first, oldest: undefined, time: [NOW - 60_000], sensors: { a: { temp_C: [first] } }, ...more });
const device = async () => (await collector.get(`/devices/${BATCH.device_id}`)).body;

describe('a batch', () => {
  test('is answered with the offset, the counts and the series it went to', async () => {
    const answer = await send();
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      log: '9f3a17c2',
      next: 1044,
      stored: 3,
      duplicates: 0,
      lost: 0,
      now: NOW,
      series: { '28-0316a4f1b2ff': expect.any(Number), battery: expect.any(Number) },
    });
    const { body } = await collector.get(`/series/${answer.body.series['28-0316a4f1b2ff']}`);
    expect(body.map((p: { fields: object }) => p.fields)).toEqual([
      { temp_C: 21.5 },
      { temp_C: 21.5625 },
      { temp_C: null },
    ]);
    expect(body[2].timestamp).toBe(new Date(NOW - 60_000).toISOString());
  });

  test('names its series by the sensor, and shows the device with its ledger', async () => {
    const { body } = await send();
    const list = (await collector.get('/series')).body;
    expect(list[body.series.battery]).toMatchObject({
      desc: 'battery',
      device_id: BATCH.device_id,
      user: 'Robin',
      count: 3,
    });
    expect((await collector.get('/devices')).body).toEqual([await device()]);
    expect(await device()).toEqual({
      device_id: BATCH.device_id,
      device_desc: 'ESP32 with DS18B20',
      user: 'Robin',
      seen: NOW,
      every: 180_000,
      status: BATCH.status,
      sensors: body.series,
      ledger: [
        { log: '9f3a17c2', next: 1044, before: 1041, stored: 3, lost: 0, quarantined: 0, duplicates: 0, late: 0 },
      ],
    });
  });

  test('sent again is 200 and stores nothing', async () => {
    const { body } = await send();
    expect(await send()).toMatchObject({
      status: 200,
      body: { next: 1044, stored: 0, duplicates: 3, series: body.series },
    });
    expect((await collector.get('/points/count')).body).toBe(6);
  });

  test('that overlaps stores only what is new', async () => {
    await one(1041);
    expect(await send()).toMatchObject({ status: 201, body: { next: 1044, stored: 2, duplicates: 1 } });
  });

  test('beyond the offset is 409 with the offset while the device has the missing ones', async () => {
    await one(5);
    const answer = await one(9, { oldest: 3 });
    expect(answer).toMatchObject({ status: 409, body: { code: 'gap', log: BATCH.log, next: 6, now: NOW } });
    expect((await one(9, { oldest: 8 })).body.next).toBe(8);
    expect((await collector.get('/points/count')).body).toBe(1);
  });

  test('beyond the offset is stored when nothing older is left, and the gap is counted', async () => {
    await one(5);
    expect(await one(9)).toMatchObject({ status: 201, body: { next: 10, stored: 1, lost: 3 } });
    expect((await device()).ledger[0]).toMatchObject({
      before: 5,
      stored: 2,
      lost: 3,
      next: 10,
      losses: [{ count: 3, from: NOW - 60_000, to: NOW - 60_000 }],
    });
  });

  test('of a log not known before is expected from its oldest', async () => {
    expect(await one(7, { oldest: 4 })).toMatchObject({ status: 409, body: { next: 4 } });
  });

  test('without readings brings the offset and the time', async () => {
    const empty = { first: 12, oldest: undefined, time: [], sensors: {} };
    expect(await send(empty)).toMatchObject({ status: 200, body: { next: 12, stored: 0, now: NOW } });
    expect(await send({ ...empty, clock: 'uptime', now: 5 })).toMatchObject({ status: 200, body: { next: 12 } });
  });

  test('without a wall clock is dated by its age', async () => {
    const uptime = { clock: 'uptime', now: 100_000, time: [40_000, 30_000], sensors: { a: { temp_C: [1, 2] } } };
    const { body } = await send(uptime);
    const points = (await collector.get(`/series/${body.series.a}`)).body;
    expect(points.map((p: { timestamp: string }) => Date.parse(p.timestamp))).toEqual([NOW - 60_000, NOW - 30_000]);
  });

  test('with guessed times says so in every answer', async () => {
    const { body } = await one(1, { estimated: true });
    await one(2, { time: [NOW - 1000] });
    const path = `/series/${body.series.a}`;
    expect((await collector.get(path)).body.map((p: { estimated?: true }) => p.estimated)).toEqual([true, undefined]);
    expect((await collector.get(`${path}?format=columns`)).body.estimated).toEqual([0]);
    expect((await collector.get(`${path}?format=csv`)).text).toMatch(
      /^timestamp,temp_C,estimated\n[^\n]*,true\n[^\n]*,\n$/,
    );
  });

  test('may be packed with gzip', async () => {
    const raw = gzipSync(JSON.stringify(BATCH));
    const answer = await collector.call('PUT', '/batch/new', { raw, headers: { 'content-encoding': 'gzip' } });
    expect(answer.status).toBe(201);
  });

  test('may bring its token in a header', async () => {
    const { token, ...rest } = BATCH;
    for (const scheme of ['Bearer', 'Token'])
      expect((await collector.put('/batch/new', rest, { authorization: `${scheme} ${token}` })).status).toBeLessThan(
        202,
      );
  });

  test("never overwrites a series' own description", async () => {
    const { body } = await one(1);
    const patch = { token: 'robin', desc: 'Greenhouse', device_desc: 'North' };
    expect(await collector.call('PATCH', `/series/${body.series.a}`, { body: patch })).toMatchObject({
      status: 200,
      body: { id: body.series.a, desc: 'Greenhouse', device_desc: 'North' },
    });
    await one(2, { device_desc: 'South' });
    expect((await collector.get('/series')).body[body.series.a]).toMatchObject({
      desc: 'Greenhouse',
      device_desc: 'North',
    });
  });

  test('goes on in a new series when its series was deleted, and what was sent stays a duplicate', async () => {
    const { body } = await one(1);
    await collector.call('DELETE', `/series/${body.series.a}`, { body: { token: 'robin' } });
    expect(await one(1)).toMatchObject({ status: 200, body: { stored: 0, duplicates: 1 } });
    expect((await one(2)).body.series.a).toBeGreaterThan(body.series.a);
  });
});

describe('who may send', () => {
  test('a device belongs to the user of its first batch, whatever the token', async () => {
    await one(1);
    expect(await one(2, { token: 'ada' })).toMatchObject({ status: 403, body: { code: 'denied' } });
    expect((await one(2, { token: 'robin-too' })).status).toBe(201);
  });

  test("another user's broken batch is 403, and not kept", async () => {
    await one(1);
    expect((await one(2, { token: 'ada', sensors: 1 })).status).toBe(403);
    expect(await quarantine()).toEqual([]);
  });

  test('a bound token sends as its devices only', async () => {
    expect((await one(1, { token: 'bound' })).status).toBe(403);
    expect((await one(1, { token: 'bound', sensors: 1 })).status).toBe(403);
    expect((await one(1, { token: 'bound', device_id: 'dev-bound' })).status).toBe(201);
    const series = { token: 'bound', device_desc: '' };
    expect((await collector.put('/series/new', { ...series, device_id: 'other' })).status).toBe(403);
    expect((await collector.put('/series/new', { ...series, device_id: 'dev-bound' })).status).toBe(201);
  });

  test('a series made by hand does not claim the device', async () => {
    await collector.series('ada', BATCH.device_id);
    expect((await send()).status).toBe(201);
  });

  test('nobody without a token', async () => {
    expect((await send({ token: undefined })).status).toBe(403);
    expect((await send({ token: 'X' })).body.message).toBe("Token X doesn't exist");
  });
});

const quarantine = () => readdir(join(collector.folder, 'quarantine')).catch(() => []);

describe('a batch that will never be right', () => {
  const broken = { time: [NOW - 60_000, 60_000], sensors: { a: { temp_C: [1, 'x'] } } };

  test('is kept aside, and the device may move on', async () => {
    const answer = await send(broken);
    expect(answer).toMatchObject({
      status: 400,
      body: { code: 'invalid', pointer: '/sensors/a/temp_C/1', log: BATCH.log, next: 1043, now: NOW },
    });
    expect(answer.body.quarantined).toEqual(expect.any(String));
    const kept = await Promise.all(
      (await quarantine()).map((name) => readFile(join(collector.folder, 'quarantine', name))),
    );
    expect(kept.join()).toContain('temp_C');
    expect(kept.join()).not.toContain('robin');
    expect((await device()).ledger[0]).toMatchObject({ before: 1041, stored: 0, quarantined: 2, next: 1043 });
    expect((await collector.get('/points/count')).body).toBe(0);
    expect((await one(1043)).body).toMatchObject({ stored: 1, next: 1044 });
  });

  test('is the same entry when it is sent again', async () => {
    const first = await send(broken);
    expect((await send(broken)).body).toMatchObject({ quarantined: first.body.quarantined, next: 1043 });
    expect(await quarantine()).toHaveLength(1);
  });

  test.each([
    ['a prototype as sensor', `{"__proto__":{"temp_C":[1]}}`],
    ['a prototype as field', `{"a":{"constructor":[1]}}`],
    ['an escaped prototype', `{"a":{"\\u005f_proto__":[1]}}`],
    ['an infinite value', `{"a":{"temp_C":[1e999]}}`],
    ['an array too short', `{"a":{"temp_C":[]}}`],
    ['a field name that is none', `{"a":{"temp C":[1]}}`],
    ['a nested value', `{"a":{"temp_C":[${'['.repeat(50_000)}${']'.repeat(50_000)}]}}`],
  ])('because of %s', async (_name, sensors) => {
    const raw = JSON.stringify({ ...BATCH, time: [NOW], sensors: 'here' }).replace('"here"', sensors);
    expect(await collector.call('PUT', '/batch/new', { raw })).toMatchObject({
      status: 400,
      body: { next: 1042, quarantined: expect.any(String) },
    });
  });

  test('because it is dated beyond belief', async () => {
    const uptime = { clock: 'uptime', now: 2 ** 50, time: [1], sensors: {} };
    expect(await send(uptime)).toMatchObject({ status: 400, body: { pointer: '/time/0', next: 1042 } });
    expect(await send({ first: 1042, oldest: undefined, time: [1000], sensors: {} })).toMatchObject({
      status: 400,
      body: { next: 1043 },
    });
  });

  test('is 400 without an offset where its place cannot be read', async () => {
    for (const wrong of [
      { log: '' },
      { first: -1 },
      { time: 'x' },
      { device_id: 'collector' },
      { device_id: undefined },
    ]) {
      const answer = await send(wrong);
      expect(answer.status).toBe(400);
      expect(answer.body).not.toHaveProperty('next');
    }
    expect(await quarantine()).toEqual([]);
  });

  test('with too many readings is 400 without an offset: the device halves it', async () => {
    const time = Array.from({ length: 10_001 }, () => 0);
    const answer = await send({ time: [NOW, ...time], sensors: {} });
    expect(answer).toMatchObject({
      status: 400,
      body: { pointer: '/time', message: expect.stringContaining('10000') },
    });
    expect(answer.body).not.toHaveProperty('next');
  });
});

describe('plain points of one series', () => {
  let id: number;
  beforeEach(async () => {
    id = await collector.series();
  });
  const plain = (more: object) => collector.put('/batch/new', { token: 'robin', series_id: id, ...more });
  const fields = async () =>
    (await collector.get(`/series/${id}`)).body.map((point: { fields: object }) => point.fields);

  test('come as a list; the same ones again are duplicates', async () => {
    const points = [
      { timestamp: '2026-11-20T10:00:00Z', fields: { temp_C: 1, note: 'a' } },
      { timestamp: NOW - 3_600_000, fields: { temp_C: 2 } },
    ];
    expect(await plain({ points })).toMatchObject({ status: 201, body: { stored: 2, duplicates: 0, now: NOW } });
    const again = [{ timestamp: NOW - 2 * 3_600_000, fields: { note: 'a', temp_C: 1.0 } }, points[1]];
    expect(await plain({ points: again })).toMatchObject({ status: 200, body: { stored: 0, duplicates: 2 } });
    expect(await fields()).toEqual([{ temp_C: 1, note: 'a' }, { temp_C: 2 }]);
  });

  test('come in columns with absolute times', async () => {
    const columns = { time: [NOW - 2000, NOW - 1000], fields: { temp_C: [1, null], batt_V: [3.9, 3.8] } };
    expect(await plain(columns)).toMatchObject({ status: 201, body: { stored: 2, duplicates: 0 } });
    expect(await plain(columns)).toMatchObject({ status: 200, body: { stored: 0, duplicates: 2 } });
    expect(await fields()).toEqual([
      { temp_C: 1, batt_V: 3.9 },
      { temp_C: null, batt_V: 3.8 },
    ]);
  });

  test('without a time are dated on arrival and always new', async () => {
    const points = [{ fields: { a: 1 } }, { timestamp: null, fields: { a: 1 } }, { timestamp: NOW, fields: { a: 1 } }];
    expect((await plain({ points })).body).toMatchObject({ stored: 3, duplicates: 0 });
    expect((await plain({ points })).body).toMatchObject({ stored: 2, duplicates: 1 });
  });

  test.each<[object, number, string]>([
    [{ points: 'x' }, 400, '/points'],
    [{ points: [1] }, 400, '/points/0'],
    [{ points: [{}] }, 400, '/points/0/fields'],
    [{ points: [{ fields: {} }, { timestamp: 'x', fields: {} }] }, 400, '/points/1/timestamp'],
    [{ points: [{ fields: { 'a b': 1 } }] }, 400, '/points/0/fields/a b'],
    [{ time: [NOW], fields: { a: [] } }, 400, '/fields/a'],
    [{ time: [NOW, 'x'], fields: { a: [1, 2] } }, 400, '/time/1'],
    [{ time: [NOW], fields: 1 }, 400, '/fields'],
    [{}, 400, '/time'],
    [{ series_id: 'x', points: [] }, 400, '/series_id'],
    [{ series_id: undefined, points: [] }, 400, '/series_id'],
  ])('as %j are %i at %s, all or nothing', async (more, status, pointer) => {
    expect(await plain(more)).toMatchObject({ status, body: { pointer } });
    expect((await collector.get('/points/count')).body).toBe(0);
  });

  test('of a series that is not there, or not mine, are refused', async () => {
    expect((await plain({ series_id: 999, points: [] })).body).toMatchObject({
      status: 404,
      message: 'Series 999 not found',
    });
    expect((await plain({ token: 'ada', points: [] })).body).toMatchObject({
      status: 403,
      message: 'Permission denied',
    });
  });
});

describe('a collector that does not know the time', () => {
  test.each([
    ['before its release', Date.UTC(2020, 0, 1), 'released'],
    ['before its newest record', NOW - 86_400_000, '--trust-clock'],
  ])('%s dates nothing, says so, and takes what is dated', async (_name, wrong, why) => {
    const id = await collector.series();
    await one(1);
    clock = wrong;
    const unknown = { status: 503, body: { code: 'clock' } };
    const series = { token: 'robin', series_id: id, fields: { temp_C: 1 } };
    const refused = await collector.put('/point/new', series);
    expect(refused).toMatchObject(unknown);
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(await send({ first: 2, oldest: undefined, clock: 'uptime', now: 5, time: [1, 1, 1] })).toMatchObject(
      unknown,
    );
    expect(await collector.put('/series/new', { token: 'robin', device_id: 'a', device_desc: '' })).toMatchObject(
      unknown,
    );
    expect((await collector.put('/point/new', { ...series, timestamp: NOW })).status).toBe(201);
    const dated = await one(2);
    expect(dated.status).toBe(201);
    expect(dated.body).not.toHaveProperty('now');
    expect((await collector.get('/health')).body).toMatchObject({
      status: 'degraded',
      clock: { trusted: false, newest: NOW, why: expect.stringContaining(why) },
    });
    expect((await collector.get('/devices')).headers.get('date')).toBeNull();
    clock = NOW + 1000;
    expect((await collector.get('/health')).body).toMatchObject({ status: 'ok', clock: { trusted: true, now: clock } });
    expect(Date.parse((await collector.get('/devices')).headers.get('date')!)).toBe(clock);
  });

  test('believes its clock when told to, though it once stood years ahead', async () => {
    await one(1);
    await collector.close();
    const told = { trustClock: true };
    const again = await start({ folder: collector.folder, now: () => NOW - 10 * 365 * 86_400_000, config: told });
    expect((await again.get('/health')).body.clock).toMatchObject({ trusted: false });
    await again.close();
    const right = await start({ folder: collector.folder, now: () => NOW - 86_400_000, config: told });
    expect((await right.get('/health')).body).toMatchObject({ status: 'ok', clock: { trusted: true } });
    const series = { token: 'robin', device_id: 'a', device_desc: '' };
    expect((await right.put('/series/new', series)).status).toBe(201);
  });

  test('still believes its clock when NTP sets it back a little', async () => {
    await one(1);
    clock -= 5000;
    expect((await one(2)).body.now).toBe(clock);
  });
});

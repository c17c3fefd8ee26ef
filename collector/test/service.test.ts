/** What the collector says of itself, and the page's files. */
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { VERSION } from '../../firmware/protocol/version.js';
import { NOW, start, type Running } from './running.js';

let collector: Running;

beforeEach(async () => {
  collector = await start();
});

describe('/health', () => {
  test('is ok', async () => {
    const { status, body } = await collector.get('/health');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'ok',
      version: VERSION,
      store: { state: 'open', points: 0, series: 0 },
      clock: { trusted: true, now: NOW },
      users: 'ok',
    });
  });

  test('is degraded while the users file is broken, whose last good users stay', async () => {
    await writeFile(collector.config.users, '{"robin": ');
    expect((await collector.get('/health')).body).toMatchObject({
      status: 'degraded',
      users: expect.stringMatching(/valid JSON/),
    });
    expect(await collector.series()).toEqual(expect.any(Number));
  });
});

test('/health and /metrics name a stored file that is damaged, once that is known', async () => {
  const id = await collector.series();
  await collector.put('/point/new', { token: 'robin', series_id: id, fields: { temp_C: 21.5 } });
  await collector.close();
  const folder = join(collector.folder, 'bundles');
  const [name] = await readdir(folder);
  await writeFile(join(folder, name!), 'scratched');
  const again = await start({ folder: collector.folder });
  expect((await again.get(`/series/${id}`)).status).toBe(500);
  const { status, store } = (await again.get('/health')).body;
  expect([status, store.damaged[0].file]).toEqual(['degraded', `bundles/${name}`]);
  expect((await again.get('/metrics')).text).toContain('thermowell_damaged_files 1');
});

test('a token that is added or taken away is heeded without a restart', async () => {
  const series = { device_id: 'a', device_desc: 'b' };
  expect((await collector.put('/series/new', { token: 'grace', ...series })).status).toBe(403);
  await writeFile(collector.config.users, JSON.stringify({ grace: { name: 'Grace', id: 4 } }));
  expect((await collector.put('/series/new', { token: 'grace', ...series })).status).toBe(201);
  expect((await collector.put('/series/new', { token: 'robin', ...series })).status).toBe(403);
});

test('a series whose user is gone is shown without one', async () => {
  const id = await collector.series();
  await writeFile(collector.config.users, '{}');
  await expect.poll(async () => (await collector.get('/series')).body[id].user).toBeUndefined();
});

test('/metrics has counters, and the newest value of each series with its unit', async () => {
  const id = await collector.series();
  const fields = { temp_C: 21.5, batt_V: 3.9, other: 1 };
  await collector.put('/point/new', { token: 'robin', series_id: id, timestamp: NOW - 1000, fields });
  await collector.call('PATCH', `/series/${id}`, { body: { token: 'robin', desc: 'a "b"\\c\nd' } });
  const { headers, text } = await collector.get('/metrics');
  expect(headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  const labels = `series="${id}",device_id="dev",desc="a \\"b\\"\\\\c\\nd"`;
  expect(text).toContain('# TYPE thermowell_points gauge\nthermowell_points 1\n');
  expect(text).toContain('thermowell_plain_points_total 1\n');
  expect(text).toContain(`thermowell_temperature_celsius{${labels}} 21.5\n`);
  expect(text).toContain(`thermowell_battery_volts{${labels}} 3.9\n`);
  expect(text).toContain(`thermowell_field{${labels},field="other"} 1\n`);
  expect(text).toContain(`thermowell_last_sample_timestamp_seconds{${labels}} ${(NOW - 1000) / 1000}\n`);
  const types = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
  expect(new Set(types).size).toBe(types.length);
  for (const line of text.trimEnd().split('\n'))
    expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{.*\})? -?[\d.e+-]+)$/);
});

test('/openapi.json is JSONP like every GET', async () => {
  const { text } = await collector.get('/openapi.json?callback=f');
  expect(text).toMatch(/^f\(\{"openapi"/);
});

test('/openapi.json documents each route once, without /api', async () => {
  const { body } = await collector.get('/openapi.json');
  expect(body.openapi).toBe('3.1.0');
  expect(Object.keys(body.paths).sort()).toEqual([
    '/alarms',
    '/alarms/{id}',
    '/backup',
    '/batch/new',
    '/devices',
    '/devices/{id}',
    '/firmware',
    '/firmware/{id}',
    '/health',
    '/live',
    '/metrics',
    '/point/{id}',
    '/points/count',
    '/quarantine',
    '/quarantine/{id}',
    '/quarantine/{id}/replay',
    '/series',
    '/series/{id}',
    '/series/{id}/latest',
    '/series/{id}/live',
  ]);
  expect(Object.keys(body.paths['/series/{id}']).sort()).toEqual(['delete', 'get', 'patch', 'put']);
});

test('devices that are not there are 404', async () => {
  expect(await collector.get('/devices')).toMatchObject({ status: 200, text: '[]' });
  expect((await collector.get('/devices/nobody')).body.message).toBe("Device nobody doesn't exist");
});

describe('PATCH /series/<id>', () => {
  test.each<[object, number]>([
    [{ desc: 'x' }, 200],
    [{ desc: null }, 200],
    [{}, 200],
    [{ desc: ['x'] }, 400],
    [{ device_id: 'x' }, 400],
    [{ desc: 'x', user: 2 }, 400],
    [{ desc: 'x', token: 'ada' }, 403],
  ])('with %j is %i', async (patch, status) => {
    const id = await collector.series();
    const answer = await collector.call('PATCH', `/series/${id}`, { body: { token: 'robin', ...patch } });
    expect(answer.status).toBe(status);
    if (status !== 200) expect((await collector.get('/series')).body[id].desc).toBeNull();
  });

  test('of a series that is not there is 404', async () => {
    expect((await collector.call('PATCH', '/series/99', { body: { token: 'robin' } })).status).toBe(404);
  });
});

describe('the page', () => {
  test('is at / with a policy that allows nothing inline', async () => {
    const answer = await collector.get('/');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^text\/html/);
    expect(answer.headers.get('content-security-policy')).toMatch(/default-src 'none'.*script-src 'self'/);
    expect(answer.headers.get('content-security-policy')).not.toContain('unsafe');
  });

  test.each(['/api', '/api/'])('is at %s as well, with its files where it looks for them', async (path) => {
    const answer = await collector.get(path);
    expect(answer.text).toBe((await collector.get('/')).text);
    const [, script] = /<script type="module" src="([^"]+)"/.exec(answer.text)!;
    expect((await collector.get(new URL(script!, `http://a${path}`).pathname)).status).toBe(200);
  });

  test.each([
    ['/page/uplot/uPlot.esm.js', /javascript/],
    ['/page/uplot/uPlot.min.css', /css/],
    ['/page/main.js', /javascript/],
  ])('has %s', async (path, type) => {
    const answer = await collector.get(path);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(type);
  });

  test.each([
    '/page/main.ts',
    '/page/tsconfig.json',
    '/page/../store/store.ts',
    '/page/%2e%2e/config.ts',
    '/page/nothing.js',
  ])('does not serve %s', async (path) => {
    const answer = await collector.get(path);
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });
});

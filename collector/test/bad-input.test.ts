/** Whatever comes: a clear error, nothing stored, the process alive, memory bounded. */
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { NOW, start, type Running } from './running.js';
import { Wire } from './wire.js';

let collector: Running;
let id: number;

beforeEach(async () => {
  collector = await start();
  id = await collector.series();
});

const point = (fields: string) => `{"token":"robin","series_id":${id},"fields":${fields}}`;
const putRaw = (path: string, raw: string | Buffer, headers: Record<string, string> = {}) =>
  collector.call('PUT', path, { raw, headers });

async function nothingStored(): Promise<void> {
  expect((await collector.get('/points/count')).body).toBe(0);
}

test.each([
  ['/series/%zz', 400],
  ['/point/%ff', 400],
  [`/series/${'1'.repeat(2000)}`, 404],
  [`/devices/${'a'.repeat(2000)}?x`, 404],
])('an address that makes no sense, %#, is answered like any other, and not repeated', async (path, status) => {
  const answer = await collector.get(path);
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  expect(answer.headers.get('access-control-allow-origin')).toBe('*');
  expect(answer.text).not.toContain(path.slice(8, 12));
});

test.each(['device_id', 'device_desc', 'desc'])('a %s without end is 400', async (name) => {
  const series = { token: 'robin', device_id: 'a', device_desc: 'b', [name]: 'x'.repeat(257) };
  expect(await collector.put('/series/new', series)).toMatchObject({ status: 400, body: { pointer: `/${name}` } });
  expect((await collector.put('/series/new', { ...series, [name]: 'x'.repeat(256) })).status).toBe(201);
});

describe('a name that reaches a prototype is 400', () => {
  test.each([
    '{"__proto__":1}',
    '{"constructor":{"a":1}}',
    '{"prototype":1}',
    '{"\\u005f\\u005fproto__":1}',
    '{"deep":{"__proto__":{"polluted":true}}}',
    '{"list":[{"constructor":1}]}',
  ])('in the fields %s', async (fields) => {
    const answer = await putRaw('/point/new', point(fields));
    expect(answer).toMatchObject({
      status: 400,
      body: { code: 'invalid', pointer: expect.stringMatching(/^\/fields\//) },
    });
    await nothingStored();
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test('beside the fields', async () => {
    expect((await putRaw('/point/new', `{"__proto__":{"token":"robin"},${point('{}').slice(1)}`)).status).toBe(400);
    expect((await putRaw('/point/new', '{"__proto__":{"token":"robin"}}')).status).toBe(403);
    expect(
      (await putRaw('/series/new', '{"token":"robin","device_id":"a","device_desc":"b","constructor":1}')).status,
    ).toBe(400);
    const patch = { raw: '{"token":"robin","__proto__":1}' };
    expect((await collector.call('PATCH', `/series/${id}`, patch)).status).toBe(400);
  });

  test('in a plain upload', async () => {
    const raw = `{"token":"robin","series_id":${id},"points":[{"timestamp":${NOW},"fields":{"__proto__":1}}]}`;
    expect(await putRaw('/batch/new', raw)).toMatchObject({
      status: 400,
      body: { pointer: '/points/0/fields/__proto__' },
    });
    await nothingStored();
  });

  test('in a query and an address', async () => {
    expect((await collector.get(`/series/${id}?fields=a,__proto__`)).status).toBe(400);
    expect((await collector.get('/devices/constructor')).status).toBe(400);
  });
});

const nested = (depth: number) => '[{"a":'.repeat(depth / 2) + '1' + '}]'.repeat(depth / 2);

describe('nesting', () => {
  test('comes back as it was sent up to 32 levels', async () => {
    const { text } = await putRaw('/point/new', point(`{"deep":${nested(30)}}`));
    expect((await collector.get(`/point/${text}`)).body.fields).toEqual(JSON.parse(`{"deep":${nested(30)}}`));
  });

  test.each([34, 1000, 150_000])('of %i levels is 400', async (depth) => {
    const refused = await putRaw('/point/new', point(`{"deep":${nested(depth)}}`));
    expect(refused.status).toBe(400);
    expect(refused.body.pointer).toMatch(/^\/fields\/deep\//);
    expect((await putRaw('/point/new', nested(depth))).status).toBe(400);
    await nothingStored();
  });
});

describe('size', () => {
  test('above the limit is 413, packed or not', async () => {
    const big = point(`{"a":"${'x'.repeat(collector.config.limits.bytes)}"}`);
    const limit = expect.stringContaining(` ${collector.config.limits.bytes} `);
    const tooLarge = { status: 413, body: { code: 'too-large', message: limit } };
    expect(await putRaw('/point/new', big)).toMatchObject(tooLarge);
    expect(await putRaw('/point/new', gzipSync(big), { 'content-encoding': 'gzip' })).toMatchObject(tooLarge);
    await nothingStored();
  });

  test('of a gzip bomb is 413, and it is never unpacked whole', async () => {
    const bomb = gzipSync(Buffer.alloc(128 * 1024 * 1024));
    const before = process.memoryUsage().rss;
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => putRaw('/batch/new', bomb, { 'content-encoding': 'gzip' })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 30 }, () => 413));
    expect(process.memoryUsage().rss - before).toBeLessThan(256 * 1024 * 1024);
  });

  test('that lies about packing is 400', async () => {
    expect((await putRaw('/point/new', point('{}'), { 'content-encoding': 'gzip' })).status).toBe(400);
    expect(
      (await putRaw('/point/new', gzipSync(point('{}')).subarray(0, 20), { 'content-encoding': 'gzip' })).status,
    ).toBe(400);
    expect((await putRaw('/point/new', point('{}'), { 'content-encoding': 'br' })).status).toBe(400);
  });

  test('of more than 64 fields is 400, naming the limit', async () => {
    const fields = JSON.stringify(Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`f${i}`, i])));
    expect(await putRaw('/point/new', point(fields))).toMatchObject({
      status: 400,
      body: { message: 'at most 64 fields' },
    });
  });

  test('of headers above the limit is 431', async () => {
    const wire = new Wire(collector.url);
    await wire.send(`GET /series HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`);
    expect(await wire.toTheEnd()).toMatch(/^HTTP\/1\.1 431 [\s\S]*application\/problem\+json[\s\S]*"message"/);
  });
});

test('bytes that are no UTF-8 are 400', async () => {
  const raw = Buffer.from(point('{"a":"X"}'));
  raw[raw.indexOf('X')] = 0xff;
  expect((await putRaw('/point/new', raw)).status).toBe(400);
});

test('a request without Host is served: nothing depends on it', async () => {
  const wire = new Wire(collector.url);
  await wire.send('GET /points/count HTTP/1.1\r\nConnection: close\r\n\r\n');
  expect(await wire.toTheEnd()).toMatch(/^HTTP\/1\.1 200 [\s\S]*\r\n\r\n0$/);
});

test('what is no HTTP is answered as such', async () => {
  const wire = new Wire(collector.url);
  await wire.send('rubbish\r\n\r\n');
  expect(await wire.toTheEnd()).toMatch(/^HTTP\/1\.1 400 [\s\S]*"code":"malformed"/);
});

test.each(['__proto__', 'constructor', 'prototype'])('a device cannot be called %s', async (device_id) => {
  const body = { token: 'robin', device_id, device_desc: 'b' };
  expect(await putRaw('/series/new', JSON.stringify(body))).toMatchObject({
    status: 400,
    body: { pointer: '/device_id' },
  });
});

test('an address that cannot be decoded is 400', async () => {
  expect(await collector.get('/series/%zz')).toMatchObject({ status: 400, body: { message: expect.any(String) } });
});

test.each([
  ['?limit=0', '/limit'],
  ['?limit=-1', '/limit'],
  ['?limit=1&limit=2', '/limit'],
  ['?order=up', '/order'],
  ['?format=xml', '/format'],
  ['?fields=', '/fields'],
  ['?buckets=0', '/buckets'],
  ['?buckets=1e9', '/buckets'],
  ['?buckets=10&aggregate=median', '/aggregate'],
  ['?buckets=10&format=csv', '/format'],
  ['?buckets=10&order=desc', '/order'],
  ['?buckets=10&limit=5', '/limit'],
])('the query %s is 400 at %s', async (query, pointer) => {
  expect(await collector.get(`/series/${id}${query}`)).toMatchObject({ status: 400, body: { pointer } });
});

describe('slowness', () => {
  test.each([
    ['headers', 'PUT /point/new HTTP/1.1\r\nHost: a\r\n'],
    [
      'body',
      'PUT /point/new HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"tok',
    ],
  ])('of a %s that never ends is 408, and the connection is closed', async (_name, beginning) => {
    const slow = await start({
      config: { timeouts: { headersMs: 200, requestMs: 300, idleMs: 60_000, stopMs: 1000 } },
    });
    const wire = new Wire(slow.url);
    await wire.send(beginning);
    expect(await wire.toTheEnd()).toMatch(/^HTTP\/1\.1 408 [\s\S]*"code":"timeout"/);
    // whose own request may be too slow on a busy machine
    await expect.poll(async () => (await slow.get('/health')).status).toBe(200);
  });
});

test('a body cut off in the middle stores nothing and harms nobody', async () => {
  const body = point('{"temp_C":1}');
  const wire = new Wire(collector.url);
  await wire.send(
    `PUT /point/new HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, -3)}`,
  );
  wire.socket.destroy();
  await wire.toTheEnd();
  await nothingStored();
});

test('no log line has a token or a body', async () => {
  await putRaw('/point/new', point('{"secret-field":1}'));
  await putRaw('/point/new', '{"token":"unknown-secret"}');
  await collector.get('/series?callback=secret-query', { authorization: 'Bearer secret-header' });
  expect(collector.log.length).toBeGreaterThan(2);
  expect(collector.log.join('')).not.toMatch(/secret|robin/);
});

test('whatever is sent to /batch/new is never a 5xx, and what is refused stores nothing', async () => {
  const json = fc.jsonValue({ maxDepth: 3 });
  const name = fc.oneof(fc.constantFrom('a', '28-0316a4f1b2ff', '__proto__', 'constructor', '', 'a b'), fc.string());
  const log = fc.record(
    {
      token: fc.constant('robin'),
      device_id: fc.oneof(fc.constant('dev'), json),
      log: fc.oneof(fc.constant('log'), json),
      first: fc.oneof(fc.nat(10), fc.maxSafeInteger(), json),
      oldest: fc.oneof(fc.nat(10), json),
      clock: fc.oneof(fc.constantFrom('unix', 'uptime'), json),
      now: fc.oneof(fc.nat(), json),
      time: fc.oneof(
        fc.array(fc.oneof(fc.constantFrom(NOW, 0, 1, -1), fc.maxSafeInteger(), json), { maxLength: 4 }),
        json,
      ),
      sensors: fc.oneof(
        fc.dictionary(name, fc.oneof(fc.dictionary(name, fc.array(fc.oneof(fc.double(), json))), json)),
        json,
      ),
      status: json,
      estimated: fc.oneof(fc.boolean(), json),
    },
    { requiredKeys: ['token'] },
  );
  const plain = fc.record(
    {
      token: fc.constant('robin'),
      series_id: fc.oneof(fc.constant(id), json),
      points: fc.oneof(fc.array(fc.record({ timestamp: fc.oneof(fc.constant(NOW), json), fields: json })), json),
      time: fc.oneof(fc.array(fc.oneof(fc.constant(NOW), json)), json),
      fields: fc.oneof(fc.dictionary(name, fc.array(json)), json),
    },
    { requiredKeys: ['token', 'series_id'] },
  );
  await fc.assert(
    fc.asyncProperty(fc.oneof(log, plain, fc.object()), async (body) => {
      const { body: before } = await collector.get('/points/count');
      const { status } = await collector.put('/batch/new', body);
      expect(status).toBeLessThan(500);
      const { body: after } = await collector.get('/points/count');
      if (status >= 400) expect(after).toBe(before);
    }),
    { numRuns: 300 },
  );
});

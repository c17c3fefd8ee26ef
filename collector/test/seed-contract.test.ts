/** Every row of timeseries-api's contract, at `/` and behind `/api`. */
import { beforeEach, describe, expect, test } from 'vitest';
import { NOW, start, type Call, type Running } from './running.js';

const UNKNOWN = 424_242;

describe.each(['', '/api'])('behind "%s"', (prefix) => {
  let collector: Running;
  let id: number;

  beforeEach(async () => {
    collector = await start();
    id = await collector.series();
  });

  const call = (method: string, path: string, call: Call = {}) => collector.call(method, prefix + path, call);
  const put = (path: string, body: unknown) => call('PUT', path, { body });
  const get = (path: string) => call('GET', path);
  const point = (more: object = {}) => put('/point/new', aPoint(more));

  const aPoint = (more: object) => ({ token: 'robin', series_id: id, fields: { temp_C: 1 }, ...more });
  const at = async (...timestamps: string[]) => {
    for (const timestamp of timestamps) await point({ timestamp, fields: { timestamp } });
  };
  const times = async (query: string) =>
    (await get(`/series/${id}${query}`)).body.map(({ timestamp }: { timestamp: string }) => timestamp);

  describe('a series', () => {
    test('is created with a bare integer and listed with its metadata, without the token', async () => {
      const answer = await put('/series/new', {
        token: 'robin',
        device_id: 'a',
        device_desc: 'b',
        desc: 'c',
        timestamp: 'x',
      });
      expect(answer).toMatchObject({ status: 201, text: String(id + 1) });
      expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
      const list = await get('/series');
      expect(list.headers.get('content-type')).toMatch(/^application\/json/);
      expect(list.body[String(id + 1)]).toEqual({
        id: id + 1,
        desc: 'c',
        device_id: 'a',
        device_desc: 'b',
        timestamp: new Date(NOW).toISOString(),
        user: 'Robin',
        count: 0,
      });
    });

    test('without desc has null', async () => {
      expect((await get('/series')).body[id].desc).toBeNull();
    });

    test('takes null and "" for what it must have, and turns other scalars into strings', async () => {
      const bare = await put('/series/new', { token: 'robin', device_id: null, device_desc: '' });
      expect(bare.status).toBe(201);
      const other = await put('/series/new', { token: 'robin', device_id: 5, device_desc: true, desc: 1.5 });
      expect((await get('/series')).body[other.text]).toMatchObject({
        device_id: '5',
        device_desc: 'true',
        desc: '1.5',
      });
    });

    test('counts all its points, not those of a window', async () => {
      await point({ timestamp: '2001-01-01' });
      await point();
      expect((await get('/series')).body[id].count).toBe(2);
    });

    test('is gone after DELETE, with its points, and its id is not used again', async () => {
      const { body: first } = await point();
      expect(await call('DELETE', `/series/${id}`, { body: { token: 'robin' } })).toMatchObject({
        status: 204,
        text: '',
      });
      expect(await get(`/series/${id}`)).toMatchObject({
        status: 404,
        body: { message: `Series ${id} doesn't exist` },
      });
      expect((await get(`/point/${first}`)).status).toBe(404);
      expect(await collector.series()).toBeGreaterThan(id);
    });

    test('that never was is deleted with 204', async () => {
      expect((await call('DELETE', `/series/${UNKNOWN}`, { body: { token: 'robin' } })).status).toBe(204);
    });
  });

  describe('a point', () => {
    test('is created with a bare integer, stamped by the server, and read back', async () => {
      const { status, text } = await point({ extra: 'ignored' });
      expect(status).toBe(201);
      expect(text).toMatch(/^\d+$/);
      const expected = {
        fields: { temp_C: 1 },
        id: Number(text),
        series_id: id,
        timestamp: new Date(NOW).toISOString(),
      };
      expect((await get(`/point/${text}`)).body).toEqual(expected);
      expect((await get(`/series/${id}`)).body).toEqual([expected]);
    });

    test('keeps its fields as they were sent', async () => {
      const fields = { n: -0.5, s: 'ü "', b: false, nothing: null, deep: { a: [1, { b: 'c' }] }, 'any name': 1e-7 };
      const { text } = await point({ fields });
      expect((await get(`/point/${text}`)).body.fields).toEqual(fields);
    });

    test('takes the series as an integer or as its decimal string', async () => {
      expect((await point({ series_id: String(id) })).status).toBe(201);
    });

    test('is gone after DELETE; one that never was is deleted with 204', async () => {
      const { text } = await point();
      expect(await call('DELETE', `/point/${text}`, { body: { token: 'robin' } })).toMatchObject({
        status: 204,
        text: '',
      });
      expect(await get(`/point/${text}`)).toMatchObject({
        status: 404,
        body: { message: `Point ${text} doesn't exist` },
      });
      expect((await call('DELETE', `/point/${UNKNOWN}`, { body: { token: 'robin' } })).status).toBe(204);
    });

    test('is counted over the whole server', async () => {
      await point();
      await put('/point/new', { token: 'robin', series_id: await collector.series(), fields: {} });
      expect(await get('/points/count')).toMatchObject({ status: 200, text: '2' });
    });

    test('with a timestamp is the same point when it is sent again', async () => {
      const stamped = { timestamp: '2026-11-01T00:00:00Z' };
      const first = await point(stamped);
      expect(await point(stamped)).toMatchObject({ status: 201, text: first.text });
      expect((await point({ ...stamped, fields: { temp_C: 2 } })).text).not.toBe(first.text);
      expect((await get('/points/count')).body).toBe(2);
    });

    test('without a timestamp is always a new one', async () => {
      expect((await point()).text).not.toBe((await point()).text);
    });
  });

  describe('a window', () => {
    test('without a point is an empty array', async () => {
      expect(await get(`/series/${id}`)).toMatchObject({ status: 200, text: '[]' });
    });

    test('is the last two days; both ends belong to it, the future does not', async () => {
      await at(
        '2026-11-18T11:59:59.999Z',
        '2026-11-18T12:00:00.000Z',
        '2026-11-20T12:00:00.000Z',
        '2026-11-20T12:00:00.001Z',
      );
      expect(await times('')).toEqual(['2026-11-18T12:00:00.000Z', '2026-11-20T12:00:00.000Z']);
    });

    test('ends where it is told to, and begins two days before', async () => {
      await at('2018-05-14T23:59:59.999Z', '2018-05-15T00:00:00.000Z', '2018-05-17T00:00:00.000Z');
      expect(await times('?to=20180517')).toEqual(['2018-05-15T00:00:00.000Z', '2018-05-17T00:00:00.000Z']);
    });

    test('honours zones, also where the URL lost the plus', async () => {
      await at('2018-05-16T18:57:10.000Z');
      const to = '&to=2018-05-17';
      expect(await times(`?from=2018-05-17T03:57:10%2B09:00${to}`)).toHaveLength(1);
      expect(await times(`?from=2018-05-17T03:57:10+09:00${to}`)).toHaveLength(1);
      expect(await times(`?from=2018-05-17T03:57:11+09:00${to}`)).toHaveLength(0);
    });

    test('takes epoch numbers and spans', async () => {
      await at('2026-11-20T06:00:00.000Z');
      expect(await times('?from=-6h')).toHaveLength(1);
      expect(await times('?from=-5h')).toHaveLength(0);
      expect(await times(`?from=${NOW / 1000 - 6 * 3600}&to=${NOW - 6 * 3_600_000}`)).toHaveLength(1);
    });

    test('is empty when it is reversed, and the default when it cannot be read', async () => {
      await at('2026-11-20T06:00:00.000Z');
      expect(await get(`/series/${id}?from=2026-11-21&to=2026-11-19`)).toMatchObject({ status: 200, text: '[]' });
      expect(await times('?from=rubbish&to=')).toHaveLength(1);
    });

    test('is in the order of time, ties in that of ids', async () => {
      await at('2026-11-20T06:00:00.000Z', '2026-11-20T05:00:00.000Z');
      await point({ timestamp: '2026-11-20T05:00:00Z', fields: { second: true } });
      const { body } = await get(`/series/${id}`);
      expect(body.map((p: { fields: object }) => Object.keys(p.fields)[0])).toEqual([
        'timestamp',
        'second',
        'timestamp',
      ]);
      expect(body[0].id).toBeLessThan(body[1].id);
    });
  });

  describe('an error', () => {
    const series = { token: 'robin', device_id: 'a', device_desc: 'b' };

    test.each([
      ['PUT', '/series/new', { body: { token: 'robin' } }, 400, { device_id: 'Some kind of device ID' }],
      [
        'PUT',
        '/series/new',
        { body: { token: 'robin', device_id: 'a' } },
        400,
        { device_desc: 'Some kind of device ID' },
      ],
      ['PUT', '/series/7', { body: series }, 404, "For now only 'new' resource is available for PUT request"],
      ['PUT', '/point/7', { body: series }, 404, "For now only 'new' resource is available for PUT request"],
      [
        'PUT',
        '/series/new',
        { body: { ...series, token: undefined } },
        403,
        'Authentication token is required for access.',
      ],
      ['PUT', '/series/new', { body: { ...series, token: null } }, 403, 'Authentication token is required for access.'],
      ['PUT', '/series/new', { body: { ...series, token: 'X' } }, 403, "Token X doesn't exist"],
      ['PUT', '/series/7', { body: { token: 'X' } }, 403, "Token X doesn't exist"],
      ['DELETE', '/series/7', { body: { token: 'X' } }, 403, "Token X doesn't exist"],
      ['GET', `/series/${UNKNOWN}`, {}, 404, `Series ${UNKNOWN} doesn't exist`],
      ['GET', '/series/1x', {}, 404, "Series 1x doesn't exist"],
      ['GET', '/series/1.9', {}, 404, "Series 1.9 doesn't exist"],
      ['GET', `/point/${UNKNOWN}`, {}, 404, `Point ${UNKNOWN} doesn't exist`],
      ['GET', '/point/0_1', {}, 404, "Point 0_1 doesn't exist"],
      ['DELETE', '/series/x', { body: { token: 'robin' } }, 404, "Series x doesn't exist"],
      ['DELETE', '/point/x', { body: { token: 'robin' } }, 404, "Point x doesn't exist"],
    ])('%s %s with %j: %i', async (method, path, request, status, message) => {
      const answer = await call(method, path, request);
      expect(answer).toMatchObject({ status, body: { status, message } });
      expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    });

    test.each<[object, number, string?]>([
      [{ series_id: 9999 }, 404, 'Series 9999 not found'],
      [{ series_id: 9999, token: 'ada' }, 404, 'Series 9999 not found'],
      [{ token: 'ada' }, 403, 'Permission denied'],
      [{ series_id: undefined }, 400, 'Some fields are missing'],
      [{ fields: undefined }, 400, 'Some fields are missing'],
      [{ series_id: 1.9 }, 400],
      [{ series_id: '0_1' }, 400],
      [{ series_id: true }, 400],
      [{ series_id: null }, 400],
      [{ series_id: [] }, 400],
      [{ fields: null }, 400],
      [{ fields: [1] }, 400],
      [{ fields: 'x' }, 400],
      [{ timestamp: 'yesterday' }, 400],
      [{ timestamp: 1 }, 400],
      [{ timestamp: '1999-12-31T23:59:59Z' }, 400],
      [{ timestamp: 4_102_444_800_001 }, 400],
      [{ timestamp: false }, 400],
    ])('PUT /point/new with %j: %i', async (more, status, message) => {
      const answer = await put('/point/new', aPoint(more));
      expect(answer.status).toBe(status);
      if (message !== undefined) expect(answer.body.message).toBe(message);
      expect((await get('/points/count')).body).toBe(0);
    });

    test.each<[string, Call]>([
      ['no content type', { raw: '{"token":"robin"}', headers: { 'content-type': '' } }],
      ['another content type', { raw: '{"token":"robin"}', headers: { 'content-type': 'text/plain' } }],
      ['an empty body', { raw: '' }],
      ['broken JSON', { raw: '{"token":' }],
      ['an array', { raw: '[1]' }],
      ['a string', { raw: '"robin"' }],
      ['null', { raw: 'null' }],
      ['NaN', { raw: '{"token":"robin","series_id":1,"fields":{"a":NaN}}' }],
      ['Infinity', { raw: '{"token":"robin","series_id":1,"fields":{"a":Infinity}}' }],
      ['an infinite number', { raw: '{"token":"robin","series_id":1,"fields":{"a":1e999}}' }],
      ['an infinite number deeper', { raw: '{"token":"robin","series_id":1,"fields":{"a":[{"b":-1e999}]}}' }],
    ])('for %s is 400 with a message', async (_name, request) => {
      const answer = await call('PUT', '/point/new', request);
      expect(answer).toMatchObject({ status: 400, body: { message: expect.any(String) } });
      expect((await get('/points/count')).body).toBe(0);
    });

    test("keeps another user's series and points", async () => {
      const { text } = await point();
      const denied = { status: 403, body: { message: 'Permission denied' } };
      expect(await call('DELETE', `/series/${id}`, { body: { token: 'ada' } })).toMatchObject(denied);
      expect(await call('DELETE', `/point/${text}`, { body: { token: 'ada' } })).toMatchObject(denied);
      expect((await get('/points/count')).body).toBe(1);
    });
  });

  test.each([
    'application/json',
    'Application/JSON; charset=utf-8',
    'application/ld+json',
    'application/vnd.api+JSON;a=b',
  ])('"%s" is JSON', async (type) => {
    const raw = JSON.stringify({ token: 'robin', series_id: id, fields: {} });
    expect((await call('PUT', '/point/new', { raw, headers: { 'content-type': type } })).status).toBe(201);
  });

  test('a byte order mark is accepted', async () => {
    const raw = `\uFEFF${JSON.stringify({ token: 'robin', series_id: id, fields: {} })}`;
    expect((await call('PUT', '/point/new', { raw })).status).toBe(201);
  });

  describe('JSONP', () => {
    test.each(['/series', '/points/count', '/devices', '/health'])('wraps %s', async (path) => {
      const answer = await get(`${path}?callback=jQuery1_2.done`);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toBe('application/javascript; charset=utf-8');
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      const [, json] = /^jQuery1_2\.done\((.*)\)$/s.exec(answer.text)!;
      expect(() => JSON.parse(json!)).not.toThrow();
    });

    test('wraps points, whole and one by one', async () => {
      const { text } = await point();
      const one = (await get(`/point/${text}`)).text;
      expect((await get(`/point/${text}?callback=f`)).text).toBe(`f(${one})`);
      expect((await get(`/series/${id}?callback=f`)).text).toBe(`f([${one}])`);
    });

    test('leaves errors as they are', async () => {
      expect(await get('/series/x?callback=f')).toMatchObject({
        status: 404,
        body: { message: "Series x doesn't exist" },
      });
    });

    test.each(['', '1a', 'a()', 'a;b', '<script>', 'a'.repeat(129), 'a&callback=b'])(
      'refuses the name "%s"',
      async (name) => {
        expect((await get(`/series?callback=${name}`)).status).toBe(400);
      },
    );

    test('is for GET only', async () => {
      expect((await put('/point/new?callback=f', { token: 'robin', series_id: id, fields: {} })).text).toMatch(/^\d+$/);
      expect((await call('HEAD', '/series?callback=f')).headers.get('content-type')).toMatch(/^application\/json/);
    });
  });

  test.each([
    ['POST', '/series', 'GET, HEAD, OPTIONS'],
    ['POST', '/series/1', 'DELETE, GET, HEAD, OPTIONS, PATCH, PUT'],
    ['PATCH', '/point/1', 'DELETE, GET, HEAD, OPTIONS, PUT'],
    ['DELETE', '/points/count', 'GET, HEAD, OPTIONS'],
    ['GET', '/batch/new', 'OPTIONS, PUT'],
    ['PROPFIND', '/series', 'GET, HEAD, OPTIONS'],
  ])('%s %s is 405, and Allow says what is possible', async (method, path, allow) => {
    const answer = await call(method, path);
    expect(answer).toMatchObject({ status: 405, body: { message: expect.any(String) } });
    expect(answer.headers.get('allow')).toBe(allow);
    const options = await call('OPTIONS', path);
    expect(options.status).toBe(200);
    expect(options.headers.get('allow')).toBe(allow);
  });

  test('an unknown address is 404', async () => {
    expect(await get('/nowhere')).toMatchObject({ status: 404, body: { message: expect.any(String) } });
  });

  test('HEAD is like GET without a body', async () => {
    const answer = await call('HEAD', `/series/${id}`);
    expect(answer).toMatchObject({ status: 200, text: '' });
    expect((await call('HEAD', '/series/x')).status).toBe(404);
  });

  test('GETs may be read by pages from elsewhere, errors too', async () => {
    for (const path of ['/series', '/series/x'])
      expect((await get(path)).headers.get('access-control-allow-origin')).toBe('*');
  });
});

import { beforeEach, expect, test } from 'vitest';
import { start, type Running } from './running.js';

let collector: Running;

beforeEach(async () => {
  collector = await start({ config: { private: true } });
});

const basic = (password: string) => `Basic ${Buffer.from(`anyone:${password}`).toString('base64')}`;
const PATHS = [
  '/',
  '/page/style.css',
  '/series',
  '/api/series',
  '/series/1',
  '/point/1',
  '/points/count',
  '/devices',
  '/live',
  '/health',
  '/metrics',
  '/openapi.json',
  '/nowhere',
];

test.each(PATHS)('a private collector shows nobody %s', async (path) => {
  for (const authorization of ['', 'Bearer X', basic('X'), 'Basic %']) {
    const answer = await collector.get(path, { authorization });
    expect(answer).toMatchObject({ status: 401, body: { code: 'unauthorized' } });
    expect(answer.headers.get('www-authenticate')).toMatch(/^Basic realm=/);
  }
  expect((await collector.call('HEAD', path)).status).toBe(401);
});

test.each(['Bearer robin', 'Token robin', basic('robin')])(
  'a private collector shows a user with "%s" everything',
  async (authorization) => {
    for (const path of ['/series', '/api/series', '/points/count', '/devices', '/health', '/metrics', '/openapi.json'])
      expect((await collector.get(path, { authorization })).status).toBe(200);
  },
);

test("on a private collector a page from elsewhere cannot read by script with the browser's own password", async () => {
  expect((await collector.get('/series?callback=f', { authorization: basic('robin') })).status).toBe(403);
  expect((await collector.get('/series?callback=f', { authorization: 'Bearer robin' })).status).toBe(200);
});

test('a private collector takes writes as any other', async () => {
  expect(await collector.series()).toEqual(expect.any(Number));
});

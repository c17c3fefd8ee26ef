/** A graceful end: what is in flight is finished, nothing new is taken, everything is on disk. */
import { expect, test } from 'vitest';
import { ownPort } from './port.js';
import { NOW, start } from './running.js';
import { Wire } from './wire.js';

test('a request in the middle of its body is still answered, and stored', async () => {
  const collector = await start();
  const id = await collector.series();
  const body = JSON.stringify({ token: 'robin', series_id: id, timestamp: NOW, fields: { temp_C: 1 } });
  const wire = new Wire(collector.url);
  await wire.send(
    `PUT /point/new HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 20)}`,
  );
  await expect.poll(() => collector.get('/health').then(({ status }) => status)).toBe(200);
  const closed = collector.close();
  await wire.send(body.slice(20));
  expect(await wire.toTheEnd()).toMatch(/^HTTP\/1\.1 201 Created/);
  await closed;
  const again = await start({ folder: collector.folder });
  expect((await again.get('/points/count')).body).toBe(1);
});

test('connections that are kept open do not keep it', async () => {
  const collector = await start({ config: { port: await ownPort() } });
  const wire = new Wire(collector.url);
  await wire.send('GET /points/count HTTP/1.1\r\nHost: a\r\n\r\n');
  await wire.until('\r\n\r\n0');
  await collector.close();
  await wire.toTheEnd();
  await expect(fetch(collector.url)).rejects.toThrow();
});

test('a request that never ends is cut off after a while', async () => {
  const timeouts = { headersMs: 60_000, requestMs: 60_000, idleMs: 60_000, stopMs: 200 };
  const collector = await start({ config: { timeouts } });
  const wire = new Wire(collector.url);
  await wire.send('PUT /point/new HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{');
  await collector.close();
  await wire.toTheEnd();
});

test('closing twice is closing once', async () => {
  const collector = await start();
  await Promise.all([collector.close(), collector.close()]);
  await collector.close();
});

test('a second collector on the same folder is refused, and so is one on the same port', async () => {
  const collector = await start();
  await expect(start({ folder: collector.folder })).rejects.toThrow(collector.folder);
  const port = Number(new URL(collector.url).port);
  await expect(start({ config: { port } })).rejects.toThrow(`Port ${port} on 127.0.0.1 is in use`);
});

test('a users file that is missing keeps it from starting, and frees what it took', async () => {
  const collector = await start();
  await collector.close();
  await expect(start({ folder: collector.folder, config: { users: '/nowhere/users.json' } })).rejects.toThrow(
    '/nowhere',
  );
  await start({ folder: collector.folder });
});

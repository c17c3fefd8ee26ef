/** The MicroPython ESP32 logger in the field: its exact bytes, in small segments, over HTTP/1.0. */
import { expect, test } from 'vitest';
import { start } from './running.js';
import { Wire } from './wire.js';

/** As its urequests writes a request (seed-contract.md "On the wire"). */
function put(path: string, body: string): string {
  return `PUT ${path} HTTP/1.0\r\nHost: 127.0.0.1\r\ncontent-type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

test.each(['', '/api'])('the logger behind "%s" registers a series and adds points', async (prefix) => {
  const collector = await start();
  const say = async (path: string, body: string): Promise<string> => {
    const wire = new Wire(collector.url);
    await wire.send(put(prefix + path, body), 7);
    return wire.toTheEnd();
  };

  const created = await say(
    '/series/new',
    '{"token": "robin", "device_id": "24:0a:c4:00:01:10", "device_desc": "ESP32", "desc": "roof"}',
  );
  expect(created).toMatch(/^HTTP\/1\.[01] 201 Created\r\n/);
  expect(created).not.toMatch(/transfer-encoding/i);
  const [, id] = /\r\n\r\n(\d+)$/.exec(created)!;

  const added = await say(
    '/point/new',
    `{"token": "robin", "series_id": ${id}, "fields": {"batt_V": 4.0393095703125, "temp_C": 21.0625}}`,
  );
  expect(added).toMatch(/^HTTP\/1\.[01] 201 Created\r\n/);
  expect(added).toMatch(/\r\nconnection: close\r\n/i);
  expect(added).toMatch(/\r\ncontent-length: \d+\r\n/i);
  const [, point] = /\r\n\r\n(\d+)$/.exec(added)!;

  const { body } = await collector.get(`${prefix}/point/${point}`);
  expect(body).toMatchObject({ series_id: Number(id), fields: { batt_V: 4.0393095703125, temp_C: 21.0625 } });
});

test('an HTTP/1.0 connection is closed after the answer, even where it asks to be kept', async () => {
  const collector = await start();
  const wire = new Wire(collector.url);
  await wire.send('GET /points/count HTTP/1.0\r\nConnection: keep-alive\r\n\r\n');
  expect(await wire.toTheEnd()).toMatch(/\r\n\r\n0$/);
});

test('an HTTP/1.0 reader gets a long answer without chunks', async () => {
  const collector = await start();
  const id = await collector.series();
  const time = Array.from({ length: 5000 }, (_, i) => Date.UTC(2026, 10, 20) + i);
  await collector.put('/batch/new', { token: 'robin', series_id: id, time, fields: { temp_C: time.map((_, i) => i) } });
  const wire = new Wire(collector.url);
  await wire.send(`GET /series/${id} HTTP/1.0\r\n\r\n`);
  const [head, body] = (await wire.toTheEnd()).split('\r\n\r\n') as [string, string];
  expect(head).not.toMatch(/transfer-encoding/i);
  expect(JSON.parse(body)).toHaveLength(5000);
});

/** `GET /series/<id>`: formats, fields, limit, order, buckets; long answers. */
import { beforeEach, describe, expect, test } from 'vitest';
import { NOW, start, type Running } from './running.js';
import { Wire } from './wire.js';

let collector: Running;
let id: number;

const POINTS = [
  { timestamp: NOW - 5000, fields: { temp_C: 1, batt_V: 3.9 } },
  { timestamp: NOW - 4000, fields: { temp_C: null } },
  { timestamp: NOW - 3000, fields: { batt_V: 3.8, note: 'a "b", c' } },
  { timestamp: NOW - 2000, fields: { temp_C: -2.5, deep: { a: [1] } } },
];

beforeEach(async () => {
  collector = await start();
  id = await collector.series();
  await collector.put('/batch/new', { token: 'robin', series_id: id, points: POINTS });
});

const get = (query: string) => collector.get(`/series/${id}${query}`);
const stamp = (ms: number) => new Date(NOW - ms).toISOString();
const times = (body: { timestamp: string }[]) => body.map(({ timestamp }) => Date.parse(timestamp));

test('columns have the shape a plot takes', async () => {
  expect((await get('?format=columns')).body).toEqual({
    time: [NOW - 5000, NOW - 4000, NOW - 3000, NOW - 2000],
    fields: {
      temp_C: [1, null, null, -2.5],
      batt_V: [3.9, null, 3.8, null],
      note: [null, null, 'a "b", c', null],
      deep: [null, null, null, { a: [1] }],
    },
  });
  expect((await get('?format=columns&to=2001-01-01')).body).toEqual({ time: [], fields: {} });
});

test('csv is a line of names and a line per point', async () => {
  const answer = await get('?format=csv');
  expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(answer.text.split('\n')).toEqual([
    'timestamp,temp_C,batt_V,note,deep',
    `${stamp(5000)},1,3.9,,`,
    `${stamp(4000)},,,,`,
    `${stamp(3000)},,3.8,"a ""b"", c",`,
    `${stamp(2000)},-2.5,,,"{""a"":[1]}"`,
    '',
  ]);
});

test('fields leaves out other fields, and points that have none of them', async () => {
  const { body } = await get('?fields=temp_C,nowhere');
  expect(body.map((point: { fields: object }) => point.fields)).toEqual([
    { temp_C: 1 },
    { temp_C: null },
    { temp_C: -2.5 },
  ]);
  expect((await get('?fields=batt_V&format=columns')).body).toEqual({
    time: [NOW - 5000, NOW - 3000],
    fields: { batt_V: [3.9, 3.8] },
  });
  expect((await get('?fields=nowhere')).text).toBe('[]');
});

test('limit takes the first in the order asked for', async () => {
  expect(times((await get('?limit=2')).body)).toEqual([NOW - 5000, NOW - 4000]);
  expect(times((await get('?limit=2&order=desc')).body)).toEqual([NOW - 2000, NOW - 3000]);
  expect((await get('?limit=1&order=desc&format=columns')).body.time).toEqual([NOW - 2000]);
  expect((await get('?limit=1&fields=batt_V&order=desc&format=columns')).body.time).toEqual([NOW - 3000]);
});

test('latest is the newest point with a value', async () => {
  await collector.put('/point/new', { token: 'robin', series_id: id, timestamp: NOW - 1000, fields: { temp_C: null } });
  expect((await collector.get(`/series/${id}/latest`)).body).toMatchObject({ series_id: id, fields: { temp_C: -2.5 } });
  const empty = await collector.series();
  expect((await collector.get(`/series/${empty}/latest`)).status).toBe(404);
  expect((await collector.get('/series/999/latest')).body.message).toBe("Series 999 doesn't exist");
});

describe('buckets', () => {
  const window = `&from=${NOW - 6000}&to=${NOW}`;

  test('sum a window up in equal parts and leave empty ones out', async () => {
    const { body } = await get(`?buckets=3&aggregate=mean,min,max,first,last,count&fields=temp_C,batt_V${window}`);
    expect(body.time).toEqual([NOW - 6000, NOW - 4000, NOW - 2000]);
    expect(body.fields.temp_C).toEqual({
      mean: [1, null, -2.5],
      min: [1, null, -2.5],
      max: [1, null, -2.5],
      first: [1, null, -2.5],
      last: [1, null, -2.5],
      count: [1, 0, 1],
    });
    expect(body.fields.batt_V.mean).toEqual([3.9, 3.8, null]);
  });

  test('are means unless asked otherwise, and minmax is both', async () => {
    expect(Object.keys((await get(`?buckets=2&fields=temp_C${window}`)).body.fields.temp_C)).toEqual(['mean']);
    const { body } = await get(`?buckets=1&fields=temp_C&aggregate=minmax${window}`);
    expect(body).toEqual({ time: [NOW - 6000], fields: { temp_C: { min: [-2.5], max: [1] } } });
  });

  test('of a window without points are empty', async () => {
    expect((await get('?buckets=5&to=2001-01-01')).body).toEqual({ time: [], fields: {} });
  });
});

describe('a long answer', () => {
  const COUNT = 12_000;
  let long: number;

  beforeEach(async () => {
    long = await collector.series();
    for (let at = 0; at < COUNT; at += 6000) {
      const time = Array.from({ length: 6000 }, (_, i) => NOW - COUNT + at + i);
      await collector.put('/batch/new', { token: 'robin', series_id: long, time, fields: { temp_C: time } });
    }
  });

  test('is whole, and in order, in every format', async () => {
    const points = await collector.get(`/series/${long}`);
    expect(points.headers.get('content-length')).toBeNull();
    expect(points.body).toHaveLength(COUNT);
    expect(times(points.body)).toEqual(Array.from({ length: COUNT }, (_, i) => NOW - COUNT + i));
    const down = (await collector.get(`/series/${long}?order=desc`)).body;
    expect(down).toEqual(points.body.reverse());
    const columns = (await collector.get(`/series/${long}?format=columns`)).body;
    expect(columns.fields.temp_C).toEqual(columns.time);
    expect((await collector.get(`/series/${long}?format=csv`)).text.split('\n')).toHaveLength(COUNT + 2);
    const script = (await collector.get(`/series/${long}?callback=f`)).text;
    expect(JSON.parse(/^f\((.*)\)$/s.exec(script)![1]!)).toHaveLength(COUNT);
  });

  test('of more buckets than can be held is refused, and says what to ask instead', async () => {
    const wide = await collector.series();
    const names = Array.from({ length: 30 }, (_, i) => `f${i}`);
    const time = Array.from({ length: 6000 }, (_, i) => NOW - COUNT + i);
    const fields = Object.fromEntries(names.map((name) => [name, time.map(() => 1)]));
    await collector.put('/batch/new', { token: 'robin', series_id: wide, time, fields });
    const asked = `/series/${wide}?from=${NOW - COUNT}&to=${NOW - COUNT + 5999}&buckets=6000&aggregate=`;
    const { status, body } = await collector.get(`${asked}mean,min,max,first,last,count`);
    expect([status, body.detail]).toEqual([
      400,
      expect.stringContaining('ask for fewer buckets, fields or aggregates'),
    ]);
    const { text, body: two } = await collector.get(`${asked}mean,count&fields=f0,f29`);
    expect(text).toBe(JSON.stringify(two));
    const each = { mean: two.time.map(() => 1), count: expect.arrayContaining([1]) };
    expect(two.fields).toEqual({ f0: each, f29: each });
  });

  test('that nobody reads to the end harms nobody', async () => {
    const wire = new Wire(collector.url);
    await wire.send(`GET /series/${long} HTTP/1.1\r\nHost: a\r\n\r\n`);
    await wire.until('timestamp');
    wire.socket.destroy();
    expect((await collector.get('/health')).body.status).toBe('ok');
  });
});

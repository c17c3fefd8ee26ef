/** What people set of a series: `PATCH /series/<id>`, and how it shows in what is read. */
import { beforeEach, expect, test } from 'vitest';
import { NOW, start, type Running } from './running.js';

let collector: Running;
let id: number;

beforeEach(async () => {
  collector = await start();
  id = await collector.series();
  const points = [1, 2, 3].map((n) => ({ timestamp: NOW - 10_000 + n * 1000, fields: { temp_C: n } }));
  await collector.put('/batch/new', { token: 'robin', series_id: id, points });
});

const patch = (body: object, series = id) =>
  collector.call('PATCH', `/series/${series}`, { body: { token: 'robin', ...body } });
const listed = async () => (await collector.get('/series')).body[id];

test('a series is listed as timeseries-api lists it until something is set', async () => {
  expect(Object.keys(await listed())).toEqual(['id', 'desc', 'device_id', 'device_desc', 'timestamp', 'user', 'count']);
  expect((await patch({ unit: '°F', colour: '#AABBCC' })).body).toMatchObject({ unit: '°F', colour: '#aabbcc' });
  expect(await listed()).toMatchObject({ unit: '°F', colour: '#aabbcc', count: 3 });
  await patch({ unit: '', colour: null });
  expect(await listed()).not.toHaveProperty('unit');
  expect(await listed()).not.toHaveProperty('colour');
});

test('a calibration shows in every way of reading, and raw=true leaves it out', async () => {
  const from = new Date(NOW - 8000).toISOString();
  const step = { field: 'temp_C', offset: 10 };
  const calibration = [
    { ...step, from },
    { field: 'temp_C', offset: 0.5 },
  ];
  expect((await patch({ calibration })).body.calibration).toEqual([
    { from: 0, field: 'temp_C', offset: 0.5 },
    { from: NOW - 8000, ...step },
  ]);
  const columns = async (query: string) => (await collector.get(`/series/${id}?format=columns${query}`)).body.fields;
  expect(await columns('')).toEqual({ temp_C: [1.5, 12, 13] });
  expect(await columns('&raw=true')).toEqual({ temp_C: [1, 2, 3] });
  expect(await columns('&buckets=1&aggregate=minmax')).toEqual({ temp_C: { min: [1.5], max: [13] } });
  expect(await columns('&buckets=1&aggregate=minmax&raw=true')).toEqual({ temp_C: { min: [1], max: [3] } });
  expect((await collector.get(`/series/${id}?format=csv`)).text).toContain(',1.5\n');
  expect((await collector.get(`/series/${id}/latest`)).body.fields).toEqual({ temp_C: 13 });
  await patch({ calibration: [] });
  expect(await columns('')).toEqual({ temp_C: [1, 2, 3] });
});

test('what makes no sense is refused with its place, and nothing changes', async () => {
  const before = await listed();
  const wrong: [object, string][] = [
    [{ unit: 5 }, '/unit'],
    [{ unit: 'x'.repeat(17) }, '/unit'],
    [{ colour: 'red' }, '/colour'],
    [{ unit: 'K', calibration: {} }, '/calibration'],
    [{ calibration: [1] }, '/calibration/0'],
    [{ calibration: [{ field: 'temp_C' }] }, '/calibration/0/offset'],
    [{ calibration: [{ field: 'temp_C', offset: 1e9 }] }, '/calibration/0/offset'],
    [{ calibration: [{ field: '', offset: 1 }] }, '/calibration/0/field'],
    [{ calibration: [{ field: 'a', offset: 1, from: 'May' }] }, '/calibration/0/from'],
    [{ calibration: [{ field: 'a', offset: 1, until: 5 }] }, '/calibration/0/until'],
    [{ sensor: '' }, '/sensor'],
    [{ sensor: 'x', unit: 'K' }, '/sensor'],
    [{ colours: '#123456' }, '/colours'],
  ];
  for (const [body, place] of wrong)
    expect([(await patch(body)).status, (await patch(body)).body.pointer]).toEqual([400, place]);
  expect(await listed()).toEqual(before);
  expect((await collector.get(`/series/${id}?raw=maybe`)).body.pointer).toBe('/raw');
});

test('a new probe continues the series of the one it replaces', async () => {
  const { series } = (await collector.put('/batch/new', batch(0, 'old'))).body;
  const gone = (await collector.put('/batch/new', batch(1, 'new'))).body.series.new;
  expect((await patch({ sensor: 'new' }, series.old)).body).toMatchObject({ id: series.old, desc: 'old', count: 2 });
  expect((await collector.get(`/series/${gone}`)).status).toBe(404);
  expect((await collector.put('/batch/new', batch(2, 'new'))).body.series).toEqual({ new: series.old });
  const { fields } = (await collector.get(`/series/${series.old}?format=columns`)).body;
  expect(fields).toEqual({ temp_C: [0, 1, 2] });
  const again = await patch({ sensor: 'new' }, series.old);
  expect([again.status, again.body.title]).toEqual([409, 'Not replaceable']);
  expect((await patch({ sensor: 'x' })).body.detail).toBe(`series ${id} isn't filled by a sensor`);
});

/** One reading of one sensor. */
const batch = (first: number, sensor: string) => ({
  token: 'robin',
  device_id: 'esp',
  log: 'l1',
  first,
  clock: 'unix',
  time: [NOW - 60_000 + first * 1000],
  sensors: { [sensor]: { temp_C: [first] } },
});

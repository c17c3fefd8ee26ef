/** `/openapi.json` beside what the collector really answers: status, media type and shape of every operation. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { NOW, start, type Answer, type Running } from './running.js';

const token = 'robin';
const BATCH = { token, device_id: 'esp', log: 'a', first: 0, clock: 'unix', time: [NOW - 60_000] };
const SENSORS = { sensors: { probe: { temp_C: [21.5] } } };
const ALARM = { token, series_id: 1, kind: 'above', limit: 25 };

/** An image as the chip's ROM takes it, as far as anybody looks. */
const IMAGE = Buffer.alloc(5000, 1);
IMAGE[0] = 0xe9;
IMAGE.writeUInt16LE(0, 12);

test('/openapi.json says what each operation answers', async () => {
  const collector = await start();
  const { body: document } = await collector.get('/openapi.json');
  const ajv = new Ajv2020({ strict: false });
  const seen = new Set<string>();

  /** Holds an answer against what is said of it. */
  const described = async (path: string, asked: Promise<Answer>, method = 'GET', status = 200): Promise<any> => {
    const { status: real, headers, body } = await asked;
    expect([method, path, real]).toEqual([method, path, status]);
    seen.add(`${method} ${path}`);
    const { responses } = document.paths[path][method.toLowerCase()];
    const answer = responses[real] ?? (real < 300 ? undefined : responses.default);
    expect([path, real, answer]).toEqual([path, real, expect.objectContaining({ description: expect.any(String) })]);
    const type = headers.get('content-type')?.split(';', 1)[0];
    expect([path, Object.keys(answer.content ?? {})]).toEqual([path, type ? expect.arrayContaining([type]) : []]);
    if (type?.endsWith('json') === true) {
      const fits = ajv.validate(answer.content[type].schema, body);
      expect([path, fits, ajv.errorsText()]).toEqual([path, true, 'No errors']);
    }
    return body;
  };
  await everyOperation(collector, described);

  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods as object).map((method) => `${method.toUpperCase()} ${path}`),
  );
  // these never end
  const endless = ['GET /live', 'GET /series/{id}/live'];
  expect([...seen, ...endless].toSorted()).toEqual(operations.toSorted());
});

type Described = (path: string, asked: Promise<Answer>, method?: string, status?: number) => Promise<any>;

async function everyOperation(collector: Running, described: Described): Promise<void> {
  const get = (path: string) => collector.get(path, { authorization: `Bearer ${token}` });
  const put = (path: string, body: object) => collector.put(path, body);
  const call = (method: string, path: string, body: object = { token }) => collector.call(method, path, { body });
  const [ID, QUARANTINED] = ['/series/{id}', '/quarantine/{id}'];
  const series = { token, device_id: 'd', device_desc: '' };
  await described(ID, put('/series/new', series), 'PUT', 201);
  await described(ID, put('/series/new', { token }), 'PUT', 400);
  await described(ID, put('/series/new', {}), 'PUT', 403);
  await described(
    ID,
    call('PATCH', '/series/1', { token, unit: '°C', calibration: [{ field: 'a', offset: 1 }] }),
    'PATCH',
  );
  const point = { token, series_id: 1, fields: { temp_C: 20 } };
  const id = await described('/point/{id}', put('/point/new', point), 'PUT', 201);
  await described('/point/{id}', get(`/point/${id}`));
  await described('/points/count', get('/points/count'));
  await described('/batch/new', put('/batch/new', { ...BATCH, ...SENSORS }), 'PUT', 201);
  await described('/batch/new', put('/batch/new', { ...BATCH, ...SENSORS }), 'PUT', 200);
  await described('/batch/new', put('/batch/new', { ...BATCH, ...SENSORS, first: 9, oldest: 5 }), 'PUT', 409);
  await described('/batch/new', put('/batch/new', { token, series_id: 1, points: [{ fields: { a: 1 } }] }), 'PUT', 201);
  await described('/series', get('/series'));
  for (const query of ['', '?format=columns', '?format=csv', '?format=columns&buckets=3&aggregate=min,count'])
    await described(ID, get(`/series/1${query}`));
  await described(ID, get('/series/99'), 'GET', 404);
  await described('/series/{id}/latest', get('/series/2/latest'));
  await described('/devices', get('/devices'));
  await described('/devices/{id}', get('/devices/esp'));

  const spoilt = (first: number) => put('/batch/new', { ...BATCH, first, sensors: { probe: { temp_C: ['wet'] } } });
  const { quarantined } = await described('/batch/new', spoilt(1), 'PUT', 400);
  await described('/quarantine', get('/quarantine'));
  await described(QUARANTINED, get(`/quarantine/${quarantined}`));
  const mended = { ...BATCH, first: 1, ...SENSORS };
  await described('/quarantine/{id}/replay', call('POST', `/quarantine/${quarantined}/replay`, mended), 'POST');
  const other = (await spoilt(2)).body.quarantined;
  await described(QUARANTINED, call('DELETE', `/quarantine/${other}`), 'DELETE', 204);

  const alarm = await described('/alarms/{id}', put('/alarms/new', ALARM), 'PUT', 201);
  await described('/alarms', get('/alarms'));
  await described('/alarms/{id}', get(`/alarms/${alarm}`));
  await described('/alarms/{id}', call('PATCH', `/alarms/${alarm}`, { token, limit: 5 }), 'PATCH');
  await described('/alarms/{id}', call('DELETE', `/alarms/${alarm}`), 'DELETE', 204);

  const headers = { 'content-type': 'application/octet-stream', authorization: `Bearer ${token}` };
  const added = collector.call('PUT', '/firmware/new?version=1.2.3', { raw: IMAGE, headers });
  const { name } = await described('/firmware/{id}', added, 'PUT', 201);
  await described('/firmware', get('/firmware'));
  await described('/firmware/{id}', get(`/firmware/${name}`));
  await described('/firmware/{id}', call('DELETE', `/firmware/${name}`), 'DELETE', 204);

  await described('/health', get('/health'));
  await described('/metrics', get('/metrics'));
  await described('/backup', get('/backup'));
  await described('/point/{id}', call('DELETE', `/point/${id}`), 'DELETE', 204);
  await described(ID, call('DELETE', '/series/1'), 'DELETE', 204);
}

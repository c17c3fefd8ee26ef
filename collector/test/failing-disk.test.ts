/** What clients are told when the disk is full or fails: 503, when to come again, and in `/health` what is wrong. */
import { expect, test } from 'vitest';
import { NOW, start, type Answer, type Running } from './running.js';
import { Faults } from './store/failing-disk.js';

/** A reading, which can be read or not. */
function upload(collector: Running, device_id = 'esp', value: unknown = 20): Promise<Answer> {
  const sensors = { probe: { temp_C: [value] } };
  const batch = { device_id, log: 'log', first: 0, clock: 'unix', time: [NOW], sensors };
  return collector.put('/batch/new', { token: 'robin', ...batch });
}

/** One request of each kind that stores something. */
function writes(collector: Running): Promise<Answer[]> {
  return Promise.all([
    upload(collector),
    collector.put('/point/new', { token: 'robin', series_id: 1, timestamp: NOW, fields: { temp_C: 20 } }),
    collector.put('/series/new', { token: 'robin', device_id: 'dev', device_desc: 'another' }),
    upload(collector, 'odd', 'warm'),
  ]);
}

async function counts(collector: Running): Promise<{ points: number; series: number; devices: number }> {
  const [points, series, devices] = await Promise.all(
    ['/points/count', '/series', '/devices'].map(async (path) => (await collector.get(path)).body),
  );
  return { points, series: Object.keys(series).length, devices: devices.length };
}

test('on a full disk writes are refused for a minute, reads go on; when there is room again both do', async () => {
  const faults = new Faults();
  const collector = await start({ disk: faults.disk });
  await collector.series();
  faults.fails = (operation) => (operation === 'write' ? 'ENOSPC' : null);
  for (const answer of await writes(collector)) {
    expect(answer).toMatchObject({ status: 503, body: { code: 'full', detail: expect.stringContaining('no room') } });
    expect(answer.headers.get('retry-after')).toBe('60');
  }
  expect(await counts(collector)).toEqual({ points: 0, series: 1, devices: 0 });
  faults.fails = () => null;
  expect((await writes(collector)).map(({ status }) => status)).toEqual([201, 201, 201, 400]);
  expect(await counts(collector)).toEqual({ points: 2, series: 3, devices: 2 });
  expect((await collector.get('/health')).status).toBe(200);
});

test.each(['write', 'sync'] as const)(
  'after a failed %s nothing is acknowledged, and health says so, until it is started again',
  async (failing) => {
    const faults = new Faults();
    const collector = await start({ disk: faults.disk });
    await collector.series();
    faults.fails = (operation, name) => (operation === failing && name.endsWith('.ndjson') ? 'EIO' : null);
    const refused = await upload(collector);
    expect(refused).toMatchObject({ status: 503, body: { code: 'failed' } });
    expect(refused.headers.get('retry-after')).toBe('60');
    faults.fails = () => null;
    for (const { status, body } of await writes(collector))
      expect({ status, code: body.code }).toEqual({ status: 503, code: 'failed' });
    expect(await collector.get('/health')).toMatchObject({
      status: 503,
      body: { status: 'failed', store: { state: 'failed', notes: [expect.stringContaining('EIO')] } },
    });
    expect(await counts(collector)).toEqual({ points: 0, series: 1, devices: 0 });
    await collector.close();

    const again = await start({ folder: collector.folder, disk: faults.disk });
    expect((await again.get('/health')).body.status).toBe('ok');
    const statuses = (await writes(again)).map(({ status }) => status);
    // The batch may have reached the disk; then it is a duplicate.
    expect(statuses).toEqual([failing === 'sync' ? 200 : 201, 201, 201, 400]);
    expect(await counts(again)).toEqual({ points: 2, series: 3, devices: 2 });
  },
);

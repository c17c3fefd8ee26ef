/** A real process, killed in the middle of its work again and again. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { setTimeout } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { JsonStore } from '../../store/json-store.js';
import { newFolder, removeFolders } from './folder.js';
import { isDeleted, type Report } from './report.js';
import { seen } from './uploads.js';

const WRITER = fileURLToPath(new URL('../../../dist/collector/test/store/writer.js', import.meta.url));
const ROUNDS = 8;

afterAll(removeFolders);

/** Lets the writer write for a while and kills it; what it reported. */
async function run(folder: string, ms: number): Promise<Report[]> {
  const reports: Report[] = [];
  const child = fork(WRITER, [folder]);
  child.on('message', (report: Report) => reports.push(report));
  await once(child, 'message');
  await setTimeout(ms);
  child.kill('SIGKILL');
  // 'close' comes after the last message.
  await once(child, 'close');
  return reports;
}

test('what was acknowledged before kill -9 is there once, and only once', async () => {
  const folder = await newFolder();
  const next = new Map<string, number>();
  const points = new Map<number, number>();
  const deleted = new Set<number>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const report of await run(folder, 50 + 40 * round)) {
      if (report.kind === 'batch') next.set(report.device, report.next);
      else if (report.kind === 'point') points.set(report.id, report.time);
      else deleted.add(report.id);
    }
    const store = new JsonStore(folder);
    await store.open();
    for (const series of await store.listSeries()) {
      const found = await seen(store, series.id);
      expect(found).toHaveLength(series.count);
      if (series.sensor === null) {
        expect(new Set(found.map(([, time]) => time)).size).toBe(found.length);
        const byId = new Map(found.map(([id, time, fields]) => [id, { time, fields }]));
        for (const [id, time] of points) if (!isDeleted(time)) expect(byId.get(id)).toEqual({ time, fields: { time } });
        for (const id of deleted) expect(byId.has(id)).toBe(false);
        continue;
      }
      const [ledger] = (await store.device(series.device_id))!.ledger;
      expect(ledger!.next).toBeGreaterThanOrEqual(next.get(series.device_id) ?? 0);
      expect(found.map(([, , fields]) => fields['temp_C'])).toEqual(Array.from({ length: ledger!.next }, (_, n) => n));
    }
    await store.close();
  }
  expect(next.size).toBe(3);
  expect(points.size).toBeGreaterThan(10);
  expect(deleted.size).toBeGreaterThan(1);
});

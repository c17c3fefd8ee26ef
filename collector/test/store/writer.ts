/**
 * A process for `kill.test.ts`: `node writer.js <folder>` writes without end, and reports by IPC what was acknowledged.
 * Three devices upload side by side; a series gets plain points, some of which are deleted again.
 */
import { JsonStore } from '../../store/json-store.js';
import { isDeleted, type Report } from './report.js';
import { batchOf, newSeries, ONCE, T0 } from './uploads.js';

const report = (message: Report): void => void process.send!(message);

async function upload(store: JsonStore, device: string): Promise<never> {
  let next = (await store.device(device))?.ledger[0]?.next ?? 0;
  for (let size = 1; ; size = (size * 7) % 100) {
    const outcome = await store.addBatch(batchOf(next, size, { device, oldest: 0 }));
    report({ kind: 'batch', device, next: (next = outcome.next) });
  }
}

async function plain(store: JsonStore, series: number): Promise<never> {
  for (let time = ((await store.latest(series))?.time ?? T0) + 1; ; time++) {
    const { ids } = await store.addPoints(series, [{ time, fields: { time } }], ONCE);
    report({ kind: 'point', id: ids[0]!, time });
    if (!isDeleted(time)) continue;
    await store.deletePoint(ids[0]!);
    report({ kind: 'deleted', id: ids[0]! });
  }
}

const store = new JsonStore(process.argv[2]!, { budgets: { journal: 20_000 } });
await store.open();
const [own] = (await store.listSeries()).filter(({ sensor }) => sensor === null);
const series = own?.id ?? (await store.createSeries(newSeries()));
await Promise.all([upload(store, 'a'), upload(store, 'b'), upload(store, 'c'), plain(store, series)]);

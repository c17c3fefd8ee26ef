/**
 * Data folders as earlier collectors left them, killed in the middle of a checkpoint, with what they answered themselves:
 *
 *   version-1   batches in lists, one file a chunk
 *   version-2   batches in code, bundles packed as a whole, chunks without slices
 */
import { createHash } from 'node:crypto';
import { cp, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { JsonStore } from '../../store/json-store.js';
import { AGGREGATES, type Device, type Series } from '../../store/store.js';
import { newFolder, removeFolders } from './folder.js';
import { expectSameBuckets, naiveBuckets } from './naive-buckets.js';
import { ALL, batchOf, MINUTE, seen, T0, type Seen } from './uploads.js';

interface Expected {
  series: Series[];
  devices: Device[];
  /** of each series, or the SHA-256 of their JSON */
  points: Record<string, Seen[] | string>;
}

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

afterEach(removeFolders);

test.each(['version-1', 'version-2'])('a folder of %s opens, goes on, and opens again', async (version) => {
  const expected = JSON.parse(await readFile(path(`${version}/expected.json`), 'utf8')) as Expected;
  const { series, devices, points } = expected;
  const folder = await newFolder();
  await cp(path(`${version}/data`), folder, { recursive: true });
  for (const start of [0, 1, 2]) {
    const store = new JsonStore(folder);
    await store.open();
    expect((await store.listSeries()).slice(0, series.length)).toMatchObject(series);
    expect((await store.listDevices()).slice(0, devices.length)).toMatchObject(devices);
    for (const { id } of series) {
      const all = await seen(store, id, ALL);
      const right = points[id]!;
      expect(typeof right === 'string' ? sha256(JSON.stringify(all)) : all).toEqual(right);
      const query = { from: T0, to: T0 + 3000 * MINUTE, buckets: 7, aggregates: AGGREGATES };
      expectSameBuckets(await store.buckets(id, query), naiveBuckets(await seen(store, id, query), query));
    }
    await store.addBatch(batchOf(start * 50, 50, { device: 'new', received: T0 }));
    await store.close();
  }
});

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

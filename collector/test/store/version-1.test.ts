/**
 * `version-1/data` was written by the collector of November 2026: batches in lists, a checkpoint, and the beginning of
 * another one. `expected.json` is what it answered itself.
 */
import { cp, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { JsonStore } from '../../store/json-store.js';
import type { Device, Series } from '../../store/store.js';
import { newFolder, removeFolders } from './folder.js';
import { ALL, batchOf, seen, T0, type Seen } from './uploads.js';

interface Expected {
  series: Series[];
  devices: Device[];
  points: Record<string, Seen[]>;
}

const path = (name: string): string => fileURLToPath(new URL(`version-1/${name}`, import.meta.url));

afterEach(removeFolders);

test('a folder of version 1 opens, goes on, and opens again', async () => {
  const { series, devices, points } = JSON.parse(await readFile(path('expected.json'), 'utf8')) as Expected;
  const folder = await newFolder();
  await cp(path('data'), folder, { recursive: true });
  for (const start of [0, 1, 2]) {
    const store = new JsonStore(folder);
    await store.open();
    expect((await store.listSeries()).slice(0, series.length)).toMatchObject(series);
    expect((await store.listDevices()).slice(0, devices.length)).toMatchObject(devices);
    for (const { id } of series) expect(await seen(store, id, ALL)).toEqual(points[id]);
    await store.addBatch(batchOf(start * 50, 50, { device: 'new', received: T0 }));
    await store.close();
  }
});

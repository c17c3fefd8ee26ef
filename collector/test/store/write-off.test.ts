import { expect, test } from 'vitest';
import type { CatalogDevice } from '../../store/catalog.js';
import type { ChunkRef } from '../../store/chunk.js';
import { newLedger } from '../../store/ledger.js';
import { writeOff } from '../../store/write-off.js';

function deviceWith(stored: Record<string, number>): CatalogDevice {
  const ledger = Object.entries(stored).map(([log, count]) => ({ ...newLedger(log, 0), next: count, stored: count }));
  const sensors = { probe: 1, battery: 2 };
  return { device_id: 'esp', device_desc: '', user: 1, seen: 0, status: null, sensors, ledger, newest: 0 };
}

function chunk(from: number, to: number, points: number): ChunkRef {
  return { file: 'series/1/00000002-0.json.gz', points, from, to, low: 1, high: points };
}

test('a reading that lost two of its values is one reading', () => {
  const device = deviceWith({ log: 500 });
  const gone = new Map([
    [1, [chunk(0, 99, 100), chunk(200, 249, 50)]],
    [2, [chunk(10, 89, 80)]],
    [7, [chunk(0, 99, 100)]],
  ]);
  expect(writeOff(device, gone)).toBe(150);
  expect(device.ledger).toMatchObject([
    {
      next: 500,
      stored: 350,
      lost: 150,
      losses: [
        { count: 100, from: 0, to: 99, why: 'damage' },
        { count: 50, from: 200, to: 249, why: 'damage' },
      ],
    },
  ]);
});

test('no log loses more than it had, the last one first', () => {
  const device = deviceWith({ first: 30, last: 40 });
  expect(writeOff(device, new Map([[1, [chunk(0, 99, 100)]]]))).toBe(70);
  expect(device.ledger.map(({ stored, lost, losses }) => [stored, lost, losses?.[0]?.count])).toEqual([
    [0, 30, 30],
    [0, 40, 40],
  ]);
});

test('a device of which nothing is gone keeps its ledger', () => {
  const device = deviceWith({ log: 500 });
  expect(writeOff(device, new Map([[9, [chunk(0, 99, 100)]]]))).toBe(0);
  expect(device).toEqual(deviceWith({ log: 500 }));
});

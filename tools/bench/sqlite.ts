import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Subject } from './subject.js';

const SERVER = fileURLToPath(new URL('sqlite-server.js', import.meta.url));

/** A small server on SQLite (sqlite-server.ts): what an engineer would write in an afternoon, and write well. */
export const sqlite: Subject = {
  name: 'sqlite',

  async arrange(folder) {
    await mkdir(folder, { recursive: true });
    return [SERVER, join(folder, 'points.db')];
  },

  async makeSeries(connection, count) {
    const body = JSON.stringify({ count });
    return JSON.parse(await connection.send({ method: 'PUT', path: '/series', body })) as number[];
  },

  point: (series, time, value) => ({ method: 'PUT', path: '/point', body: JSON.stringify({ series, time, value }) }),

  batch: (device, { time, value }) => ({
    method: 'PUT',
    path: '/batch',
    body: JSON.stringify({ device, time, value }),
  }),

  async seriesOfDevices(connection) {
    const answer = JSON.parse(await connection.send({ method: 'GET', path: '/series' })) as Listed[];
    return new Map(answer.map(({ id, device }) => [device, id]));
  },

  raw: (series, { from, to }) => ({ method: 'GET', path: `/raw?series=${series}&from=${from}&to=${to}` }),

  buckets: (series, { from, to }, count) => ({
    method: 'GET',
    path: `/buckets?series=${series}&from=${from}&to=${to}&width=${Math.ceil((to - from + 1) / count)}`,
  }),

  rows: (answer) => (JSON.parse(answer) as { time: number[] }).time.length,

  list: () => ({ method: 'GET', path: '/series' }),

  listed: (answer) => (JSON.parse(answer) as Listed[]).length,

  async count(connection) {
    return Number(await connection.send({ method: 'GET', path: '/count' }));
  },

  // every commit syncs once, and a checkpoint again; SQLite doesn't count them
  syncs: async () => null,
};

interface Listed {
  id: number;
  device: number;
}

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Request } from './connection.js';
import type { Subject } from './subject.js';

const CLI = fileURLToPath(new URL('../cli.js', import.meta.url));
export const TOKEN = 'bench';
const DEVICE = 'bench-';

/** The collector as it is run: `thermowell serve`, in a process of its own. */
export const thermowell: Subject = {
  name: 'thermowell',

  async arrange(folder) {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'users.json'), JSON.stringify({ [TOKEN]: { name: 'bench', id: 1 } }));
    return [CLI, 'serve', '--host', '127.0.0.1', '--port', '0', '--data', folder, '--log-level', 'error', '--no-mqtt'];
  },

  async makeSeries(connection, count) {
    const ids: number[] = [];
    for (let i = 0; i < count; i++) {
      const body = JSON.stringify({ token: TOKEN, device_id: `single-${i}`, device_desc: 'bench' });
      ids.push(Number(await connection.send({ method: 'PUT', path: '/series/new', body })));
    }
    return ids;
  },

  point: (series, time, value) => ({
    method: 'PUT',
    path: '/point/new',
    body: JSON.stringify({ token: TOKEN, series_id: series, timestamp: time, fields: { temp_C: value } }),
  }),

  batch: (device, { first, time, value }) => ({
    method: 'PUT',
    path: '/batch/new',
    body: JSON.stringify({
      token: TOKEN,
      device_id: DEVICE + device,
      log: 'bench',
      first,
      clock: 'unix',
      time: time.map((t, i) => (i === 0 ? t : t - time[i - 1]!)),
      sensors: { probe: { temp_C: value } },
    }),
  }),

  async seriesOfDevices(connection) {
    const answer = JSON.parse(await connection.send({ method: 'GET', path: '/series' })) as Record<string, Listed>;
    const made = Object.entries(answer).filter(([, { device_id }]) => device_id.startsWith(DEVICE));
    return new Map(made.map(([id, { device_id }]) => [Number(device_id.slice(DEVICE.length)), Number(id)]));
  },

  raw: (series, { from, to }) => ({ method: 'GET', path: `/series/${series}?from=${from}&to=${to}&format=columns` }),

  buckets: (series, { from, to }, count) => ({
    method: 'GET',
    path: `/series/${series}?from=${from}&to=${to}&format=columns&buckets=${count}&aggregate=mean,min,max`,
  }),

  rows: (answer) => (JSON.parse(answer) as { time: number[] }).time.length,

  list: () => ({ method: 'GET', path: '/series' }),

  listed: (answer) => Object.keys(JSON.parse(answer) as object).length,

  async count(connection) {
    return Number(await connection.send({ method: 'GET', path: '/points/count' }));
  },

  async syncs(connection) {
    const text = await connection.send({ method: 'GET', path: '/metrics' });
    const [, syncs] = /^thermowell_syncs_total (\d+)$/m.exec(text) ?? [];
    return syncs === undefined ? null : Number(syncs);
  },
};

/** With a broker on a free port, which `/health` tells. */
export const thermowellWithMqtt: Subject = {
  ...thermowell,
  arrange: async (folder) =>
    (await thermowell.arrange(folder)).flatMap((arg) => (arg === '--no-mqtt' ? ['--mqtt-port', '0'] : [arg])),
};

/** A series goes, with its points. */
export function deletion(series: number): Request {
  return { method: 'DELETE', path: `/series/${series}`, body: JSON.stringify({ token: TOKEN }) };
}

/** With settings that have no flag, by their variables. */
export function withSettings(environment: Record<string, string>): Subject {
  return { ...thermowell, environment };
}

interface Listed {
  device_id: string;
}

/**
 * The SQLite database of timeseries-api, by SQLite itself compiled to WebAssembly (sql.js): no server, no native module.
 *
 *   "timeseries-api-series"  id, token, device_id, device_desc, desc, timestamp
 *   "timeseries-api-points"  id, series_id, timestamp, fields (JSON as text)
 *
 * Its timestamps are the local time of the machine it ran on, to the microsecond; ours are milliseconds.
 */
import type { SqlValue } from 'sql.js';
import { isObject, type Json } from '../../firmware/protocol/json.js';
import { parseMoment } from '../moment.js';
import { LineError, type Numbered } from './sample.js';

/** The first bytes of every SQLite file. */
export const MAGIC = 'SQLite format 3\0';

const TABLES = ['timeseries-api-series', 'timeseries-api-points'];

const POINTS = `SELECT p.id, p.timestamp, p.fields, s.device_id, s.device_desc, s.desc
  FROM "timeseries-api-points" p JOIN "timeseries-api-series" s ON s.id = p.series_id ORDER BY p.id`;

/** Its points, by id, which stands for the line. @throws LineError; Error that says what the file is not */
export async function* readSeedDatabase(bytes: Uint8Array): AsyncGenerator<Numbered> {
  const { default: load } = await import('sql.js');
  const { Database } = await load();
  const database = new Database(bytes);
  try {
    const found = database.exec("SELECT name FROM sqlite_master WHERE type = 'table'")[0]?.values.flat() ?? [];
    const missing = TABLES.find((table) => !found.includes(table));
    if (missing !== undefined) throw new Error(`it is no database of timeseries-api: there is no table "${missing}"`);
    const rows = database.prepare(POINTS);
    while (rows.step()) {
      const [id, timestamp, fields, device_id, device_desc, desc] = rows.get();
      const line = Number(id);
      const time = parseMoment(String(timestamp), Number.NaN);
      if (time === null || Number.isNaN(time)) throw new LineError(line, `"${String(timestamp)}" is no time`);
      const texts = { device_id: text(device_id), device_desc: text(device_desc), desc: text(desc) };
      yield { line, sample: { ...texts, time, fields: parse(fields, line) } };
    }
  } finally {
    database.close();
  }
}

function text(value: SqlValue | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** The original took fields of any JSON; what is no object becomes one with the field `value`. */
function parse(value: unknown, line: number): Record<string, Json> {
  try {
    const fields = JSON.parse(String(value)) as Json;
    return isObject(fields) ? fields : { value: fields };
  } catch {
    throw new LineError(line, 'its fields are no JSON');
  }
}

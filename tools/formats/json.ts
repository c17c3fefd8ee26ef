/**
 * One JSON object a line (NDJSON): `{"timestamp": …, "device_id": …, "device_desc": …, "desc": …, "fields": {…}}`. Gaps
 * are in it, whether a time is an estimate is not. An array of points, as `GET /series/<id>` answers it, is read as well.
 */
import { isObject, type Json, type JsonObject } from '../../firmware/protocol/json.js';
import { parseMoment } from '../moment.js';
import { LineError, type Numbered, type Sample, type Writer } from './sample.js';

const TELLING = ['device_id', 'device_desc', 'desc'] as const;

export async function* readJson(lines: AsyncIterable<string>): AsyncGenerator<Numbered> {
  let line = 0;
  for await (const text of lines) {
    line++;
    const trimmed = text.replace(/^\ufeff/, '').trim();
    if (trimmed === '') continue;
    const value = parse(trimmed, line);
    // an array stands on one line, as the collector writes it
    for (const point of Array.isArray(value) ? value : [value]) yield { line, sample: sampleOf(point, line) };
  }
}

export const jsonWriter: Writer = {
  head: '',
  line: ({ time, fields, ...telling }) =>
    `${JSON.stringify({ timestamp: new Date(time).toISOString(), ...telling, fields })}\n`,
};

function parse(text: string, line: number): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new LineError(line, `it is no JSON, which has to be an object a line: ${(error as Error).message}`);
  }
}

function sampleOf(point: Json, line: number): Sample {
  if (!isObject(point)) throw new LineError(line, 'a point must be an object');
  const { fields } = point;
  if (!isObject(fields)) throw new LineError(line, 'a point must have "fields", an object');
  const sample: Sample = { time: time(point, line), fields };
  for (const name of TELLING) {
    const text = point[name] ?? null;
    if (text === null) continue;
    if (typeof text !== 'string') throw new LineError(line, `"${name}" must be a string`);
    sample[name] = text;
  }
  return sample;
}

function time(point: JsonObject, line: number): number {
  const stamp = point['timestamp'] ?? point['time'] ?? null;
  const ms = typeof stamp === 'number' || typeof stamp === 'string' ? parseMoment(String(stamp), Number.NaN) : null;
  if (ms === null || Number.isNaN(ms))
    throw new LineError(line, 'a point must have a "timestamp", ISO 8601 or epoch milliseconds');
  return ms;
}

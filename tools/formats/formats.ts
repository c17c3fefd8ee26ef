import { csvWriter, readCsv } from './csv.js';
import { influxWriter, readInflux } from './influx.js';
import { jsonWriter, readJson } from './json.js';
import type { Reader, Writer } from './sample.js';

export const FORMATS = ['csv', 'json', 'influx'] as const;
export type Format = (typeof FORMATS)[number];

/** File name endings by which a format is known. */
const ENDINGS: Record<string, Format> = {
  csv: 'csv',
  json: 'json',
  jsonl: 'json',
  ndjson: 'json',
  lp: 'influx',
  influx: 'influx',
};

export const readers: Record<Format, Reader> = { csv: readCsv, json: readJson, influx: readInflux };

/** `fields`: the names of all fields that will come. */
export const writers: Record<Format, (fields: string[]) => Writer> = {
  csv: csvWriter,
  json: () => jsonWriter,
  influx: () => influxWriter,
};

/** The format that a file's name tells, packed or not, or null. */
export function formatOf(file: string): Format | null {
  const [, ending = ''] = /\.([a-z]+)(?:\.gz)?$/i.exec(file) ?? [];
  return ENDINGS[ending.toLowerCase()] ?? null;
}

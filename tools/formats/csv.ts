/**
 * Comma-separated values (RFC 4180) with a line of names: `timestamp` (or `time`), which every line needs; `device_id`,
 * `device_desc`, `desc`, which tell the series; every other column is a field. An empty cell is no value, so a gap, which
 * is null, is left out.
 */
import type { Json, JsonObject } from '../../firmware/protocol/json.js';
import { parseMoment } from '../moment.js';
import { LineError, type Numbered, type Sample, type Writer } from './sample.js';

const TIME = ['timestamp', 'time'];
const TELLING = ['device_id', 'device_desc', 'desc'] as const;
/** what the collector's own CSV and other exports have beside, and nobody can choose */
const PASSED_OVER = ['id', 'series_id', 'series', 'estimated'];

export async function* readCsv(lines: AsyncIterable<string>): AsyncGenerator<Numbered> {
  let names: string[] | null = null;
  for await (const { line, cells } of records(lines)) {
    if (names === null) {
      names = cells.map((cell) => cell.trim());
      if (!names.some((name) => TIME.includes(name)))
        throw new LineError(line, 'the first line must name the columns, one of them "timestamp"');
      continue;
    }
    if (cells.length !== names.length)
      throw new LineError(line, `${cells.length} cells, but ${names.length} columns are named`);
    const sample = sampleOf(names, cells, line);
    if (Object.keys(sample.fields).length > 0) yield { line, sample };
  }
}

export function csvWriter(fields: string[]): Writer {
  return {
    head: `${['timestamp', ...TELLING, ...fields].map(quoted).join()}\n`,
    line: ({ time, fields: values, ...telling }) => {
      if (Object.values(values).every((value) => value === null)) return '';
      const cells = [
        new Date(time).toISOString(),
        ...TELLING.map((name) => quoted(telling[name] ?? '')),
        ...fields.map((name) => cell(values[name])),
      ];
      return `${cells.join()}\n`;
    },
  };
}

/** The fields among the names in a first line. */
export function fieldsNamed(head: string): string[] {
  const others: readonly string[] = [...TIME, ...TELLING, ...PASSED_OVER];
  return split(head, 1).filter((name) => !others.includes(name));
}

function sampleOf(names: string[], cells: string[], line: number): Sample {
  const fields: JsonObject = {};
  const sample: Partial<Sample> & { fields: JsonObject } = { fields };
  for (const [i, name] of names.entries()) {
    const text = cells[i]!;
    if (TIME.includes(name)) sample.time = time(text, line);
    else if ((TELLING as readonly string[]).includes(name)) sample[name as (typeof TELLING)[number]] = text;
    else if (text !== '' && !PASSED_OVER.includes(name)) fields[name] = value(text);
  }
  return sample as Sample;
}

function time(text: string, line: number): number {
  const ms = parseMoment(text, Number.NaN);
  if (ms === null || Number.isNaN(ms)) throw new LineError(line, `"${text}" is no time like 2026-11-22T17:00:00Z`);
  return ms;
}

function value(text: string): Json {
  const trimmed = text.trim();
  if (/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(trimmed)) return Number(trimmed);
  if (trimmed === 'true' || trimmed === 'false') return trimmed === 'true';
  return text;
}

/** The cells of each record, which goes over several lines where a quoted cell does. */
async function* records(lines: AsyncIterable<string>): AsyncGenerator<{ line: number; cells: string[] }> {
  let line = 0;
  let begun = 0;
  let text = '';
  for await (const next of lines) {
    line++;
    if (text === '') begun = line;
    text = text === '' ? next.replace(/^\ufeff/, '') : `${text}\n${next}`;
    if (text.split('"').length % 2 === 0) continue;
    if (text.trim() !== '') yield { line: begun, cells: split(text, begun) };
    text = '';
  }
  if (text !== '') throw new LineError(begun, 'a quote that is opened here is never closed');
}

function split(text: string, line: number): string[] {
  const cells: string[] = [];
  const pattern = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/gy;
  for (;;) {
    const match = pattern.exec(text);
    if (match === null) throw new LineError(line, 'a quote stands within a cell that is not quoted');
    cells.push(match[1]?.replaceAll('""', '"') ?? match[2]!);
    if (match[3] === '') return cells;
  }
}

function cell(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  return quoted(typeof value === 'string' ? value : JSON.stringify(value));
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

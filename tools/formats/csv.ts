/**
 * Comma-separated values (RFC 4180) with a line of names: `timestamp` (or `time`), which every line needs; `device_id`,
 * `device_desc`, `desc`, which tell the series; every other column is a field. An empty cell is no value, so a gap, which
 * is null, is left out. Between the cells may stand semicolons or tabs instead, as spreadsheets write them where numbers
 * have a decimal comma; then `21,5` is a number.
 */
import type { Json, JsonObject } from '../../firmware/protocol/json.js';
import { isPrototypeName } from '../../firmware/protocol/limits.js';
import { parseMoment } from '../moment.js';
import { LineError, type Numbered, type Sample, type Writer } from './sample.js';

const TIME = ['timestamp', 'time'];
const TELLING = ['device_id', 'device_desc', 'desc'] as const;
/** what the collector's own CSV and other exports have beside, and nobody can choose */
const PASSED_OVER = ['id', 'series_id', 'series', 'estimated'];

/** What may stand between the cells of a line. */
type Separator = ',' | ';' | '\t';

const CELLS: Record<Separator, RegExp> = {
  ',': /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/gy,
  ';': /(?:"((?:[^"]|"")*)"|([^";]*))(;|$)/gy,
  '\t': /(?:"((?:[^"]|"")*)"|([^"\t]*))(\t|$)/gy,
};

export async function* readCsv(lines: AsyncIterable<string>): AsyncGenerator<Numbered> {
  let head: { names: string[]; separator: Separator } | null = null;
  for await (const { line, text } of records(lines)) {
    if (head === null) {
      head = headOf(text, line);
      continue;
    }
    const { names, separator } = head;
    const cells = split(text, line, separator);
    if (cells.length !== names.length)
      throw new LineError(line, `${cells.length} cells, but ${names.length} columns are named`);
    const sample = sampleOf(names, cells, line, separator !== ',');
    if (Object.keys(sample.fields).length > 0) yield { line, sample };
  }
}

/** The names of the columns, and what stands between them. @throws LineError */
function headOf(text: string, line: number): { names: string[]; separator: Separator } {
  for (const separator of [',', ';', '\t'] as const) {
    const names = cellsOf(text, separator)?.map((name) => name.trim());
    if (names?.some((name) => TIME.includes(name)) !== true) continue;
    const wrong = names.find(isPrototypeName);
    if (wrong !== undefined) throw new LineError(line, `a column can't be called "${wrong}"`);
    const twice = names.find((name, i) => name !== '' && names.indexOf(name) < i);
    if (twice !== undefined) throw new LineError(line, `two columns are called "${twice}"`);
    return { names, separator };
  }
  throw new LineError(line, 'the first line must name the columns, one of them "timestamp"');
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
  return split(head, 1, ',').filter((name) => !others.includes(name));
}

/** `decimalComma`: numbers have a comma where others have a point. */
function sampleOf(names: string[], cells: string[], line: number, decimalComma: boolean): Sample {
  const fields: JsonObject = {};
  const sample: Partial<Sample> & { fields: JsonObject } = { fields };
  for (const [i, name] of names.entries()) {
    const text = cells[i]!;
    if (TIME.includes(name)) sample.time = time(text, line);
    else if ((TELLING as readonly string[]).includes(name)) sample[name as (typeof TELLING)[number]] = text;
    else if (text !== '' && !PASSED_OVER.includes(name)) {
      if (name === '') throw new LineError(line, `column ${i + 1} has the value "${text}", but no name`);
      fields[name] = value(decimalComma ? text.replace(DECIMAL_COMMA, '$1.$2') : text);
    }
  }
  return sample as Sample;
}

function time(text: string, line: number): number {
  const ms = parseMoment(text, Number.NaN);
  if (ms === null || Number.isNaN(ms)) throw new LineError(line, `"${text}" is no time like 2026-11-22T17:00:00Z`);
  return ms;
}

const DECIMAL_COMMA = /^(\s*[-+]?\d+),(\d+\s*)$/;

function value(text: string): Json {
  const trimmed = text.trim();
  if (/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(trimmed)) return Number(trimmed);
  if (trimmed === 'true' || trimmed === 'false') return trimmed === 'true';
  return text;
}

/** Each record, which goes over several lines where a quoted cell does. */
async function* records(lines: AsyncIterable<string>): AsyncGenerator<{ line: number; text: string }> {
  let line = 0;
  let begun = 0;
  let text = '';
  for await (const next of lines) {
    line++;
    if (text === '') begun = line;
    text = text === '' ? next.replace(/^\ufeff/, '') : `${text}\n${next}`;
    if (text.split('"').length % 2 === 0) continue;
    if (text.trim() !== '') yield { line: begun, text };
    text = '';
  }
  if (text !== '') throw new LineError(begun, 'a quote that is opened here is never closed');
}

function split(text: string, line: number, separator: Separator): string[] {
  const cells = cellsOf(text, separator);
  if (cells === null) throw new LineError(line, 'a quote stands within a cell that is not quoted');
  return cells;
}

/** null where a quote stands within a cell that is not quoted. */
function cellsOf(text: string, separator: Separator): string[] | null {
  const cells: string[] = [];
  const pattern = CELLS[separator];
  pattern.lastIndex = 0;
  for (;;) {
    const match = pattern.exec(text);
    if (match === null) return null;
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

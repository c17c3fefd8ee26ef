/** The points of a series as the text of an answer: `format=points|columns|csv`. Pieces of text, block by block. */
import { Refusal } from '../error.js';
import type { Block, Buckets, Column } from '../store/store.js';
import type { Piece } from './answer.js';
import { inBytes, times, values, type Part } from './column-bytes.js';
import { Days, namedColumns, rowText, valueText } from './point-text.js';

/** Numbers that one answer in columns may hold, 40 MB, since all must be there before the first column is written. */
const COLUMN_VALUES_MAX = 5_000_000;

/** Rows written to one piece of text: what is put together of many small texts is quick only while it is short. */
const PIECE_ROWS = 256;

/** An array of points, as timeseries-api answers. */
export async function* pointsPieces(blocks: AsyncIterable<Block>, series_id: number): AsyncGenerator<string> {
  const days = new Days();
  let separator = '[';
  for await (const block of blocks) {
    const columns = namedColumns(block);
    for (let from = 0; from < block.length; from += PIECE_ROWS) {
      let text = '';
      for (let i = from; i < Math.min(block.length, from + PIECE_ROWS); i++) {
        text += separator + rowText(block, columns, i, series_id, days);
        separator = ',';
      }
      yield text;
    }
  }
  yield separator === '[' ? '[]' : ']';
}

/** `{"time":[ms,…],"fields":{"temp_C":[…]}}`, and `estimated`, a list of indices, where the device guessed times. */
export async function columnsPieces(source: AsyncIterable<Block>): Promise<Iterable<Piece>> {
  const blocks = await collected(source);
  return inBytes(columnsParts(blocks), numbersIn(blocks));
}

/** `{"time":[ms,…],"fields":{"temp_C":{"mean":[…]}}}` */
export function bucketsPieces({ time, fields }: Buckets): Iterable<Piece> {
  const columns = Object.values(fields).flatMap((lists) => Object.keys(lists)).length;
  return inBytes(bucketsParts({ time, fields }), time.length * (1 + columns));
}

function* bucketsParts({ time, fields }: Buckets): Generator<Part> {
  yield '{"time":[';
  yield times([Float64Array.from(time)]);
  yield '],"fields":{';
  let separator = '';
  for (const [name, lists] of Object.entries(fields)) {
    yield `${separator}${JSON.stringify(name)}:{`;
    separator = '';
    for (const [aggregate, list] of Object.entries(lists)) {
      yield `${separator}"${aggregate}":[`;
      yield values([Float64Array.from(list, (value) => value ?? Number.NaN)]);
      yield ']';
      separator = ',';
    }
    yield '}';
    separator = ',';
  }
  yield '}}';
}

function* columnsParts(blocks: Block[]): Generator<Part> {
  yield '{"time":[';
  yield times(blocks.map(({ length, time }) => time.subarray(0, length)));
  yield '],"fields":{';
  const names = new Set(blocks.flatMap((block) => [...block.fields.keys()]));
  let separator = '';
  for (const name of names) {
    yield `${separator}${JSON.stringify(name)}:[`;
    const columns = blocks.map((block) => columnOf(block, name));
    if (areNumbers(columns)) yield values(columns);
    else yield* mixed(columns);
    yield ']';
    separator = ',';
  }
  const estimated = estimatedIndices(blocks);
  yield estimated.length > 0 ? `},"estimated":[${estimated.join()}]}` : '}}';
}

/**
 * A line of names, then a line per point; a field that isn't there is empty. The names have to be known before the first
 * line, so the points are read twice; a field that turns up in between is left out.
 */
export async function* csvPieces(read: () => AsyncIterable<Block>): AsyncGenerator<string> {
  const names = new Set<string>();
  let guessed = false;
  for await (const block of read()) {
    for (const name of block.fields.keys()) names.add(name);
    guessed ||= block.estimated !== null;
  }
  yield `${['timestamp', ...Array.from(names, quoted), ...(guessed ? ['estimated'] : [])].join()}\n`;
  const days = new Days();
  for await (const block of read()) {
    const columns = Array.from(names, (name) => block.fields.get(name));
    for (let from = 0; from < block.length; from += PIECE_ROWS) {
      let text = '';
      for (let i = from; i < Math.min(block.length, from + PIECE_ROWS); i++) {
        text += days.timeText(block.time[i]!);
        for (const column of columns) text += `,${cell(column?.[i])}`;
        if (guessed) text += block.estimated?.[i] === 1 ? ',true' : ',';
        text += '\n';
      }
      yield text;
    }
  }
}

async function collected(source: AsyncIterable<Block>): Promise<Block[]> {
  const blocks: Block[] = [];
  let numbers = 0;
  for await (const block of source) {
    numbers += numbersIn([block]);
    if (numbers > COLUMN_VALUES_MAX)
      throw new Refusal('invalid', 'Too many points for one answer in columns; ask for buckets, a limit or less time');
    blocks.push(block);
  }
  return blocks;
}

/** Times and values. */
function numbersIn(blocks: Block[]): number {
  return blocks.reduce((sum, { length, fields }) => sum + length * (1 + fields.size), 0);
}

/** A field of a block; absent from all of it where the block doesn't have it. */
function columnOf({ length, fields }: Block, name: string): Column {
  const column = fields.get(name) ?? new Float64Array(length).fill(Number.NaN);
  if (column.length === length) return column;
  return column instanceof Float64Array ? column.subarray(0, length) : column.slice(0, length);
}

function areNumbers(columns: Column[]): columns is Float64Array[] {
  return columns.every((column) => column instanceof Float64Array);
}

function* mixed(columns: Column[]): Generator<string> {
  let separator = '';
  for (const column of columns) {
    for (let i = 0; i < column.length; i++) {
      yield separator + (valueText(column, i) ?? 'null');
      separator = ',';
    }
  }
}

function estimatedIndices(blocks: Block[]): number[] {
  const indices: number[] = [];
  let start = 0;
  for (const { length, estimated } of blocks) {
    if (estimated !== null) for (let i = 0; i < length; i++) if (estimated[i] === 1) indices.push(start + i);
    start += length;
  }
  return indices;
}

/** Absent is undefined or NaN, null is null or Infinity (store.ts, `Column`): both are empty here. */
function cell(value: unknown): string {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '';
  if (value === undefined || value === null) return '';
  return quoted(typeof value === 'string' ? value : JSON.stringify(value));
}

/** RFC 4180 §2: quotes around what holds a comma, a quote or a line end; a quote is doubled. */
function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

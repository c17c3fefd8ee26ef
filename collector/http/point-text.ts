/** Points as the JSON text of an answer, written straight from columns. */
import type { Block, Column, Point } from '../store/store.js';

/** A point as every answer has it: timeseries-api's members, and `estimated` where the device guessed the time. */
export function pointText({ id, series_id, time, fields, estimated }: Point): string {
  return text(JSON.stringify(fields), id, series_id, timeText(time), estimated);
}

/** Row `i` of a block, as `pointText` has it; `days` where many rows follow one another. */
export function rowText(block: Block, columns: NamedColumn[], i: number, series_id: number, days?: Days): string {
  let fields = '{';
  for (const [name, column] of columns) {
    const value = valueText(column, i);
    if (value !== null) fields += fields === '{' ? `${name}:${value}` : `,${name}:${value}`;
  }
  const time = block.time[i]!;
  const written = days === undefined ? timeText(time) : days.timeText(time);
  return text(`${fields}}`, block.id[i]!, series_id, written, block.estimated?.[i] === 1);
}

/** A column with its name as JSON text. */
export type NamedColumn = [string, Column];

export function namedColumns(block: Block): NamedColumn[] {
  return Array.from(block.fields, ([name, column]) => [JSON.stringify(name), column]);
}

/** A value as JSON text; null where the point doesn't have the field. */
export function valueText(column: Column, i: number): string | null {
  const value = column[i];
  if (typeof value !== 'number') return value === undefined ? null : JSON.stringify(value);
  if (value === Infinity) return 'null';
  return Number.isNaN(value) ? null : String(value);
}

/** A time in an answer of timeseries-api's shape: UTC, `Z`, milliseconds. */
export function timeText(time: number): string {
  return new Date(time).toISOString();
}

const DAY_MS = 86_400_000;

/** `timeText` for times that follow one another: of those of one day the date is written once. */
export class Days {
  #day = Number.NaN;
  #date = '';

  timeText(time: number): string {
    const day = Math.floor(time / DAY_MS);
    if (day !== this.#day) {
      this.#day = day;
      this.#date = timeText(day * DAY_MS).slice(0, -'00:00:00.000Z'.length);
    }
    const ms = time - day * DAY_MS;
    const s = Math.floor(ms / 1000);
    const min = Math.floor(s / 60);
    const h = Math.floor(min / 60);
    return `${this.#date}${two(h)}:${two(min - h * 60)}:${two(s - min * 60)}.${three(ms - s * 1000)}Z`;
  }
}

function two(n: number): string {
  return n < 10 ? `0${n}` : String(n);
}

function three(n: number): string {
  return n < 100 ? `0${two(n)}` : String(n);
}

function text(fields: string, id: number, series_id: number, time: string, estimated: boolean): string {
  const mark = estimated ? ',"estimated":true' : '';
  return `{"fields":${fields},"id":${id},"series_id":${series_id},"timestamp":"${time}"${mark}}`;
}

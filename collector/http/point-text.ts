/** Points as the JSON text of an answer, written straight from columns. */
import type { Block, Column, Point } from '../store/store.js';

/** A point as every answer has it: timeseries-api's members, and `estimated` where the device guessed the time. */
export function pointText({ id, series_id, time, fields, estimated }: Point): string {
  return text(JSON.stringify(fields), id, series_id, time, estimated);
}

/** Row `i` of a block, as `pointText` has it. */
export function rowText(block: Block, columns: NamedColumn[], i: number, series_id: number): string {
  let fields = '{';
  for (const [name, column] of columns) {
    const value = valueText(column, i);
    if (value !== null) fields += fields === '{' ? `${name}:${value}` : `,${name}:${value}`;
  }
  return text(`${fields}}`, block.id[i]!, series_id, block.time[i]!, block.estimated?.[i] === 1);
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

function text(fields: string, id: number, series_id: number, time: number, estimated: boolean): string {
  const mark = estimated ? ',"estimated":true' : '';
  return `{"fields":${fields},"id":${id},"series_id":${series_id},"timestamp":"${timeText(time)}"${mark}}`;
}

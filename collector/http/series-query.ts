import { pointer } from '../../firmware/protocol/error.js';
import { isPrototypeName } from '../../firmware/protocol/limits.js';
import { Refusal } from '../error.js';
import { AGGREGATES, type Aggregate } from '../store/store.js';

export const FORMATS = ['points', 'columns', 'csv'] as const;

export type Format = (typeof FORMATS)[number];

const BUCKETS_MAX = 100_000;

/** How the points of a series are asked for, beside the window. */
export interface SeriesQuery {
  format: Format;
  fields: string[] | null;
  limit: number;
  order: 'asc' | 'desc';
  /** without the series' calibration */
  raw: boolean;
  /** sum the points up, instead of `format` */
  buckets: number | null;
  aggregates: Aggregate[];
}

/** @throws Refusal `invalid`: a member of ours that makes no sense is an error, unlike timeseries-api's `from`, `to` */
export function seriesQuery(query: Record<string, unknown>): SeriesQuery {
  const format = oneOf(query, 'format', FORMATS);
  const fields = list(query, 'fields');
  const bad = fields?.find((field) => field === '' || isPrototypeName(field));
  if (bad !== undefined) throw wrong('fields', `"${bad}" is not a name a field may have`);
  const limit = count(query, 'limit', Number.MAX_SAFE_INTEGER) ?? Infinity;
  const order = oneOf(query, 'order', ['asc', 'desc'] as const) ?? 'asc';
  const raw = oneOf(query, 'raw', ['true', 'false'] as const) === 'true';
  const buckets = count(query, 'buckets', BUCKETS_MAX);
  if (buckets === null) return { format: format ?? 'points', fields, limit, order, raw, buckets, aggregates: [] };
  if (format === 'csv' || format === 'points') throw wrong('format', 'with buckets, format must be columns or absent');
  if (order === 'desc') throw wrong('order', 'buckets are in ascending order');
  if (limit !== Infinity) throw wrong('limit', 'buckets take all points of a window');
  return { format: 'columns', fields, limit, order, raw, buckets, aggregates: aggregates(query) };
}

function aggregates(query: Record<string, unknown>): Aggregate[] {
  const names = (list(query, 'aggregate') ?? ['mean']).flatMap((name) => (name === 'minmax' ? ['min', 'max'] : [name]));
  const bad = names.find((name) => !AGGREGATES.includes(name as Aggregate));
  if (bad !== undefined)
    throw wrong('aggregate', `aggregate must be of ${AGGREGATES.join(', ')}, minmax, not "${bad}"`);
  return [...new Set(names as Aggregate[])];
}

function oneOf<T extends string>(query: Record<string, unknown>, name: string, allowed: readonly T[]): T | null {
  const value = query[name];
  if (value === undefined) return null;
  const found = allowed.find((one) => one === value);
  if (found === undefined) throw wrong(name, `${name} must be one of ${allowed.join(', ')}`);
  return found;
}

function count(query: Record<string, unknown>, name: string, max: number): number | null {
  const value = query[name];
  if (value === undefined) return null;
  const number = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : 0;
  if (number < 1 || number > max) throw wrong(name, `${name} must be an integer from 1 to ${max}`);
  return number;
}

function list(query: Record<string, unknown>, name: string): string[] | null {
  const value = query[name];
  if (value === undefined) return null;
  if (typeof value !== 'string') throw wrong(name, `${name} must be given once, its values by comma`);
  return value.split(',').map((part) => part.trim());
}

function wrong(name: string, message: string): Refusal {
  return new Refusal('invalid', message, { pointer: pointer(name) });
}

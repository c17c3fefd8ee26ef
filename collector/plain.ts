/** Points of one series in one upload, by plain clients (protocol.md §3): a list of points, or columns. */
import { pointer, ProtocolError } from '../firmware/protocol/error.js';
import { isObject, member, type Json, type JsonObject } from '../firmware/protocol/json.js';
import type { Limits } from '../firmware/protocol/limits.js';
import { checkFieldName, checkFields, checkValue } from './document.js';
import { Refusal } from './error.js';
import { timestamp } from './moment.js';
import type { NewPoint } from './store/store.js';

/** Points with their own times, and the fields of those the collector has to date. */
export interface PlainPoints {
  stamped: NewPoint[];
  unstamped: JsonObject[];
}

/** A log batch names its log, a plain upload its series. */
export function isPlain(upload: JsonObject): boolean {
  return !Object.hasOwn(upload, 'log') && (Object.hasOwn(upload, 'series_id') || Object.hasOwn(upload, 'points'));
}

/** The series a request means, with its id as typed: an integer or its decimal string. @throws Refusal, ProtocolError */
export function seriesId(request: JsonObject): { id: number; typed: string } {
  const value = member(request, 'series_id');
  if (value === undefined) throw new Refusal('invalid', 'Some fields are missing', { pointer: '/series_id' });
  const typed = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  const id = /^-?\d{1,16}$/.test(typed) ? Number(typed) : NaN;
  if (!Number.isSafeInteger(id)) throw new ProtocolError('/series_id', 'series_id must be an integer');
  return { id, typed };
}

/** @throws ProtocolError */
export function decodePlain(upload: JsonObject, limits: Limits): PlainPoints {
  const points = member(upload, 'points');
  return points === undefined ? fromColumns(upload, limits) : fromList(points, limits);
}

function fromList(points: Json, limits: Limits): PlainPoints {
  if (!Array.isArray(points)) throw new ProtocolError('/points', 'points must be an array');
  checkCount(points.length, '/points', limits);
  const stamped: NewPoint[] = [];
  const unstamped: JsonObject[] = [];
  for (const [i, point] of points.entries()) {
    if (!isObject(point)) throw new ProtocolError(pointer('points', i), 'a point must be an object');
    const fields = checkFields(member(point, 'fields'), pointer('points', i, 'fields'), 'strict', limits.fields);
    const time = member(point, 'timestamp') ?? null;
    if (time === null) unstamped.push(fields);
    else stamped.push({ time: timestamp(time, pointer('points', i, 'timestamp')), fields });
  }
  return { stamped, unstamped };
}

function fromColumns(upload: JsonObject, limits: Limits): PlainPoints {
  const time = member(upload, 'time');
  const columns = member(upload, 'fields');
  if (!Array.isArray(time)) throw new ProtocolError('/time', 'time must be an array, or points be given');
  checkCount(time.length, '/time', limits);
  if (!isObject(columns)) throw new ProtocolError('/fields', 'fields must be an object of field to array');
  const names = Object.keys(columns);
  if (names.length > limits.fields) throw new ProtocolError('/fields', `at most ${limits.fields} fields`);
  for (const name of names) {
    checkFieldName(name, '/fields', 'strict');
    const column = columns[name];
    if (!Array.isArray(column) || column.length !== time.length)
      throw new ProtocolError(pointer('fields', name), `must be an array as long as time, ${time.length}`);
    for (const [i, value] of column.entries()) checkValue(value, pointer('fields', name, i), 1);
  }
  const stamped = time.map((t, i) => ({
    time: timestamp(t, pointer('time', i)),
    fields: Object.fromEntries(names.map((name) => [name, (columns[name] as Json[])[i]!])),
  }));
  return { stamped, unstamped: [] };
}

function checkCount(count: number, where: string, limits: Limits): void {
  if (count > limits.readings) throw new ProtocolError(where, `at most ${limits.readings} points, not ${count}`);
}

/**
 * Points in columns, inside the store: a Block that also knows which points are plain ones (not of a batch), by
 * ascending (time, id). Rows may share memory with the head or a cached chunk, so nobody writes into them.
 */
import type { Json, JsonObject } from '../../firmware/protocol/json.js';
import type { Block, Column, Point } from './store.js';

export interface Rows extends Block {
  /** 1 where the point is a plain one; null when none is */
  plain: Uint8Array | null;
}

export const NO_ROWS: Rows = Object.freeze({
  length: 0,
  time: new Float64Array(0),
  id: new Float64Array(0),
  fields: new Map<string, Column>(),
  estimated: null,
  plain: null,
});

/** In a packed column: no such field, and null. */
export const ABSENT = Number.NaN;
export const NULL = Number.POSITIVE_INFINITY;

/** The value at a row; undefined where the point doesn't have the field. */
export function valueAt(column: Column, row: number): Json | undefined {
  const value = column[row];
  if (!(column instanceof Float64Array) || Number.isFinite(value)) return value;
  return value === NULL ? null : undefined;
}

/** The fields of one row, as JSON. */
export function fieldsAt(block: Block, row: number): JsonObject {
  const fields: JsonObject = {};
  for (const [name, column] of block.fields) {
    const value = valueAt(column, row);
    if (value !== undefined) fields[name] = value;
  }
  return fields;
}

export function pointAt(block: Block, row: number, series_id: number): Point {
  const estimated = block.estimated?.[row] === 1;
  return { id: block.id[row]!, series_id, time: block.time[row]!, fields: fieldsAt(block, row), estimated };
}

/** Numbers in rows: what it takes to go through them (pauses.ts). */
export function workOf({ length, fields }: Rows): number {
  return length * (2 + fields.size);
}

/** The first row that is not before `time`. */
export function firstFrom(times: Float64Array, time: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle]! < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The first row after `time`. */
export function firstAfter(times: Float64Array, time: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle]! <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Rows `from` up to, not including, `to`; no copy where it can be avoided. */
export function slice(rows: Rows, from: number, to: number): Rows {
  if (from <= 0 && to >= rows.length) return rows;
  if (from >= to) return NO_ROWS;
  let id: Float64Array | null = null;
  const fields = new Map<string, Column>();
  for (const [name, column] of rows.fields)
    fields.set(name, column instanceof Float64Array ? column.subarray(from, to) : column.slice(from, to));
  return {
    length: to - from,
    time: rows.time.subarray(from, to),
    get id() {
      return (id ??= rows.id.subarray(from, to));
    },
    fields,
    estimated: rows.estimated?.subarray(from, to) ?? null,
    plain: rows.plain?.subarray(from, to) ?? null,
  };
}

/** The rows with from ≤ time ≤ to. */
export function within(rows: Rows, from: number, to: number): Rows {
  return slice(rows, firstFrom(rows.time, from), firstAfter(rows.time, to));
}

/** Both in one; each id in `b` is above each id in `a`, so that at equal times `a` comes first. */
export function merge(a: Rows, b: Rows): Rows {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  if (a.time[a.length - 1]! <= b.time[0]!) return concat([a, b]);
  if (b.time[b.length - 1]! < a.time[0]!) return concat([b, a]);
  const order = new Uint32Array(a.length + b.length);
  let i = 0;
  let j = 0;
  for (let k = 0; k < order.length; k++) {
    const left = j === b.length || (i < a.length && a.time[i]! <= b.time[j]!);
    order[k] = left ? i++ : a.length + j++;
  }
  return gather(a, b, order);
}

/** All in one; each id in one of the `parts` is above each id in those before it. */
export function mergeAll(parts: readonly Rows[]): Rows {
  if (parts.length < 2) return parts[0] ?? NO_ROWS;
  if (ascend(parts)) return concat(parts);
  const middle = parts.length >>> 1;
  return merge(mergeAll(parts.slice(0, middle)), mergeAll(parts.slice(middle)));
}

/** Whether each of them, none empty, begins where the one before it ends, or later. */
function ascend(parts: readonly Rows[]): boolean {
  return parts.every(({ time, length }, i) => {
    const before = parts[i - 1];
    return length > 0 && (before === undefined || before.time[before.length - 1]! <= time[0]!);
  });
}

/** The rows from `from` on, sorted by time, at equal times as they are. */
export function orderByTime(time: Float64Array, from: number): Uint32Array {
  const order = new Uint32Array(time.length - from);
  for (let i = 0; i < order.length; i++) order[i] = from + i;
  return order.sort((a, b) => time[a]! - time[b]! || a - b);
}

/** One after the other: what `gather` would make of them in that order, copied as a whole. */
function concat(parts: readonly Rows[]): Rows {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const joined = <T extends Float64Array | Uint8Array>(into: T, columns: readonly (T | null)[]): T => {
    let at = 0;
    for (const [i, part] of parts.entries()) {
      const column = columns[i]!;
      if (column !== null) into.set(column.length > part.length ? column.subarray(0, part.length) : column, at);
      at += part.length;
    }
    return into;
  };
  const flags = (columns: (Uint8Array | null)[]) =>
    columns.every((column) => column === null) ? null : joined(new Uint8Array(length), columns);
  const fields = new Map<string, Column>();
  for (const name of new Set(parts.flatMap((part) => [...part.fields.keys()]))) {
    const columns = parts.map((part) => part.fields.get(name) ?? null);
    if (columns.every(isPacked)) fields.set(name, joined(new Float64Array(length).fill(ABSENT), columns));
    else
      fields.set(
        name,
        parts.flatMap((part, i) => unpacked(columns[i]!, part.length)),
      );
  }
  let id: Float64Array | null = null;
  return {
    length,
    time: joined(
      new Float64Array(length),
      parts.map(({ time }) => time),
    ),
    get id() {
      return (id ??= joined(
        new Float64Array(length),
        parts.map((part) => part.id),
      ));
    },
    fields,
    estimated: flags(parts.map(({ estimated }) => estimated)),
    plain: flags(parts.map(({ plain }) => plain)),
  };
}

/** The rows whose id isn't among the `dead`. */
export function without(rows: Rows, dead: ReadonlySet<number>): Rows {
  if (dead.size === 0) return rows;
  const order = new Uint32Array(rows.length);
  let kept = 0;
  for (let i = 0; i < rows.length; i++) if (!dead.has(rows.id[i]!)) order[kept++] = i;
  return kept === rows.length ? rows : gather(rows, NO_ROWS, order.subarray(0, kept));
}

export function reverse(rows: Rows): Rows {
  const last = rows.length - 1;
  const order = new Uint32Array(rows.length);
  for (let i = 0; i <= last; i++) order[i] = last - i;
  return gather(rows, NO_ROWS, order);
}

/** The rows of `a` and, numbered on, `b`, in the given order. */
export function gather(a: Rows, b: Rows, order: Uint32Array): Rows {
  const pack = (x: ArrayLike<number> | null, y: ArrayLike<number> | null, fill: number, into: Float64Array) => {
    for (let k = 0; k < order.length; k++) {
      const i = order[k]!;
      into[k] = i < a.length ? (x?.[i] ?? fill) : (y?.[i - a.length] ?? fill);
    }
    return into;
  };
  const numbers = (x: ArrayLike<number> | null, y: ArrayLike<number> | null, fill: number) =>
    pack(x, y, fill, new Float64Array(order.length));
  const flags = (x: Uint8Array | null, y: Uint8Array | null) =>
    x === null && y === null ? null : Uint8Array.from(numbers(x, y, 0));
  const fields = new Map<string, Column>();
  for (const name of new Set([...a.fields.keys(), ...b.fields.keys()])) {
    const x = a.fields.get(name) ?? null;
    const y = b.fields.get(name) ?? null;
    fields.set(name, isPacked(x) && isPacked(y) ? numbers(x, y, ABSENT) : mixed(x, y, a.length, order));
  }
  return {
    length: order.length,
    time: numbers(a.time, b.time, 0),
    id: numbers(a.id, b.id, 0),
    fields,
    estimated: flags(a.estimated, b.estimated),
    plain: flags(a.plain, b.plain),
  };
}

function isPacked(column: Column | null): column is Float64Array | null {
  return column === null || column instanceof Float64Array;
}

function unpacked(column: Column | null, length: number): (Json | undefined)[] {
  return Array.from({ length }, (_, i) => (column === null ? undefined : valueAt(column, i)));
}

function mixed(x: Column | null, y: Column | null, length: number, order: Uint32Array): (Json | undefined)[] {
  return Array.from(order, (i) => {
    if (i < length) return x === null ? undefined : valueAt(x, i);
    return y === null ? undefined : valueAt(y, i - length);
  });
}

/** JSON documents as they come from outside: parsed, and looked through for what no document may hold. */
import { pointer, ProtocolError } from '../firmware/protocol/error.js';
import { isObject, type Json, type JsonObject } from '../firmware/protocol/json.js';
import { isFieldName, isPrototypeName } from '../firmware/protocol/limits.js';
import { Refusal } from './error.js';

/** Levels of nesting in a field's value: far more than anyone needs, far less than the stack holds. */
const MAX_DEPTH = 32;

/** What is in a text with a prototype's name in plain letters, or with anything escaped, which may be one. */
const SUSPECT = ['proto', 'constructor', '\\u'];

/** @throws Refusal `malformed` */
export function parseDocument(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new Refusal('malformed', `The body is not valid JSON: ${(error as Error).message}`);
  }
}

/** Whether there may be such a name in a text. */
export function isSuspect(text: string): boolean {
  return SUSPECT.some((part) => text.includes(part));
}

/** @throws ProtocolError naming the first member, at any depth, that is called like an object's prototype */
export function refusePrototypeNames({ document, text }: { document: Json; text: string }): void {
  if (!isSuspect(text)) return;
  const rest: [Json, string][] = [[document, '']];
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    const [value, where] = next;
    if (typeof value !== 'object' || value === null) continue;
    for (const [key, inner] of Object.entries(value)) {
      const at = `${where}${pointer(key)}`;
      if (isPrototypeName(key)) throw new ProtocolError(at, 'a name that is never allowed');
      if (typeof inner === 'object') rest.push([inner, at]);
    }
  }
}

/** What a point's fields may be called: in `/point/new` anything, in `/batch/new` as protocol.md §3 "Limits" says. */
export type FieldNames = 'free' | 'strict';

/** The fields of one point: JSON of any kind, numbers finite. @throws ProtocolError */
export function checkFields(fields: unknown, where: string, names: FieldNames, max: number): JsonObject {
  if (!isObject(fields)) throw new ProtocolError(where, 'fields must be an object');
  const keys = Object.keys(fields);
  if (keys.length > max) throw new ProtocolError(where, `at most ${max} fields`);
  for (const key of keys) {
    checkFieldName(key, where, names);
    const value = fields[key]!;
    if (typeof value === 'number' ? !Number.isFinite(value) : typeof value === 'object')
      checkValue(value, where + pointer(key), 1);
  }
  return fields;
}

export function checkFieldName(name: string, where: string, names: FieldNames): void {
  if (names === 'strict' ? !isFieldName(name) : isPrototypeName(name))
    throw new ProtocolError(where + pointer(name), 'not a name a field may have');
}

/** @throws ProtocolError for a number that isn't finite (1e999), or nesting without end */
export function checkValue(value: Json, where: string, depth: number): void {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new ProtocolError(where, 'a number must be finite');
  if (typeof value !== 'object' || value === null) return;
  if (depth > MAX_DEPTH) throw new ProtocolError(where, `nested deeper than ${MAX_DEPTH} levels`);
  for (const [key, inner] of Object.entries(value)) checkValue(inner, where + pointer(key), depth + 1);
}

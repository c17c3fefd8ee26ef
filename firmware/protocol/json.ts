import { ProtocolError } from './error.js';

/** What `JSON.parse` can give. */
export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [name: string]: Json;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member of an object's own, never of its prototype. */
export function member(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** A safe integer from `min` on, or an error that names the member. */
export function integer(object: JsonObject, name: string, min: number): number {
  const value = member(object, name);
  if (!Number.isSafeInteger(value) || (value as number) < min)
    throw new ProtocolError(`/${name}`, `${name} must be an integer of at least ${min}`);
  return value as number;
}

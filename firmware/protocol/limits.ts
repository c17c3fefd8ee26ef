/** What one request may hold, and how things may be named: protocol.md §3 "Limits". */
import { consistsOf, isAlphanumeric, isDigit, type Letter } from './letters.js';

/** The limits of one batch; the collector may be configured with others. */
export interface Limits {
  /** bytes of a body, unpacked */
  bytes: number;
  /** readings of a batch, or points of a plain upload */
  readings: number;
  sensors: number;
  /** fields of one sensor, or of one point */
  fields: number;
}

export const LIMITS: Readonly<Limits> = Object.freeze({ bytes: 1_048_576, readings: 10_000, sensors: 64, fields: 64 });

/** Stored times lie between 2000-01-01 and 2100-01-01 UTC, in ms. */
export const TIME_MIN = 946_684_800_000;
export const TIME_MAX = 4_102_444_800_000;

/** Longest free text: a description, a name of a log. */
export const TEXT_MAX = 256;

/** The collector's own name among the devices (`thermowell/collector/status`). */
export const RESERVED_DEVICE = 'collector';

const NAME_MAX = 64;
const UNDERSCORE = 0x5f;
const isInField: Letter = (code) => isAlphanumeric(code) || code === UNDERSCORE;
/** `.` `:` `-` as well */
const isInName: Letter = (code) => isInField(code) || code === 0x2e || code === 0x3a || code === 0x2d;

/** Names that would reach an object's prototype; refused everywhere. */
export function isPrototypeName(name: string): boolean {
  return name === '__proto__' || name === 'constructor' || name === 'prototype';
}

/** Device ids, sensors and logs: 1 to 64 of A-Z a-z 0-9 _ . : -, the first a letter or digit. */
export function isName(value: unknown): value is string {
  if (typeof value !== 'string' || value.length > NAME_MAX || !isAlphanumeric(value.charCodeAt(0))) return false;
  return consistsOf(value, isInName) && !isPrototypeName(value);
}

/** Fields of a batch, `temp_C`, `batt_V`: 1 to 64 of A-Z a-z 0-9 _, the first no digit. */
export function isFieldName(value: string): boolean {
  if (value.length > NAME_MAX || isDigit(value.charCodeAt(0))) return false;
  return consistsOf(value, isInField) && !isPrototypeName(value);
}

/**
 * One line of the journal:
 *
 *   ["9f3a17c2",41,2,"batch",{…}]\n
 *    │          │  │  │       └ the record's body (record.ts)
 *    │          │  │  └ its kind
 *    │          │  └ how many lines of the same group follow
 *    │          └ the group: all its lines were written at once and made durable by one sync
 *    └ CRC-32, in hex, of everything between the first comma and the end of the line
 *
 * Groups count up by one without a hole, and the lines of a group count down to 0. So the first line that is bad tells
 * to which group it belonged, and a line that is missing altogether is noticed.
 */
import { crc32 } from 'node:zlib';
import { hex } from './durable-file.js';
import type { Kind, Records } from './record.js';

export interface Line<K extends Kind = Kind> {
  group: number;
  /** lines of the group after this one */
  left: number;
  kind: K;
  body: Records[K];
}

const PREFIX = '["00000000",'.length;

/** The middle of a line, before it is known to which group it will belong. */
export function encodeRecord<K extends Kind>(kind: K, body: Records[K]): string {
  return `"${kind}",${JSON.stringify(body)}]`;
}

export function encodeLine(group: number, left: number, record: string): string {
  const rest = `${group},${left},${record}`;
  return `["${hex(crc32(rest))}",${rest}\n`;
}

/** The line in `bytes`, which end before its line feed, or null when it is no whole line. */
export function decodeLine(bytes: Buffer): Line | null {
  if (bytes.length < PREFIX || bytes.toString('latin1', 0, 2) !== '["') return null;
  if (bytes.toString('latin1', 10, PREFIX) !== '",') return null;
  const rest = bytes.subarray(PREFIX);
  if (bytes.toString('latin1', 2, 10) !== hex(crc32(rest))) return null;
  const [, group, left, kind, body] = JSON.parse(bytes.toString()) as [string, number, number, Kind, Records[Kind]];
  return { group, left, kind, body };
}

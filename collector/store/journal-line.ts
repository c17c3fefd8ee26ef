/**
 * One line of the journal:
 *
 *   ["9f3a17c2",41,1,3,"batch",{…}]\n
 *    │          │  │ │ │       └ the record's body (record.ts)
 *    │          │  │ │ └ its kind
 *    │          │  └─┴ which line of how many in its group
 *    │          └ the group: all its lines were written at once and made durable by one sync
 *    └ CRC-32, in hex, of everything between the first comma and the end of the line
 *
 * Groups count up by one, and so do the lines in a group. So the first line that is bad tells to which group it belonged,
 * and a line that is missing altogether is noticed.
 */
import { crc32 } from 'node:zlib';
import { hex } from './durable-file.js';
import type { Kind, Records } from './record.js';

export interface Line<K extends Kind = Kind> {
  group: number;
  /** which of the group's lines, from 1 */
  line: number;
  /** how many those are */
  lines: number;
  kind: K;
  body: Records[K];
}

type Parsed = [checksum: string, group: number, line: number, lines: number, kind: Kind, body: Records[Kind]];

const PREFIX = '["00000000",'.length;

/** The middle of a line, before it is known to which group it will belong. */
export function encodeRecord<K extends Kind>(kind: K, body: Records[K]): string {
  return `"${kind}",${JSON.stringify(body)}]`;
}

export function encodeLine(group: number, line: number, lines: number, record: string): string {
  const rest = `${group},${line},${lines},${record}`;
  return `["${hex(crc32(rest))}",${rest}\n`;
}

/** The line in `bytes`, which end before its line feed, or null when it is no whole line. */
export function decodeLine(bytes: Buffer): Line | null {
  if (bytes.length < PREFIX || bytes.toString('latin1', 0, 2) !== '["') return null;
  if (bytes.toString('latin1', 10, PREFIX) !== '",') return null;
  const rest = bytes.subarray(PREFIX);
  if (bytes.toString('latin1', 2, 10) !== hex(crc32(rest))) return null;
  const [, group, line, lines, kind, body] = JSON.parse(bytes.toString()) as Parsed;
  return { group, line, lines, kind, body };
}

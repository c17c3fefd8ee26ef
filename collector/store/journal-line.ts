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
 *
 * Behind the last line there may be blanks: room taken ahead, so that a sync has only data to write (journal-group.ts). They
 * belong to no line, and no line ends with one.
 */
import { crc32 } from 'node:zlib';
import { hex } from './envelope.js';
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

export const BLANK = 0x20;
const FEED = 0x0a;
const PREFIX = '["00000000",'.length;

/** The middle of a line, before it is known to which group it will belong. */
export function encodeRecord<K extends Kind>(kind: K, body: Records[K]): string {
  return `"${kind}",${JSON.stringify(body)}]`;
}

export function encodeLine(group: number, line: number, lines: number, record: string): string {
  const rest = `${group},${line},${lines},${record}`;
  return `["${hex(crc32(rest))}",${rest}\n`;
}

/** Bytes that a line takes at most, in UTF-8. */
export function lineRoom(record: string): number {
  return 64 + 3 * record.length;
}

/** Writes what `encodeLine` gives; the answer is where it ends. */
export function writeLine(
  into: Buffer,
  at: number,
  group: number,
  line: number,
  lines: number,
  record: string,
): number {
  const start = at + PREFIX;
  let end = start + into.write(`${group},${line},${lines},`, start, 'latin1');
  end += into.write(record, end);
  into.write(`["${hex(crc32(into.subarray(start, end)))}",`, at, 'latin1');
  into[end] = FEED;
  return end + 1;
}

/** Where the blanks at the end of a segment begin. */
export function endOfLines(bytes: Buffer): number {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === BLANK) end--;
  return end;
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

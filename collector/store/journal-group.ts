/**
 * A group of the journal as bytes, and behind it the room that is taken ahead: the file is filled with blanks beyond its
 * end, so that the sync of most groups finds all blocks in place and has neither a length nor an allocation to write. An
 * SD card is worn out by those more than by the data.
 */
import { BLANK, encodeRecord, lineRoom, writeLine } from './journal-line.js';
import type { Kind, PointsRecord, Records } from './record.js';
import { join, joinable } from './singles.js';

const PAGE = 4096;

/** Points in a row that are put together; fewer are a line each, which is easier to read. */
const JOIN_FROM = 8;

/** Room taken at once at most; at first as much as the segment has, so that a small one stays small. */
const AHEAD_MAX = 256 * 1024;

/** A buffer of this size is kept for the next group. */
const KEPT = 1024 * 1024;

export interface Encoded {
  /** lines, and blanks behind them; good until the next group is encoded */
  bytes: Buffer;
  /** bytes of the lines alone */
  length: number;
}

/** A record. */
export interface Entry {
  kind: Kind;
  body: Records[Kind];
}

export class GroupEncoder {
  #buffer = Buffer.alloc(0);

  /** The group that begins at byte `position` of a segment which has room up to byte `allocated`. */
  encode(group: number, entries: Entry[], position: number, allocated: number): Encoded {
    const records = toRecords(entries);
    const buffer = this.#roomFor(records.reduce((sum, record) => sum + lineRoom(record), AHEAD_MAX + PAGE));
    let length = 0;
    for (let i = 0; i < records.length; i++)
      length = writeLine(buffer, length, group, i + 1, records.length, records[i]!);
    const end = length + (position + length > allocated ? ahead(position + length) : 0);
    return { bytes: buffer.fill(BLANK, length, end).subarray(0, end), length };
  }

  #roomFor(bytes: number): Buffer {
    if (bytes <= this.#buffer.length) return this.#buffer;
    const larger = Buffer.allocUnsafeSlow(bytes);
    if (bytes <= KEPT) this.#buffer = larger;
    return larger;
  }
}

/** The records as text, points that came one by one put together where there are many in a row. */
function toRecords(entries: Entry[]): string[] {
  const records: string[] = [];
  for (let i = 0; i < entries.length;) {
    const { kind, body } = entries[i]!;
    const many = kind === 'points' ? pointsFrom(entries, i) : [];
    if (many.length >= JOIN_FROM) records.push(encodeRecord('singles', join(many)));
    else records.push(encodeRecord(kind, body));
    i += many.length >= JOIN_FROM ? many.length : 1;
  }
  return records;
}

/** The points from entry `first` on that can stand in one record. */
function pointsFrom(entries: Entry[], first: number): PointsRecord[] {
  const points: PointsRecord[] = [];
  for (let i = first; i < entries.length; i++) {
    const { kind, body } = entries[i]!;
    if (kind !== 'points') break;
    if (!joinable(points[0] ?? (body as PointsRecord), body as PointsRecord)) break;
    points.push(body as PointsRecord);
  }
  return points;
}

/** Blanks to write behind byte `end`, up to the end of a page. */
function ahead(end: number): number {
  if (end < PAGE) return 0;
  return Math.ceil((end + Math.min(end, AHEAD_MAX)) / PAGE) * PAGE - end;
}

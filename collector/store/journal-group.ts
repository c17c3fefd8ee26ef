/**
 * A group of the journal as bytes, and behind it the room that is taken ahead: the file is filled with blanks beyond its
 * end, so that the sync of most groups finds all blocks in place and has neither a length nor an allocation to write. An
 * SD card is worn out by those more than by the data.
 */
import { BLANK, lineRoom, writeLine } from './journal-line.js';

const PAGE = 4096;

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

export class GroupEncoder {
  #buffer = Buffer.alloc(0);

  /** The group that begins at byte `position` of a segment which has room up to byte `allocated`. */
  encode(group: number, records: { record: string }[], position: number, allocated: number): Encoded {
    const buffer = this.#roomFor(records.reduce((sum, { record }) => sum + lineRoom(record), AHEAD_MAX + PAGE));
    let length = 0;
    for (let i = 0; i < records.length; i++)
      length = writeLine(buffer, length, group, i + 1, records.length, records[i]!.record);
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

/** Blanks to write behind byte `end`, up to the end of a page. */
function ahead(end: number): number {
  if (end < PAGE) return 0;
  return Math.ceil((end + Math.min(end, AHEAD_MAX)) / PAGE) * PAGE - end;
}

/**
 * Reads the journal at start-up. A group is written only after the one before it is synced, so:
 *
 *   - whole lines in order (journal-line.ts) are replayed, group by group;
 *   - from the first line that is not whole: when a line of a later group follows anywhere, that group was written after
 *     the broken one was synced and perhaps acknowledged, so it is damage and the start is refused;
 *   - otherwise it is the tail of a group that was never acknowledged: the whole group is cut off and reported;
 *   - a whole line that is not the one expected can't come from a write that was cut short: that is damage too;
 *   - blanks at the end of a segment are room that was taken ahead, and no line.
 */
import path from 'node:path';
import { Damage, list, syncFolder, type Disk } from './disk.js';
import { JOURNAL, segmentName, type JournalEnd } from './segment.js';
import { decodeLine, endOfLines, type Line } from './journal-line.js';
import { StoreError } from './store.js';

export interface Recovered {
  end: JournalEnd;
  /** more than one: a checkpoint had begun */
  segments: number;
  /** bytes of the records that were replayed */
  bytes: number;
  /** what was cut, in words, or null */
  cut: string | null;
}

/** A place in the journal. */
interface Place {
  segment: number;
  offset: number;
}

/** The end of a journal in which nothing is right. */
const NOTHING: JournalEnd = { segment: 0, group: 0, bytes: 0 };

/** Damage in the journal; up to `good` all of it is right. */
export class JournalDamage extends Damage {
  readonly good: JournalEnd;

  constructor({ segment, offset }: Place, what: string, good: JournalEnd) {
    super(segmentName(segment), offset, what);
    this.good = good;
  }
}

/** The journal as it was found. */
export interface Found extends Recovered {
  /** the last segment there is; 0 when there is none */
  last: number;
}

/**
 * Replays all segments from `first` on, in which the first group is `group` (null when no catalog says so); removes
 * older ones; leaves everything synced.
 * @throws JournalDamage
 */
export async function recover(
  disk: Disk,
  folder: string,
  first: { segment: number; group: number } | null,
  replay: (line: Line) => void,
): Promise<Recovered> {
  const { last, ...recovered } = await readJournal(disk, folder, first, replay);
  if (last > 0) {
    await removeOlder(disk, folder, first?.segment ?? 1);
    await cutAfter(disk, folder, recovered.end, last);
  }
  return recovered;
}

/** What `recover` does, with nothing changed on disk: `cut` is what it would cut. @throws JournalDamage */
export async function readJournal(
  disk: Disk,
  folder: string,
  first: { segment: number; group: number } | null,
  replay: (line: Line) => void,
): Promise<Found> {
  const segments = await listSegments(disk, folder, first?.segment ?? 1);
  const last = segments.at(-1);
  if (last === undefined) {
    if (first !== null) throw new JournalDamage({ segment: first.segment, offset: 0 }, 'the file is missing', NOTHING);
    return { end: { segment: 1, group: 0, bytes: 0 }, segments: 0, bytes: 0, cut: null, last: 0 };
  }
  const reader = new Reader(first?.group ?? 1, replay);
  const lengths = new Map<number, number>();
  for (const [i, segment] of segments.entries()) {
    const expected = (first?.segment ?? 1) + i;
    if (segment !== expected)
      throw new JournalDamage({ segment: expected, offset: 0 }, 'the file is missing', reader.end());
    const bytes = await readSegment(disk, folder, segment);
    lengths.set(segment, endOfLines(bytes));
    reader.read(segment, bytes.subarray(0, lengths.get(segment)));
  }
  const end = reader.end();
  // The catalog names a segment only when its first line is synced.
  if (first !== null && end.group < first.group)
    throw new JournalDamage({ segment: first.segment, offset: 0 }, 'the first line is not whole', NOTHING);
  let tail = -end.bytes;
  for (let segment = end.segment; segment <= last; segment++) tail += lengths.get(segment) ?? 0;
  const cut = tail === 0 ? null : `${segmentName(end.segment)}: cut ${tail} unacknowledged bytes at byte ${end.bytes}`;
  return { end, segments: segments.length, bytes: reader.bytes, cut, last };
}

/** Not damage that may be cut off: what can't be read now may be read from a copy of the disk. @throws StoreError `failed` */
async function readSegment(disk: Disk, folder: string, segment: number): Promise<Buffer> {
  const name = segmentName(segment);
  try {
    return await disk.readFile(path.join(folder, name));
  } catch (error) {
    throw new StoreError('failed', `reading ${name} failed: ${(error as Error).message}`, { cause: error });
  }
}

/** Of the segments that are written now; 1 had all batches in lists, 2 knew of no digits that stand alone. */
const VERSION = 3;

/** The automaton over the lines of all segments. */
class Reader {
  readonly #replay: (line: Line) => void;
  /** the group that has to come next */
  #group: number;
  #lines: Line[] = [];
  /** where that group begins: everything before is good */
  #good: Place = { segment: 0, offset: 0 };
  /** of whole groups */
  bytes = 0;
  /** the first line that is not whole */
  #bad: Place | null = null;

  constructor(group: number, replay: (line: Line) => void) {
    this.#group = group;
    this.#replay = replay;
  }

  read(segment: number, bytes: Buffer): void {
    if (this.#bad === null && this.#lines.length === 0) this.#good = { segment, offset: 0 };
    let offset = 0;
    while (offset < bytes.length) {
      const feed = bytes.indexOf(0x0a, offset);
      const line = feed < 0 ? null : decodeLine(bytes.subarray(offset, feed));
      const after = feed < 0 ? bytes.length : feed + 1;
      this.#take(line, { segment, offset }, after);
      offset = after;
    }
  }

  #take(line: Line | null, place: Place, after: number): void {
    if (line === null) {
      this.#bad ??= place;
      return;
    }
    if (this.#bad !== null) {
      if (line.group > this.#group)
        throw new JournalDamage(this.#bad, 'the line is not whole, and later groups follow', this.end());
      return;
    }
    const what = this.#complaint(line, place);
    if (what !== null) throw new JournalDamage(place, what, this.end());
    this.#lines.push(line);
    if (line.line < line.lines) return;
    for (const whole of this.#lines) this.#replay(whole);
    if (line.kind !== 'segment') this.bytes += after - this.#good.offset;
    this.#lines = [];
    this.#group++;
    this.#good = { segment: place.segment, offset: after };
  }

  /** Why a whole line is not the one that has to come, or null. */
  #complaint(line: Line, { segment, offset }: Place): string | null {
    if (line.group !== this.#group) return `group ${this.#group} was expected, not ${line.group}`;
    const expected = this.#lines.length + 1;
    if (line.line !== expected) return `line ${expected} of group ${line.group} was expected, not ${line.line}`;
    if ((line.kind === 'segment') !== (offset === 0)) return 'the first line, and only that, must name the segment';
    if (line.kind !== 'segment') return null;
    const { number, version } = (line as Line<'segment'>).body;
    if (version > VERSION) return `version ${String(version)} is not known to this collector`;
    return number === segment ? null : `it says that it is segment ${number}`;
  }

  end(): JournalEnd {
    return { segment: this.#good.segment, group: this.#group - 1, bytes: this.#good.offset };
  }
}

/** Numbers of the segments from `first` on, ascending. */
export async function listSegments(disk: Disk, folder: string, first = 1): Promise<number[]> {
  const names = await list(disk, path.join(folder, JOURNAL));
  const numbers = names.filter((name) => /^\d{8}\.ndjson$/.test(name)).map((name) => Number.parseInt(name, 10));
  return numbers.filter((number) => number >= first).sort((a, b) => a - b);
}

async function removeOlder(disk: Disk, folder: string, first: number): Promise<void> {
  for (const number of await listSegments(disk, folder))
    if (number < first) await disk.rm(path.join(folder, segmentName(number)), { force: true });
}

/** Makes the journal end at `end`, durably: what was replayed may so far be only in the page cache. */
async function cutAfter(disk: Disk, folder: string, end: JournalEnd, last: number): Promise<void> {
  for (let segment = last; segment > end.segment; segment--)
    await disk.rm(path.join(folder, segmentName(segment)), { force: true });
  const handle = await disk.open(path.join(folder, segmentName(end.segment)), 'r+');
  try {
    await handle.truncate(end.bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await syncFolder(disk, path.join(folder, JOURNAL));
}

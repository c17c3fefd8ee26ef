/**
 * The append-only ring of readings on raw flash (bytes: head.ts, record.ts). A reading is on flash once `append` has
 * returned its number, and stays there until `acknowledge` passes it or newer readings overrun it; so it is after a
 * power cut at any byte. A number names one reading for ever; only what was torn before `append` returned gives its
 * number to the next one. Holds no readings in memory.
 */
import type { Bookmark } from './bookmark.js';
import { dateBoot, type Dating } from './dating.js';
import type { Flash } from './flash.js';
import type { Head } from './head.js';
import type { Reading } from './reading.js';
import { encodeDoubt, encodeLog, encodeMark, type Mark, type ReadingRecord, type Run } from './record.js';
import { Ring, stepBack, type Place } from './ring.js';
import { readSlice, type Slice, type Telling } from './slice.js';
import { NO_BOOT, Writer } from './writer.js';

export interface LogOptions {
  /** from 0 to below 1; the log is named by it */
  random: () => number;
  /** after a sleep through which the uptime went on, so that the boot goes on as well: the log's bookmark before it */
  bookmark?: Bookmark | null;
}

export class Log {
  private readonly ring: Ring;
  private readonly writer: Writer;
  private readonly random: () => number;
  /** where `open` is to go on; not kept once it has */
  private goesOnAt: Bookmark | null;
  private log = 0;
  private nextNumber = 0;
  private oldestNumber = 0;
  private mark: Mark = { acknowledged: 0, lost: 0 };
  private doubt: number | null = null;
  /** before reading `oldestNumber`; null where there is none, or after a wake by bookmark */
  private front: Place | null = null;
  /** as in the bookmark that `open` went on by; null where `front` knows */
  private oldestIn: number | null = null;
  /** behind what was read last */
  private ahead: Place | null = null;
  /** of the boot that was looked up last */
  private dating: { boot: number; dating: Dating | null } | null = null;

  constructor(flash: Flash, { random, bookmark = null }: LogOptions) {
    this.ring = new Ring(flash);
    this.writer = new Writer(this.ring);
    this.random = random;
    this.goesOnAt = bookmark;
  }

  /**
   * Finds what is on flash; starts a log where there is none.
   * @throws Error where no sector can be written
   */
  open(): void {
    const bookmark = this.goesOnAt;
    this.goesOnAt = null;
    if (bookmark && this.resume(bookmark)) return;
    const ring = this.ring;
    const found = ring.open();
    if (!found) ring.begin({ log: this.newName(), first: 0, acknowledged: 0, lost: 0, boot: NO_BOOT });
    const { log, acknowledged, lost } = ring.newest;
    this.log = log;
    this.mark = { acknowledged, lost };
    const place = ring.enter(ring.newest);
    this.doubt = null;
    let last: ReadingRecord | null = null;
    for (let record = ring.step(place); record; record = ring.step(place)) {
      if (record.kind === 'reading') last = record;
      else if (record.kind === 'doubt') this.doubt ??= record.number;
      else if (record.kind === 'mark' || record.kind === 'log') this.mark = record.mark;
      if (record.kind === 'log') {
        this.log = record.log;
        this.doubt = null;
      }
    }
    this.nextNumber = Math.max(place.number, this.mark.acknowledged);
    if (found) this.doubt ??= this.nextNumber;
    this.writer.resume(place, last ?? this.lastBefore(place.sequence), bookmark?.boot);
    this.front = this.ahead = this.dating = null;
    this.findOldest(this.mark.acknowledged);
  }

  /** The log's name, 8 hex digits: another one once the buffer was formatted or `restart`ed. */
  get id(): string {
    return this.log.toString(16).padStart(8, '0');
  }

  /** For `LogOptions`, over a sleep. */
  get bookmark(): Bookmark {
    return {
      ...this.ring.mark,
      ...this.writer.mark,
      ...this.mark,
      log: this.log,
      next: this.nextNumber,
      doubtful: this.doubt,
      oldest: this.oldestNumber,
      oldestIn: this.front?.sequence ?? this.oldestIn ?? this.ring.newest.sequence,
    };
  }

  /** The share of the ring's sectors that hold readings not yet acknowledged, 0 to 1; at 1 the next ones overrun them. */
  get fullness(): number {
    const { sequence, oldestIn } = this.bookmark;
    return Math.min(1, (sequence - oldestIn + 1) / (this.ring.sectors - 1));
  }

  /** The lowest number still here. */
  get oldest(): number {
    return this.oldestNumber;
  }

  /** The number of the next reading. */
  get next(): number {
    return this.nextNumber;
  }

  /** Numbers from `oldest` to below `next`. */
  get pending(): number {
    return this.nextNumber - this.oldestNumber;
  }

  /**
   * From this number on the collector may know other readings, which were on flash and are no more: what rots there can't
   * be seen. Till `trust` or `restart`, over boots as well; null in a log that has just been begun.
   */
  get doubtful(): number | null {
    return this.doubt;
  }

  /** Readings that were overrun or damaged before they were acknowledged, since the log was started. */
  get lost(): number {
    return this.mark.lost + Math.max(0, this.oldestNumber - this.mark.acknowledged);
  }

  /** Sectors given up since `open` because they don't read back as written. */
  get badSectors(): number {
    return this.ring.badSectors;
  }

  /**
   * The reading's number; the reading is on flash by then. A value comes back exactly as it was, one that isn't finite
   * as null; the time is rounded to ms.
   * @throws RangeError for a reading that no sector could hold; Error where no sector can be written
   */
  append(reading: Reading): number {
    for (let tries = 0; tries <= this.ring.sectors; tries++) {
      // Before the first reading that it is of, the doubt; `begin` has seen to later ones.
      const noted = this.doubt !== this.nextNumber || this.noteDoubt();
      if (noted && this.writer.write(reading, this.nextNumber)) {
        if (this.oldestNumber === this.nextNumber) this.oldestIn = this.ring.newest.sequence;
        return this.nextNumber++;
      }
      this.begin();
    }
    throw new Error('no sector of the flash keeps the reading');
  }

  /**
   * At most `max` readings from number `first` on, or from the lowest one above it, of at most `values` values in all
   * but for a single reading's; null where there is none. Ends early where the boot, the clock, `estimated` or the set
   * of fields changes, or a number is missing.
   */
  read(first: number, max: number, values = Infinity): Slice | null {
    const place = this.find(Math.max(first, this.oldestNumber));
    if (!place) return null;
    const slice = readSlice(this.ring, place, max, values, (run, behind) => this.tell(run, behind));
    this.ahead = place;
    return slice;
  }

  /**
   * Forgets every reading below `next`; that is on flash by then.
   * @throws RangeError beyond the log's own `next`; Error where no sector can be written: forgotten till the next `open`
   */
  acknowledge(next: number): void {
    if (next > this.nextNumber)
      throw new RangeError(`can't forget up to ${next}, the log's next number is ${this.nextNumber}`);
    if (this.forget(next) && !this.ring.append(encodeMark(this.mark, this.ring.newest.checksum))) this.begin();
  }

  /** The collector knows no number from `doubtful` on: from there on a number names one reading again. */
  trust(): void {
    const { doubt, ring } = this;
    if (doubt === null) return;
    this.doubt = null;
    for (let head: Head | null = ring.newest; head; head = head.first > doubt ? ring.preceding(head.sequence) : null) {
      const place = ring.enter(head);
      for (let record = ring.step(place); record; record = ring.step(place))
        if (record.kind === 'doubt') ring.strike(place.sequence, place.offset - record.length);
    }
  }

  /**
   * Tells the Unix time at which the uptime was 0, ms, as soon as it is known and whenever it is corrected. The first
   * one of a boot dates its readings taken before; it is on flash by then where there are any.
   * @throws Error where no sector can be written
   */
  markTime(wall: number): void {
    this.dating = null;
    if (!this.writer.markTime(Math.round(wall))) this.begin();
  }

  /**
   * Gives the log another name, under which the readings not yet acknowledged go on: for a collector that knows
   * numbers of this log which it doesn't know itself (protocol.md §3 "Numbers"). It knows those before `doubtful` too,
   * which are what they were: they are forgotten.
   */
  restart(): void {
    this.forget(this.doubt ?? 0);
    const log = this.newName();
    const written = this.ring.append(encodeLog(log, this.mark, this.ring.newest.checksum));
    this.log = log;
    if (!written) this.begin();
    this.trust();
  }

  /** Goes on by a bookmark, having read a sector's head, the boot and the run; false where they aren't as it says. */
  private resume(bookmark: Bookmark): boolean {
    const ring = this.ring;
    if (!ring.resume(bookmark)) return false;
    const { log, next, doubtful, oldest, oldestIn, acknowledged, lost, boot, bootAt, runAt, free } = bookmark;
    const place = ring.enter(ring.newest);
    const read = (at: number, kind: 'boot' | 'run'): boolean => {
      if (at === 0) return true;
      place.offset = at;
      return ring.step(place)?.kind === kind;
    };
    if (!read(bootAt, 'boot') || !read(runAt, 'run') || place.boot.number !== boot) return false;
    place.offset = free;
    this.log = log;
    this.mark = { acknowledged, lost };
    this.nextNumber = next;
    this.doubt = doubtful;
    this.oldestNumber = oldest;
    this.oldestIn = oldestIn;
    this.front = this.ahead = this.dating = null;
    this.writer.resume(place, null, boot);
    return true;
  }

  /** Begins the next sector; the readings of the one it takes are gone. */
  private begin(): void {
    this.writer.begin({ log: this.log, first: this.nextNumber, ...this.mark });
    this.findOldest(this.oldestNumber);
    // One that doesn't read back makes the sector full, and the next one begins.
    if (this.doubt !== this.nextNumber) this.noteDoubt();
  }

  /** Puts the doubt on flash; true without one, false where the sector doesn't take it. */
  private noteDoubt(): boolean {
    const { doubt, ring } = this;
    return doubt === null || ring.append(encodeDoubt(doubt, ring.newest.checksum));
  }

  /** In memory; false where nothing before `next` is left to be forgotten. */
  private forget(next: number): boolean {
    const { acknowledged, lost } = this.mark;
    if (next <= acknowledged) return false;
    this.mark = { acknowledged: next, lost: lost + Math.max(0, Math.min(next, this.oldestNumber) - acknowledged) };
    if (next > this.oldestNumber) this.findOldest(next);
    return true;
  }

  private lastBefore(sequence: number): ReadingRecord | null {
    const ring = this.ring;
    let last: ReadingRecord | null = null;
    for (let head = ring.preceding(sequence); head && !last; head = ring.preceding(head.sequence)) {
      const place = ring.enter(head);
      for (let record = ring.step(place); record; record = ring.step(place))
        if (record.kind === 'reading') last = record;
    }
    return last;
  }

  /** Before the first reading from `number` on; null where there is none. */
  private find(number: number): Place | null {
    const ring = this.ring;
    if (number >= this.nextNumber) return null;
    const known = [this.front, this.ahead].find((place) => place?.number === number && ring.holds(place.sequence));
    if (known) return { ...known };
    let head = ring.following(ring.newest.sequence - ring.sectors)!;
    if (head.first < number) {
      head = ring.newest;
      while (head.first > number) head = ring.preceding(head.sequence)!;
    }
    const place = ring.enter(head);
    let record = ring.nextReading(place);
    while (record && record.number < number) record = ring.nextReading(place);
    if (record) stepBack(place, record);
    return record && place;
  }

  private findOldest(number: number): void {
    this.oldestIn = null;
    this.front = this.find(number);
    this.oldestNumber = this.front ? this.front.number : this.nextNumber;
  }

  private tell(run: Run, behind: Place): Telling {
    if (run.clock === 'unix') return { dating: null, dated: true };
    const { number, wall } = run.boot;
    if (wall !== null) return { dating: { wall, until: Infinity, estimated: false }, dated: true };
    if (this.dating?.boot !== number)
      this.dating = { boot: number, dating: dateBoot(this.ring, behind, this.writer.boot) };
    const { dating } = this.dating;
    return { dating, dated: dating !== null || number === this.writer.boot.number };
  }

  private newName(): number {
    const name = Math.floor(this.random() * 0x1_0000_0000) >>> 0;
    return name === this.log ? (name + 1) >>> 0 : name;
  }
}

/**
 * The records of the log's sectors, little-endian. Each is proved by a checksum, its last four bytes, whose seed is the
 * checksum of what the record depends on: a sector's head → boot → run → reading. So a record is valid only in its own
 * place; what a damaged run described is gone rather than misread.
 *
 *   boot     'b' · u32 boot · u48 wall · u48 lead · u48 after · u32 checksum                           27 bytes
 *   run      'r' · u16 length · u32 number · u8 clock · u48 base · u8 columns ·
 *                  { u8 form · u8 n · sensor · u8 n · field } … · u32 checksum                         19 and the names
 *   reading  'v' · u8 number, its low byte · i32 time − base · values · u32 checksum                   10 and the values
 *   mark     'm' · u32 acknowledged · u32 lost · u32 checksum                                          13 bytes
 *   log      'l' · u32 log · u32 acknowledged · u32 lost · u32 checksum                                17 bytes
 *   doubt    'd' · u32 number · u32 checksum                                                            9 bytes
 *
 * A boot and a mark hold from there on, a run for the readings up to the next run. A `log` renames the log, and is a mark
 * as well. A `doubt` says from which number on the collector may know other readings, and holds until it is struck out:
 * its first byte is cleared.
 */
import { BOOT_BYTES, getBoot, getUint48, putBoot, putUint48, type Boot } from './boot.js';
import { DOUBLE, getValue, putValue, width, type Column, type Form } from './column.js';
import { crc32 } from './crc.js';
import type { ClockKind } from './protocol/batch.js';
import { textOf } from './protocol/letters.js';
import type { Reading } from './reading.js';

/** What readings have in common that follow each other. */
export interface Run {
  readonly boot: Boot;
  readonly clock: ClockKind;
  /** what the readings' times count from, ms on `clock` */
  readonly base: number;
  readonly columns: readonly Column[];
  readonly checksum: number;
}

export interface Mark {
  /** everything before this number is forgotten */
  readonly acknowledged: number;
  /** readings before `acknowledged` that were overrun */
  readonly lost: number;
}

export interface ReadingRecord {
  kind: 'reading';
  length: number;
  run: Run;
  number: number;
  /** ms on the run's clock */
  time: number;
  view: DataView;
}

export type LogRecord =
  | { kind: 'boot'; length: number; boot: Boot; checksum: number }
  | { kind: 'run'; length: number; run: Run; number: number }
  | ReadingRecord
  | { kind: 'mark'; length: number; mark: Mark }
  | { kind: 'log'; length: number; log: number; mark: Mark }
  | { kind: 'doubt'; length: number; number: number };

/** Where a record stands: what its checksum's seed and its meaning depend on. */
export interface Context {
  /** of the sector's head */
  readonly head: number;
  /** of the newest boot record, or of the head, which holds one as well */
  readonly bootChecksum: number;
  readonly boot: Boot;
  readonly run: Run | null;
  /** the number expected next */
  readonly number: number;
}

const BOOT = 0x62;
const RUN = 0x72;
const READING = 0x76;
const MARK = 0x6d;
const LOG = 0x6c;
const DOUBT = 0x64;

const CHECKSUM = 4;
const RUN_NAMES = 15;
const READING_VALUES = 6;
export const DOUBT_BYTES = 5 + CHECKSUM;

/** The longest a time may lie from its run's base, ms. */
export const REACH = 0x7fff_ffff;

export function encodeBoot(boot: Boot, head: number): Uint8Array {
  const view = blank(BOOT, 1 + BOOT_BYTES + CHECKSUM);
  putBoot(view, 1, boot);
  return seal(view, head);
}

/** @throws RangeError for a name that isn't 1 to 255 ASCII characters, or more than 255 columns */
export function encodeRun(run: Omit<Run, 'checksum' | 'boot'>, number: number, bootChecksum: number): Uint8Array {
  const { columns } = run;
  if (columns.length > 255) throw new RangeError(`${columns.length} columns are too many for the log`);
  const names = columns.reduce((sum, { sensor, field }) => sum + 3 + sensor.length + field.length, 0);
  const view = blank(RUN, RUN_NAMES + names + CHECKSUM);
  view.setUint16(1, view.byteLength, true);
  view.setUint32(3, number, true);
  view.setUint8(7, run.clock === 'unix' ? 1 : 0);
  putUint48(view, 8, run.base);
  view.setUint8(14, columns.length);
  let at = RUN_NAMES;
  columns.forEach(({ sensor, field, form }) => {
    view.setUint8(at++, form);
    at = putName(view, at, sensor);
    at = putName(view, at, field);
  });
  return seal(view, bootChecksum);
}

/** A reading of this run; the caller has seen to it that its time and values fit. */
export function encodeReading(reading: Reading, number: number, run: Run): Uint8Array {
  const view = blank(READING, readingBytes(run.columns));
  view.setUint8(1, number & 0xff);
  view.setInt32(2, Math.round(reading.time) - run.base, true);
  let at = READING_VALUES;
  run.columns.forEach(({ sensor, field, form }) => {
    putValue(view, at, form, reading.sensors[sensor]![field]!);
    at += width(form);
  });
  return seal(view, run.checksum);
}

export function encodeMark(mark: Mark, head: number): Uint8Array {
  const view = blank(MARK, 9 + CHECKSUM);
  putMark(view, 1, mark);
  return seal(view, head);
}

export function encodeLog(log: number, mark: Mark, head: number): Uint8Array {
  const view = blank(LOG, 13 + CHECKSUM);
  view.setUint32(1, log, true);
  putMark(view, 5, mark);
  return seal(view, head);
}

export function encodeDoubt(number: number, head: number): Uint8Array {
  const view = blank(DOUBT, DOUBT_BYTES);
  view.setUint32(1, number, true);
  return seal(view, head);
}

/** The length that the record would have whose first bytes these are; 0 where none can begin so. */
export function lengthOf(bytes: Uint8Array, { run }: Context): number {
  switch (bytes[0]) {
    case BOOT:
      return 1 + BOOT_BYTES + CHECKSUM;
    case RUN:
      return bytes.length < 3 ? 0 : Math.max(RUN_NAMES + CHECKSUM, bytes[1]! | (bytes[2]! << 8));
    case READING:
      return run ? readingBytes(run.columns) : 0;
    case MARK:
      return 9 + CHECKSUM;
    case LOG:
      return 13 + CHECKSUM;
    case DOUBT:
      return DOUBT_BYTES;
    default:
      return 0;
  }
}

/** The record in these bytes, as many as `lengthOf` said; null where they don't prove valid. */
export function decodeRecord(bytes: Uint8Array, context: Context): LogRecord | null {
  const { head, bootChecksum, boot, run, number } = context;
  const length = bytes.length;
  const view = new DataView(bytes.buffer, bytes.byteOffset, length);
  const checksum = view.getUint32(length - CHECKSUM, true);
  const proves = (seed: number): boolean => crc32(bytes, length - CHECKSUM, seed) === checksum;
  switch (bytes[0]) {
    case BOOT:
      return proves(head) ? { kind: 'boot', length, boot: getBoot(view, 1), checksum } : null;
    case RUN:
      return proves(bootChecksum)
        ? { kind: 'run', length, run: getRun(view, boot, checksum), number: view.getUint32(3, true) }
        : null;
    case READING: {
      if (!run || !proves(run.checksum)) return null;
      const time = run.base + view.getInt32(2, true);
      return { kind: 'reading', length, run, number: number + ((view.getUint8(1) - number) & 0xff), time, view };
    }
    case MARK:
      return proves(head) ? { kind: 'mark', length, mark: getMark(view, 1) } : null;
    case LOG:
      return proves(head) ? { kind: 'log', length, log: view.getUint32(1, true), mark: getMark(view, 5) } : null;
    case DOUBT:
      return proves(head) ? { kind: 'doubt', length, number: view.getUint32(1, true) } : null;
    default:
      return null;
  }
}

/** A reading's values, one per column of its run. */
export function valuesOf({ run, view }: ReadingRecord): (number | null)[] {
  let at = READING_VALUES;
  return run.columns.map(({ form }) => {
    const value = getValue(view, at, form);
    at += width(form);
    return value;
  });
}

/** The last four bytes of a record. */
export function checksumOf(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset + bytes.length - CHECKSUM).getUint32(0, true);
}

/** Writes the checksum into the last four bytes. */
export function seal(view: DataView, seed: number): Uint8Array {
  const bytes = new Uint8Array(view.buffer);
  const length = bytes.length - CHECKSUM;
  view.setUint32(length, crc32(bytes, length, seed), true);
  return bytes;
}

function readingBytes(columns: readonly Column[]): number {
  return columns.reduce((sum, { form }) => sum + width(form), READING_VALUES + CHECKSUM);
}

function getRun(view: DataView, boot: Boot, checksum: number): Run {
  const columns: Column[] = [];
  let at = RUN_NAMES;
  for (let n = view.getUint8(14); n > 0; n--) {
    const form = Math.min(view.getUint8(at++), DOUBLE) as Form;
    const sensor = getName(view, at);
    at += 1 + sensor.length;
    const field = getName(view, at);
    at += 1 + field.length;
    columns.push({ sensor, field, form });
  }
  return { boot, clock: view.getUint8(7) === 1 ? 'unix' : 'uptime', base: getUint48(view, 8), columns, checksum };
}

function putMark(view: DataView, offset: number, { acknowledged, lost }: Mark): void {
  view.setUint32(offset, acknowledged, true);
  view.setUint32(offset + 4, lost, true);
}

function getMark(view: DataView, offset: number): Mark {
  return { acknowledged: view.getUint32(offset, true), lost: view.getUint32(offset + 4, true) };
}

function blank(kind: number, length: number): DataView {
  const view = new DataView(new ArrayBuffer(length));
  view.setUint8(0, kind);
  return view;
}

function putName(view: DataView, offset: number, name: string): number {
  if (name.length === 0 || name.length > 255) throw new RangeError(`"${name}" is not 1 to 255 characters`);
  view.setUint8(offset, name.length);
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    if (code > 126) throw new RangeError(`"${name}" is not ASCII`);
    view.setUint8(offset + 1 + i, code);
  }
  return offset + 1 + name.length;
}

function getName(view: DataView, offset: number): string {
  return textOf(new Uint8Array(view.buffer, view.byteOffset + offset + 1, view.getUint8(offset)));
}

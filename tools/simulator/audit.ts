/**
 * Reads back what the collector has of a device and compares all of it with the diary: every reading there, once, at its
 * time, with the value that the probe held.
 */
import type { Diary, Track } from './diary.js';

/** The collector as the audit asks it (protocol.md §2). */
export interface CollectorReader {
  devices(): Promise<{ device_id: string; sensors: Record<string, number>; ledger: LedgerCounts[] }[]>;
  columns(series: string, query: { from: number; to: number; fields: string }): Promise<Columns>;
}

export interface LedgerCounts {
  stored: number;
  lost: number;
  quarantined: number;
  duplicates: number;
}

export interface Columns {
  time: number[];
  fields: Record<string, unknown[]>;
  /** indices of the points whose time the device had to guess */
  estimated?: number[];
}

/** In readings, but for `points`. */
export interface Finding {
  device_id: string;
  /** what the device's log took */
  taken: number;
  /** of these, what the collector has whole and once */
  stored: number;
  /** what arrived more than once, by the collector's ledger */
  duplicates: number;
  /** what the collector will never get */
  lost: number;
  /** points read back and found right */
  points: number;
  /** of these, at a time that the device had to guess */
  estimated: number;
  /** values that are null though the probe had one to give */
  gaps: number;
  /** how many things aren't as they must be, and the first of them in words */
  wrong: number;
  faults: string[];
}

/** Points asked for at once: a series of a year is read piece by piece. */
const WINDOW_MS = 14 * 24 * 3_600_000;
/** How far a guessed time may lie outside the days simulated. */
const MARGIN_MS = 24 * 3_600_000;
const FAULTS_TOLD = 20;

/** The finding for one device. */
export async function audit(device_id: string, diary: Diary, collector: CollectorReader): Promise<Finding> {
  const device = (await collector.devices()).find((one) => one.device_id === device_id);
  const finding: Finding = {
    device_id,
    taken: diary.times.length,
    stored: 0,
    duplicates: 0,
    lost: 0,
    points: 0,
    estimated: 0,
    gaps: diary.gaps,
    wrong: 0,
    faults: [],
  };
  if (device === undefined) {
    finding.lost = finding.taken;
    if (finding.taken > 0) tell(finding, 'the collector does not know the device');
    return finding;
  }
  const seen = new Marks(diary.times.length);
  for (const track of diary.tracks) {
    const series = device.sensors[track.sensor];
    const columns = series === undefined ? { time: [], fields: {} } : await readSeries(series, track, diary, collector);
    compare(track, diary, columns, seen, finding);
  }
  const ledger = sum(device.ledger);
  finding.stored = seen.count();
  finding.duplicates = ledger.duplicates;
  finding.lost = finding.taken - finding.stored;
  if (ledger.stored !== finding.stored)
    tell(finding, `the collector's ledger says ${ledger.stored} stored, ${finding.stored} were found`);
  if (ledger.quarantined > 0) tell(finding, `${ledger.quarantined} readings are in quarantine`);
  return finding;
}

/** Which readings the collector has whole: found in one series at least, and missed in none. */
class Marks {
  readonly #found: Uint8Array;
  readonly #missed: Uint8Array;

  constructor(length: number) {
    this.#found = new Uint8Array(length);
    this.#missed = new Uint8Array(length);
  }

  find(index: number): void {
    this.#found[index] = 1;
  }

  miss(index: number): void {
    this.#missed[index] = 1;
  }

  count(): number {
    return this.#found.filter((found, index) => found === 1 && this.#missed[index] === 0).length;
  }
}

async function readSeries(
  series: number,
  { field }: Track,
  diary: Diary,
  collector: CollectorReader,
): Promise<Columns> {
  const all: Required<Columns> = { time: [], fields: { [field]: [] }, estimated: [] };
  const end = diary.times.at(-1)! + MARGIN_MS;
  for (let from = diary.times[0]! - MARGIN_MS; from <= end; from += WINDOW_MS) {
    const to = Math.min(from + WINDOW_MS - 1, end);
    const { time, fields, estimated = [] } = await collector.columns(String(series), { from, to, fields: field });
    for (const index of estimated) all.estimated.push(all.time.length + index);
    for (const at of time) all.time.push(at);
    for (const value of fields[field] ?? []) all.fields[field]!.push(value);
  }
  return all;
}

/** Points of known time are looked up by it; those of guessed times have to be the remaining readings, in order. */
function compare(track: Track, { times }: Diary, columns: Columns, seen: Marks, finding: Finding): void {
  const values = columns.fields[track.field] ?? [];
  const guessed = new Set(columns.estimated);
  const open = new Map<number, number>();
  times.forEach((time, index) => {
    if (track.values[index] !== undefined) open.set(time, index);
  });
  const name = `${track.sensor} ${track.field}`;
  const take = (index: number, point: number): void => {
    open.delete(times[index]!);
    seen.find(index);
    if (values[point] === track.values[index]) return void finding.points++;
    const at = new Date(times[index]!).toISOString();
    tell(finding, `${name} at ${at} is ${String(values[point])}, the probe held ${String(track.values[index])}`);
  };
  columns.time.forEach((time, point) => {
    if (guessed.has(point)) return;
    const index = open.get(time);
    if (index !== undefined) take(index, point);
    else tell(finding, `${name} has a point at ${new Date(time).toISOString()} that was not taken, or one too many`);
  });
  const rest = [...open.values()];
  for (const point of guessed) {
    const index = rest.shift();
    if (index === undefined) tell(finding, `${name} has a point of a guessed time too many`);
    else {
      finding.estimated++;
      take(index, point);
    }
  }
  for (const index of open.values()) {
    seen.miss(index);
    tell(finding, `${name} at ${new Date(times[index]!).toISOString()} is missing`);
  }
}

function tell(finding: Finding, fault: string): void {
  finding.wrong++;
  if (finding.faults.length < FAULTS_TOLD) finding.faults.push(fault);
}

function sum(ledger: LedgerCounts[]): LedgerCounts {
  const total: LedgerCounts = { stored: 0, lost: 0, quarantined: 0, duplicates: 0 };
  for (const one of ledger)
    for (const name of ['stored', 'lost', 'quarantined', 'duplicates'] as const) total[name] += one[name];
  return total;
}

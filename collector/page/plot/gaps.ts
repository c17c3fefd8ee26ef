/**
 * Why a curve has nothing somewhere. Five things can have happened, and the collector can tell them apart:
 *
 * - `fault`: the reading is there, its value is null: the probe gave none;
 * - `lost`: the numbers of readings jump (the ledger's losses): the device's buffer was full;
 * - `damage`: they were stored once (the ledger's losses say that, too), and their file could not be read any more;
 * - `off`: no reading, and no number missing: the device took none;
 * - `pending`: nothing since: off, or out of reach and what it took is still to come.
 */
import type { Loss } from '../../../firmware/protocol/rest.js';
import type { Curve, Stretch } from '../data/curve.js';
import { missing, usualAtEnd } from '../data/curve.js';
import { durationInWords, patienceWith } from '../words/age.js';
import { countOf } from '../words/count.js';
import type { Span } from '../data/range.js';

export type Reason = 'fault' | 'lost' | 'damage' | 'off' | 'pending';

const SUREST: Reason[] = ['lost', 'damage', 'fault', 'off', 'pending'];

export interface Gap extends Stretch {
  reason: Reason;
  /** readings, where they can be counted */
  count: number | null;
}

/** What is known beside the curve. */
export interface Circumstances {
  span: Span;
  now: number;
  /** of the trace's device */
  losses: Loss[];
  /** the newest reading there is, ms; null when there is none */
  newest: number | null;
  /** how often the device uploads, ms; null while unknown */
  every: number | null;
}

/** By ascending time. */
export function gapsOf(curve: Curve, circumstances: Circumstances): Gap[] {
  const { span, losses } = circumstances;
  const lost = losses.map(({ count, from, to, why }): Gap => ({ from: from ?? to, to, reason: why ?? 'lost', count }));
  const empty = missing(curve).map((stretch): Gap => {
    const counted = lost.filter((gap) => overlap(gap, stretch));
    if (counted.length === 0) return { ...stretch, reason: 'off', count: null };
    return { ...stretch, reason: counted[0]!.reason, count: counted.reduce((all, { count }) => all + (count ?? 0), 0) };
  });
  // A loss too short to be seen at this width is still one; with a damaged file only one probe's values may have gone.
  const counts = lost.filter(({ reason }) => reason === 'lost');
  const hidden = counts.filter((gap) => overlap(gap, span) && !empty.some((stretch) => overlap(gap, stretch)));
  const failed = faults(curve);
  const others = empty.filter(({ from, to }) => !failed.some((fault) => fault.from <= from && to <= fault.to));
  return [...others, ...hidden, ...failed, ...tail(curve, circumstances)].toSorted((a, b) => a.from - b.from);
}

/** The gap that explains why there is nothing at a time, the surest of several; null when nothing does. */
export function gapAt(gaps: Gap[], time: number): Gap | null {
  const here = gaps.filter(({ from, to }) => from <= time && time <= to);
  return here.toSorted((a, b) => SUREST.indexOf(a.reason) - SUREST.indexOf(b.reason))[0] ?? null;
}

/** `3 readings lost: the device’s buffer was full`. */
export function gapInWords({ from, to, reason, count }: Gap): string {
  const long = durationInWords(to - from);
  if (reason === 'fault') return `no value from the probe for ${long}`;
  if (reason === 'off') return `no readings for ${long}: the device was off`;
  if (reason === 'pending') return `nothing for ${long}: off, or out of reach and still to come`;
  const cause = reason === 'damage' ? 'a stored file was damaged' : 'the device’s buffer was full';
  return `${countOf(count ?? 0, 'reading')} lost: ${cause}`;
}

/** Runs of readings without a value: from the one before to the one after, or in buckets their own ends. */
function faults({ time, value, band }: Curve): Gap[] {
  const found: Gap[] = [];
  for (let i = 0; i < time.length; i++) {
    if (value[i] !== null) continue;
    const first = i;
    while (i + 1 < time.length && value[i + 1] === null) i++;
    const around = band === null ? 1 : 0;
    const from = time[first - around] ?? time[first] ?? 0;
    const to = time[i + around] ?? time[i] ?? 0;
    found.push({ from, to, reason: 'fault', count: band === null ? i - first + 1 : null });
  }
  return found;
}

/** After the last time, where more was to be expected. */
function tail(curve: Curve, { span, now, newest, every }: Circumstances): Gap[] {
  const last = curve.time.at(-1);
  const end = Math.min(now, span.to);
  const period = usualAtEnd(curve);
  if (last === undefined || period === null) return [];
  const more = newest !== null && newest > last + period;
  // An upload that is only to come explains nothing where later readings are there.
  if (end - last <= patienceWith({ period, every: more ? null : every })) return [];
  return [{ from: last, to: end, reason: more ? 'off' : 'pending', count: null }];
}

function overlap(a: Stretch, b: Stretch): boolean {
  return a.from <= b.to && b.from <= a.to;
}

/**
 * What becomes of a run of readings, by the offsets of protocol.md §3. Pure: state and run in, verdict out.
 */
import type { Ledger, Loss } from './store.js';

/** Losses remembered of each log, the newest ones: enough for a page, and a catalog that stays small. */
const LOSSES_MAX = 50;

/** Consecutive readings of a log, as an upload announces them. */
export interface Run {
  /** number of the first */
  first: number;
  /** the lowest number still on the device */
  oldest: number;
  length: number;
}

export type Placement =
  /** the device still has readings that are missing here: nothing is taken, it goes on at `next` */
  | { kind: 'gap'; next: number }
  /** the first `duplicates` of the run are known, the other `taken` are new; `lost` were never seen and never will be */
  | { kind: 'take'; duplicates: number; taken: number; lost: number; next: number };

/**
 * Where a run belongs in its log; `ledger` is undefined for a log not seen before, which expects `oldest`.
 * An empty run never moves `next`: it only asks for it.
 */
export function place(ledger: Ledger | undefined, { first, oldest, length }: Run): Placement {
  const next = ledger?.next ?? oldest;
  if (length === 0) return { kind: 'take', duplicates: 0, taken: 0, lost: 0, next };
  if (first > next && oldest < first) return { kind: 'gap', next: Math.max(next, oldest) };
  const lost = Math.max(0, first - next);
  const duplicates = Math.min(length, Math.max(0, next - first));
  return { kind: 'take', duplicates, taken: length - duplicates, lost, next: Math.max(next, first + length) };
}

/** A log before its first reading. */
export function newLedger(log: string, oldest: number): Ledger {
  return { log, next: oldest, before: oldest, stored: 0, lost: 0, quarantined: 0, duplicates: 0, late: 0 };
}

/** What the times of a run say. */
export interface Circumstances {
  /** readings older than the device's newest stored */
  late: number;
  /** the device's newest reading before the run (0: none), and the run's first one, ms */
  between: [number, number];
}

/** Enters a placed run; next = before + stored + lost + quarantined holds before and after. */
export function enter(
  ledger: Ledger,
  placement: Placement & { kind: 'take' },
  as: 'stored' | 'quarantined',
  { late, between: [from, to] }: Circumstances,
): void {
  ledger[as] += placement.taken;
  ledger.lost += placement.lost;
  if (placement.lost > 0) {
    const loss: Loss = { count: placement.lost, from: from > 0 && from <= to ? from : null, to };
    remember(ledger, loss);
  }
  ledger.duplicates += placement.duplicates;
  ledger.late += late;
  ledger.next = placement.next;
}

/** Keeps in mind what was lost, and when. */
export function remember(ledger: Ledger, loss: Loss): void {
  ledger.losses = [...(ledger.losses ?? []), loss].slice(-LOSSES_MAX);
}

/** Readings leave quarantine: they are stored after all, or given up. */
export function release(ledger: Ledger, taken: number, as: 'stored' | 'lost', late = 0): void {
  ledger.quarantined -= taken;
  ledger[as] += taken;
  ledger.late += late;
}

/** What a run found, as `--json` writes it. */
import { median } from './drive.js';
import type { Machine } from './machine.js';
import type { Figure, Measured } from './work.js';

/** A figure as it was measured: medians, and the rounds they are of. null: it can't be known. */
export interface Finding extends Figure {
  value: number | null;
  rounds: (number | null)[];
  /** the peer's */
  peer?: { value: number | null; rounds: (number | null)[] };
  /** median of the rounds' value ÷ peer's value */
  ratio?: number | null;
}

export interface Report {
  version: string;
  /** ISO 8601 */
  started: string;
  seconds: number;
  /** points of the archive, rounds, and ms of each measurement */
  plan: { points: number; rounds: number; ms: number };
  against: string | null;
  machine: Machine;
  notes: string[];
  figures: Finding[];
}

/** The findings from what each round measured, the peer's rounds beside ours where there is one. */
export function findingOf(figure: Figure, ours: Measured[], theirs: Measured[] | null): Finding {
  const rounds = valuesOf(figure, ours);
  const finding: Finding = { ...figure, value: medianOf(rounds), rounds };
  if (theirs === null) return finding;
  const peer = valuesOf(figure, theirs);
  const ratios = rounds.map((value, i) => (value === null || !peer[i] ? null : value / peer[i]));
  return { ...finding, peer: { value: medianOf(peer), rounds: peer }, ratio: medianOf(ratios) };
}

function valuesOf({ id }: Figure, rounds: Measured[]): (number | null)[] {
  return rounds.map((measured) => measured[id] ?? null);
}

function medianOf(values: (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : median(known);
}

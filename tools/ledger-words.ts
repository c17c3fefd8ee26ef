/** What became of a device's readings, in words (protocol.md §3 "Ledger"). */
import type { Ledger } from '../firmware/protocol/rest.js';
import { plural } from './text.js';

/** Of all logs of a device, in readings. */
export interface LedgerSum {
  /** all that the collector should have: stored, lost and quarantined */
  readings: number;
  stored: number;
  lost: number;
  quarantined: number;
  duplicates: number;
  late: number;
  /** of the lost ones, those that were stored once */
  damaged: number;
}

export function sumLedger(ledger: Ledger[]): LedgerSum {
  const sum: LedgerSum = { readings: 0, stored: 0, lost: 0, quarantined: 0, duplicates: 0, late: 0, damaged: 0 };
  for (const { stored, lost, quarantined, duplicates, late, losses = [] } of ledger) {
    sum.stored += stored;
    sum.lost += lost;
    sum.quarantined += quarantined;
    sum.duplicates += duplicates;
    sum.late += late;
    for (const { count, why } of losses) if (why === 'damage') sum.damaged += count;
  }
  sum.readings = sum.stored + sum.lost + sum.quarantined;
  return sum;
}

/** `100 % of 10,080 readings`, `99.97 % of 10,080 readings; 3 lost, buffer full`. */
export function ledgerWords({ readings, stored, lost, quarantined, damaged }: LedgerSum): string {
  if (readings === 0) return 'no readings yet';
  const rest: string[] = [];
  if (lost > 0) rest.push(`${lost.toLocaleString('en')} lost, ${causeOf(lost, damaged)}`);
  if (quarantined > 0) rest.push(`${quarantined.toLocaleString('en')} in quarantine`);
  return [`${percent(stored, readings)} of ${plural(readings, 'reading')}`, ...rest].join('; ');
}

function causeOf(lost: number, damaged: number): string {
  if (damaged === 0) return 'buffer full';
  return damaged === lost ? 'a damaged file' : 'buffer full and a damaged file';
}

/** Never rounded up to all of it. */
function percent(part: number, whole: number): string {
  if (part === whole) return '100 %';
  const shown = Math.floor((part / whole) * 1e4) / 100;
  return `${shown} %`;
}

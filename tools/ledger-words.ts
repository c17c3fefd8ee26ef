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
}

export function sumLedger(ledger: Ledger[]): LedgerSum {
  const sum: LedgerSum = { readings: 0, stored: 0, lost: 0, quarantined: 0, duplicates: 0, late: 0 };
  for (const { stored, lost, quarantined, duplicates, late } of ledger) {
    sum.stored += stored;
    sum.lost += lost;
    sum.quarantined += quarantined;
    sum.duplicates += duplicates;
    sum.late += late;
  }
  sum.readings = sum.stored + sum.lost + sum.quarantined;
  return sum;
}

/** `100 % of 10,080 readings`, `99.97 % of 10,080 readings; 3 lost, buffer full`. */
export function ledgerWords({ readings, stored, lost, quarantined }: LedgerSum): string {
  if (readings === 0) return 'no readings yet';
  const rest: string[] = [];
  if (lost > 0) rest.push(`${lost.toLocaleString('en')} lost, buffer full`);
  if (quarantined > 0) rest.push(`${quarantined.toLocaleString('en')} in quarantine`);
  return [`${percent(stored, readings)} of ${plural(readings, 'reading')}`, ...rest].join('; ');
}

/** Never rounded up to all of it. */
function percent(part: number, whole: number): string {
  if (part === whole) return '100 %';
  const shown = Math.floor((part / whole) * 1e4) / 100;
  return `${shown} %`;
}

/** A device's ledger in words: what became of its readings. */
import type { Ledger } from '../../firmware/protocol/rest.js';

export interface Account {
  text: string;
  /** something was lost or set aside */
  attention: boolean;
}

/** All of a device's logs together: `10,080 readings stored, none lost`. */
export function accountInWords(logs: Pick<Ledger, 'stored' | 'lost' | 'quarantined'>[]): Account {
  const sum = (member: 'stored' | 'lost' | 'quarantined'): number => logs.reduce((all, log) => all + log[member], 0);
  const [stored, lost, aside] = [sum('stored'), sum('lost'), sum('quarantined')];
  const parts = [
    `${stored.toLocaleString()} ${stored === 1 ? 'reading' : 'readings'} stored`,
    lost === 0 ? 'none lost' : `${lost.toLocaleString()} lost on the device`,
  ];
  if (aside > 0) parts.push(`${aside.toLocaleString()} set aside as unreadable`);
  return { text: parts.join(', '), attention: lost > 0 || aside > 0 };
}

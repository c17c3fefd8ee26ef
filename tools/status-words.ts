/** What a device says of itself in its uploads, in words. Members that aren't known here are shown as they came. */
import type { Status } from '../firmware/protocol/batch.js';
import { printable } from './text.js';

type Value = Status[string];

/** member → its name for people, and its value in words; null where there is nothing to say */
const KNOWN: Record<string, [name: string, words: (value: Value) => string | null]> = {
  version: ['firmware', String],
  rssi: ['signal', (value) => (typeof value === 'number' && value < 0 ? `${value} dBm, ${strength(value)}` : null)],
  reset: ['last reset', String],
  waiting: [
    'waiting',
    (value) => (value === null ? null : `${Number(value).toLocaleString('en')} readings on the device`),
  ],
  trouble: ['trouble', (value) => (value === null || value === '' ? null : String(value))],
};

/** Pairs of name and words, the known ones first. */
export function statusWords(status: Status | null): [name: string, words: string][] {
  if (status === null) return [];
  const known = Object.keys(KNOWN).filter((member) => Object.hasOwn(status, member));
  const others = Object.keys(status).filter((member) => !Object.hasOwn(KNOWN, member));
  return [...known, ...others].flatMap((member): [string, string][] => {
    const [name, words] = KNOWN[member] ?? [member, (value: Value) => (value === null ? null : String(value))];
    const text = words(status[member]!);
    return text === null ? [] : [[printable(name), printable(text)]];
  });
}

/** What is usual to be said of a Wi-Fi signal. */
function strength(dBm: number): string {
  if (dBm >= -60) return 'very good';
  if (dBm >= -70) return 'good';
  if (dBm >= -80) return 'weak';
  return 'hardly any';
}

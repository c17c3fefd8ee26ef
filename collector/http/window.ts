import { moment } from '../moment.js';

/** Without `from`, a window is the two days before `to`; without `to`, it ends now (seed-contract.md). */
const DEFAULT_SPAN_MS = 2 * 86_400_000;

/** The window a query asks for. What can't be read is silently the default, as in timeseries-api. */
export function windowOf(query: { from?: unknown; to?: unknown }, now: number): { from: number; to: number } {
  const to = end(query.to, now) ?? now;
  return { from: end(query.from, now) ?? to - DEFAULT_SPAN_MS, to };
}

function end(value: unknown, now: number): number | null {
  return typeof value === 'string' ? moment(value.trim(), now) : null;
}

/** Alarms in words. */
import type { AlarmShape } from '../../../firmware/protocol/rest.js';
import { durationInWords } from './age.js';
import { shortMoment } from './time.js';
import { formatChange, formatValue, type Quantity } from './units.js';

/** What is watched for: `above 8.0 °C for 10 min`. */
export function ruleInWords({ kind, limit, hysteresis, after_s }: AlarmShape, quantity: Quantity): string {
  const parts: string[] = [kind === 'stale' ? 'no value' : kind === 'fault' ? 'probe fault' : kind];
  if (limit !== null) parts.push(formatValue(limit, quantity));
  if (after_s > 0) parts.push(`for ${durationInWords(after_s * 1000)}`);
  if (hysteresis > 0) parts.push(`(ends ${formatChange(hysteresis, quantity).replace('+', '')} back)`);
  return parts.join(' ');
}

/** What is the matter: `above 8.0 °C since 14:05`. */
export function alarmInWords({ kind, limit, since }: AlarmShape, quantity: Quantity, now: number): string {
  const what = kind === 'stale' ? 'no value' : kind === 'fault' ? 'probe fault' : kind;
  const parts = [limit === null ? what : `${what} ${formatValue(limit, quantity)}`];
  if (since !== null) parts.push(`since ${shortMoment(since, now)}`);
  return parts.join(' ');
}

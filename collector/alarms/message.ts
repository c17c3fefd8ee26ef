/** What an alarm says when it begins or ends. */
import type { AlarmShape } from '../../firmware/protocol/rest.js';
import { unitOf } from '../../firmware/protocol/units.js';
import type { Series } from '../store/store.js';

export interface Message {
  alarm: AlarmShape;
  series: Pick<Series, 'id' | 'desc' | 'device_id' | 'device_desc'>;
  /** one line for people: `Freezer: -11.5 °C, above -15 °C` */
  text: string;
  /** when it was made, ms */
  time: number;
}

/** @param measured the field that the value is of, where the alarm is of any */
export function messageOf(alarm: AlarmShape, series: Series, time: number, measured = ''): Message {
  const { id, desc, device_id, device_desc } = series;
  const name = desc || `${device_desc || device_id}, series ${id}`;
  const words = wordsOf(alarm, series.unit ?? unitOf(alarm.field ?? measured));
  return { alarm, series: { id, desc, device_id, device_desc }, text: `${name}: ${words}`, time };
}

function wordsOf({ kind, state, value, limit, since }: AlarmShape, unit: string): string {
  const symbol = unit === '' ? '' : ` ${unit}`;
  const shown = value === null ? 'no value' : `${numeral(value)}${symbol}`;
  const limited = limit === null ? kind : `${kind} ${numeral(limit)}${symbol}`;
  const when = since === null ? '' : ` since ${new Date(since).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  // which of a series' alarms it is, since another may go on
  const over = state === 'ok';
  if (kind === 'stale') return over ? `values come again, ${shown}` : `nothing came${when}`;
  if (kind === 'fault') return over ? `the probe gives values again, ${shown}` : `the probe gives no value${when}`;
  return over ? `${shown}, no longer ${limited}` : `${shown}, ${limited}${when}`;
}

/** Seven digits are more than a probe has: a limit of 60 °F is stored as 15.555555555555555 °C. */
function numeral(value: number): string {
  return `${Number(value.toPrecision(7))}`;
}

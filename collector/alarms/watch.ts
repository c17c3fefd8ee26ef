/**
 * What a rule makes of a series' points, one after the other by time. Pure: a rule and what it remembers go in, what it
 * remembers then comes out, so after a restart the points since come to the same alarms.
 */
import type { AlarmRule, AlarmState } from '../../firmware/protocol/rest.js';

/** What is remembered of a series between two points. */
export interface Watch extends AlarmState {
  /** time of the newest point looked at, ms */
  seen: number;
  /** time of the newest point with a value, ms */
  valued: number;
  /** when that began which, if it lasts, is an alarm, ms */
  suspected: number | null;
}

export const NEW_WATCH: Watch = Object.freeze({
  state: 'ok',
  since: null,
  value: null,
  seen: 0,
  valued: 0,
  suspected: null,
});

/** After a point; `value` is null where the probe had none. One that is older than another before it changes nothing. */
export function observe(rule: AlarmRule, before: Watch, time: number, value: number | null): Watch {
  if (time <= before.seen) return before;
  const watch = { ...before, seen: time, valued: value === null ? before.valued : time };
  if (rule.kind === 'fault') return judge(rule, watch, value === null, time, value);
  if (value === null) return watch;
  // whether it is stale depends on the time it is now: `pass`
  if (rule.kind === 'stale') return { ...watch, value };
  return judge(rule, watch, isBeyond(rule, before, value), time, value);
}

/**
 * As time goes by; `awake`: since when the collector could have been told of anything, ms. A value that is old when it
 * comes makes nothing fresh.
 */
export function pass(rule: AlarmRule, watch: Watch, now: number, awake: number): Watch {
  if (rule.kind !== 'stale') return watch;
  const { state, valued } = watch;
  const longestMs = rule.after_s * 1000;
  if (state === 'active' && now - valued <= longestMs) return { ...watch, state: 'ok', since: valued };
  const since = Math.max(valued, awake);
  return state === 'ok' && now - since > longestMs ? { ...watch, state: 'active', since } : watch;
}

/** An alarm lasts until the value is back by the hysteresis. */
function isBeyond({ kind, limit, hysteresis }: AlarmRule, { state }: Watch, value: number): boolean {
  const slack = state === 'active' ? hysteresis : 0;
  return kind === 'above' ? value > limit! - slack : value < limit! + slack;
}

function judge(rule: AlarmRule, watch: Watch, bad: boolean, time: number, value: number | null): Watch {
  if (!bad) return { ...watch, value, suspected: null, ...(watch.state === 'ok' ? {} : { state: 'ok', since: time }) };
  const suspected = watch.suspected ?? time;
  if (watch.state === 'active' || time - suspected < rule.after_s * 1000) return { ...watch, value, suspected };
  return { ...watch, value, suspected, state: 'active', since: suspected };
}

/** What an alarm watches for, as people state it. */
import { pointer, ProtocolError } from '../../firmware/protocol/error.js';
import { member, type JsonObject } from '../../firmware/protocol/json.js';
import { isPrototypeName } from '../../firmware/protocol/limits.js';
import type { AlarmRule } from '../../firmware/protocol/rest.js';

export const KINDS = ['above', 'below', 'stale', 'fault'] as const;

export type Rule = Readonly<AlarmRule>;

/** What can be changed of it later. */
const CHANGEABLE = ['limit', 'hysteresis', 'after_s'];
const MEMBERS = ['series_id', 'kind', 'field', ...CHANGEABLE];

/** A probe faults now and then; one that does so this long is broken. A sleeping device reports once an hour. */
const AFTER_S = { above: 0, below: 0, fault: 300, stale: 7200 };
const AFTER_S_MAX = 366 * 86_400;

/** A rule of the body of `PUT /alarms/new`. @throws ProtocolError */
export function newRule(document: JsonObject): Omit<Rule, 'id' | 'series_id'> {
  onlyOf(document, MEMBERS);
  const kind = KINDS.find((one) => one === member(document, 'kind'));
  if (kind === undefined) throw new ProtocolError('/kind', `kind must be one of ${KINDS.join(', ')}`);
  const limited = kind === 'above' || kind === 'below';
  const field = member(document, 'field') ?? (limited ? 'temp_C' : null);
  if (field !== null && (typeof field !== 'string' || field === '' || isPrototypeName(field)))
    throw new ProtocolError('/field', 'not a name a field may have');
  const rule = { kind, field, limit: null, hysteresis: 0, after_s: AFTER_S[kind] };
  return changedRule(rule, document);
}

/** The rule with what a `PATCH` says. @throws ProtocolError */
export function changedRule<R extends Omit<Rule, 'id' | 'series_id'>>(rule: R, document: JsonObject): R {
  const limited = rule.kind === 'above' || rule.kind === 'below';
  const limit = member(document, 'limit') ?? rule.limit;
  if (limited && typeof limit !== 'number') throw new ProtocolError('/limit', `${rule.kind} takes a limit, a number`);
  if (!limited && limit !== null) throw new ProtocolError('/limit', `${rule.kind} takes no limit`);
  const hysteresis = numberOf(document, 'hysteresis', Number.MAX_VALUE) ?? rule.hysteresis;
  if (!limited && hysteresis !== 0) throw new ProtocolError('/hysteresis', `${rule.kind} takes no hysteresis`);
  const after_s = numberOf(document, 'after_s', AFTER_S_MAX) ?? rule.after_s;
  if (rule.kind === 'stale' && after_s === 0) throw new ProtocolError('/after_s', 'stale takes more than 0 seconds');
  return { ...rule, limit, hysteresis, after_s };
}

/** @throws ProtocolError */
export function checkChange(document: JsonObject): void {
  onlyOf(document, CHANGEABLE);
}

function onlyOf(document: JsonObject, members: string[]): void {
  const other = Object.keys(document).find((name) => name !== 'token' && !members.includes(name));
  if (other !== undefined) throw new ProtocolError(pointer(other), `only ${members.join(', ')} can be given`);
}

function numberOf(document: JsonObject, name: string, max: number): number | null {
  const value = member(document, name) ?? null;
  if (value !== null && !(typeof value === 'number' && value >= 0 && value <= max))
    throw new ProtocolError(pointer(name), `${name} must be a number from 0${max < 1e300 ? ` to ${max}` : ' on'}`);
  return value;
}

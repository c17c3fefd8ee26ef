/** The collector's answer to a batch, and what a device does about it (protocol.md §3, both tables). */
import { isObject, member } from './json.js';
import type { Offer } from './offer.js';

/** 201, or 200 when nothing was new. Counts are readings. */
export interface Reply {
  log: string;
  /** everything before this number is on the collector's disk, or known to be lost */
  next: number;
  stored: number;
  duplicates: number;
  lost: number;
  /** the collector's clock, ms; absent when it doesn't trust it */
  now?: number;
  /** sensor → id of its series */
  series: Record<string, number>;
  /** a newer firmware for this device */
  firmware?: Offer;
}

/** An error answer: RFC 9457, with timeseries-api's `message` and members of our own. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  message: string | Record<string, string>;
  /** our own word for the kind of error, a row of the error table */
  code: string;
  /** JSON pointer of the offending member */
  pointer?: string;
  log?: string;
  next?: number;
  /** name of the quarantined batch */
  quarantined?: string;
  now?: number;
}

/** What came back over the uplink; `status` null: nothing, or nothing readable. */
export interface Answer {
  status: number | null;
  body: unknown;
  /** seconds, from `Retry-After` */
  retryAfter?: number;
}

/** What the device does next. */
export type Verdict =
  | { do: 'forget'; next: number }
  | { do: 'continue'; next: number }
  | { do: 'halve' }
  | { do: 'hold' }
  | { do: 'backoff'; retryAfter: number };

/** Seconds between tries when the collector knows the device but won't have its batch: 401, 403, 404. */
export const HOLD_SECONDS = 3600;

/**
 * An answer → what to do, for a batch of `log`. An answer that makes no sense counts as none: forgetting takes a 2xx
 * that names this log; a problem need not name it, but must not name another.
 */
export function verdict(answer: Answer, log: string): Verdict {
  const { status, body, retryAfter = 0 } = answer;
  const accepted = status !== null && status >= 200 && status < 300;
  const next = nextIn(body, accepted ? [log] : [log, undefined]);
  if (accepted && next !== null) return { do: 'forget', next };
  if ((status === 409 || status === 400) && next !== null) return { do: 'continue', next };
  if (status === 413 || status === 400) return { do: 'halve' };
  if (status === 401 || status === 403 || status === 404) return { do: 'hold' };
  return { do: 'backoff', retryAfter };
}

/** What the collector publishes on `reply`: an answer's body with what HTTP has in its head (protocol.md §4). */
export type MqttReply<T> = T & {
  status: number;
  /** seconds */
  retry_after?: number;
};

/** The parsed payload of a `reply` → the answer. */
export function answerIn(payload: unknown): Answer {
  const status = isObject(payload) ? member(payload, 'status') : undefined;
  if (!isObject(payload) || !Number.isSafeInteger(status)) return { status: null, body: null };
  const retryAfter = member(payload, 'retry_after');
  const answer: Answer = { status: status as number, body: payload };
  return typeof retryAfter === 'number' && retryAfter >= 0 ? { ...answer, retryAfter } : answer;
}

/** The collector's time in an answer, ms, or null. */
export function nowIn(body: unknown): number | null {
  const now = isObject(body) ? member(body, 'now') : undefined;
  return Number.isSafeInteger(now) ? (now as number) : null;
}

function nextIn(body: unknown, logs: unknown[]): number | null {
  if (!isObject(body) || !logs.includes(member(body, 'log'))) return null;
  const next = member(body, 'next');
  return Number.isSafeInteger(next) && (next as number) >= 0 ? (next as number) : null;
}

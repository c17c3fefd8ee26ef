/** Every way a request can be refused: one table, and one place that turns an error into an answer (RFC 9457). */
import { ProtocolError } from '../firmware/protocol/error.js';
import type { Problem } from '../firmware/protocol/reply.js';
import { StoreError, type StoreErrorCode } from './store/store.js';

interface Row {
  status: number;
  title: string;
  /** seconds, sent as `Retry-After` */
  retryAfter?: number;
}

export type ErrorCode =
  | 'malformed'
  | 'invalid'
  | 'unauthorized'
  | 'no-token'
  | 'unknown-token'
  | 'denied'
  | 'not-found'
  | 'method'
  | 'timeout'
  | 'gap'
  | 'not-replaceable'
  | 'too-large'
  | 'headers-too-large'
  | 'internal'
  | 'full'
  | 'quarantine-full'
  | 'failed'
  | 'closing'
  | 'clock'
  | 'undated'
  | 'busy';

const TABLE: Record<ErrorCode, Row> = {
  malformed: { status: 400, title: 'Malformed request' },
  invalid: { status: 400, title: 'Invalid value' },
  unauthorized: { status: 401, title: 'Token required' },
  'no-token': { status: 403, title: 'Token required' },
  'unknown-token': { status: 403, title: 'Unknown token' },
  denied: { status: 403, title: 'Permission denied' },
  'not-found': { status: 404, title: 'Not found' },
  method: { status: 405, title: 'Method not allowed' },
  timeout: { status: 408, title: 'Request too slow' },
  gap: { status: 409, title: 'Readings missing' },
  'not-replaceable': { status: 409, title: 'Not replaceable' },
  'too-large': { status: 413, title: 'Body too large' },
  'headers-too-large': { status: 431, title: 'Headers too large' },
  internal: { status: 500, title: 'Internal error' },
  full: { status: 503, title: 'Disk full', retryAfter: 60 },
  'quarantine-full': { status: 503, title: 'Quarantine full', retryAfter: 3600 },
  failed: { status: 503, title: 'Disk failed', retryAfter: 60 },
  closing: { status: 503, title: 'Shutting down', retryAfter: 5 },
  clock: { status: 503, title: 'Time unknown', retryAfter: 30 },
  undated: { status: 503, title: 'Unix time wanted' },
  busy: { status: 503, title: 'Too many clients', retryAfter: 30 },
};

const OF_STORE: Record<StoreErrorCode, ErrorCode> = {
  locked: 'internal',
  damaged: 'internal',
  'unknown-series': 'not-found',
  'not-replaceable': 'not-replaceable',
  'unknown-entry': 'not-found',
  'too-many': 'invalid',
  denied: 'denied',
  'quarantine-full': 'quarantine-full',
  full: 'full',
  failed: 'failed',
  closing: 'closing',
};

/** What is refused now and may be taken later, as it is: whoever has it keeps it and tries again. */
const TEMPORARY = new Set<ErrorCode>([
  'timeout',
  'internal',
  'full',
  'quarantine-full',
  'failed',
  'closing',
  'clock',
  'busy',
]);

/** Members of a problem beside those of every error. `message` where timeseries-api's isn't the sentence itself. */
export type Extras = Partial<Pick<Problem, 'message' | 'pointer' | 'log' | 'next' | 'quarantined' | 'now'>>;

/** A request that is refused; `code` is a row of the table. */
export class Refusal extends Error {
  readonly code: ErrorCode;
  readonly extras: Extras;

  constructor(code: ErrorCode, message: string, extras: Extras = {}) {
    super(message);
    this.name = 'Refusal';
    this.code = code;
    this.extras = extras;
  }
}

export interface ErrorAnswer {
  problem: Problem;
  /** the same request may be taken later */
  temporary: boolean;
  /** seconds */
  retryAfter?: number;
}

/** Any error → the answer. What we didn't foresee says no more than that: its text may hold what is nobody's business. */
export function answerTo(error: unknown): ErrorAnswer {
  const { code, message, extras } = refusalOf(error);
  const { status, title, retryAfter } = TABLE[code];
  const problem: Problem = { type: 'about:blank', title, status, detail: message, message, code, ...extras };
  const temporary = TEMPORARY.has(code);
  return retryAfter === undefined ? { problem, temporary } : { problem, temporary, retryAfter };
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof ProtocolError) return new Refusal('invalid', error.message, { pointer: error.pointer });
  if (error instanceof StoreError) return new Refusal(OF_STORE[error.code], error.message);
  const { statusCode } = (error ?? {}) as { statusCode?: unknown };
  if (statusCode === 404) return new Refusal('not-found', 'Nothing is at this address');
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500 && error instanceof Error)
    return new Refusal('malformed', error.message);
  return new Refusal('internal', 'Something went wrong in the collector; its log says what');
}

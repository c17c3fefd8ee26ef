/**
 * HTTP to the collector: `PUT /batch/new`, packed, one request at a time on a connection that is kept.
 *
 * ECMA-419's client has no time limits, writes broken chunks, and reports a kept connection that the collector closed
 * only as an error. So: a timer of our own for each request, a content-length always, and a request that failed on a kept
 * connection before any answer goes out once more, on a new one: sending a batch twice is harmless (protocol.md §3).
 */
import { gzip } from '../gzip.js';
import type { Answer } from '../protocol/reply.js';
import type { Timers } from '../timer.js';
import { attempt } from './attempt.js';
import { Heard, type Codec } from './heard.js';
import { Turn } from './turn.js';
import { NO_ANSWER, type Uplink } from './uplink.js';

/** What is used of ECMA-419's HTTP client. */
export interface HttpClient {
  request(options: HttpRequest): unknown;
  /** Ends everything; nothing is called back after it. */
  close(): void;
}

export interface HttpRequest {
  method: string;
  path: string;
  headers: Map<string, string>;
  /** the answer's headers that are wanted */
  headersMask: string[];
  onHeaders: (this: HttpExchange, status: number, headers: { get(name: string): string | undefined }) => void;
  onWritable: (this: HttpExchange, count: number) => void;
  onReadable: (this: HttpExchange, count: number) => void;
  onDone: (this: HttpExchange, error: Error | null) => void;
}

export interface HttpExchange {
  read(count: number): ArrayBuffer | undefined;
  write(bytes: Uint8Array): unknown;
}

/** Opens a connection. It tells by `onError` that it broke, maybe at once, and after `onDone` of a request under way. */
export type Connect = (options: { host: string; port: number; onError: () => void }) => HttpClient;

export interface HttpUplinkOptions {
  connect: Connect;
  codec: Codec;
  timers: Timers;
  host: string;
  port: number;
  /** what stands before `/batch/new`: '' or `/api` */
  base: string;
  /** from a send to the end of its answer; default 30 s */
  timeoutMs?: number;
}

export class HttpUplink implements Uplink {
  private readonly options: HttpUplinkOptions;
  private readonly turn = new Turn();
  private client: HttpClient | null = null;

  constructor(options: HttpUplinkOptions) {
    this.options = options;
  }

  send(body: string, done: (answer: Answer) => void): void {
    const { timers, codec, timeoutMs = 30_000 } = this.options;
    if (this.turn.begin(done, timers, timeoutMs, () => this.close())) this.request(codec.encode(body));
  }

  /** A request under way gets no answer. A later `send` opens again. */
  close(): void {
    this.drop();
    this.turn.end(NO_ANSWER);
  }

  private request(text: Uint8Array): void {
    const { body, headers } = pack(text);
    const kept = this.client !== null;
    const client = this.client ?? this.connect();
    if (client === null) return this.turn.end(NO_ANSWER);
    let sent = 0;
    let answered: { status: number; retryAfter: number } | null = null;
    const heard = new Heard();
    const end = (error: unknown): void => {
      if (client !== this.client) return;
      if (error === null && answered !== null) return this.turn.end(answerOf(answered, heard.json(this.options.codec)));
      this.drop();
      if (kept && answered === null) this.request(text);
      else this.turn.end(NO_ANSWER);
    };
    try {
      client.request({
        method: 'PUT',
        path: `${this.options.base}/batch/new`,
        headers,
        headersMask: ['retry-after'],
        onHeaders(status, headers) {
          answered = { status, retryAfter: Number(headers.get('retry-after')) };
        },
        onWritable(count) {
          const piece = body.subarray(sent, sent + count);
          sent += piece.length;
          attempt(() => this.write(piece), end);
        },
        onReadable(count) {
          attempt(() => heard.add(this.read(count)), end);
        },
        onDone: end,
      });
    } catch (error) {
      end(error);
    }
  }

  private connect(): HttpClient | null {
    const { connect, host, port } = this.options;
    let broke = false;
    let client: HttpClient | null = null;
    const onError = (): void => {
      broke = true;
      if (client !== null && this.client === client) this.client = null;
    };
    attempt(() => (client = connect({ host, port, onError })), onError);
    return broke ? null : (this.client = client);
  }

  private drop(): void {
    const client = this.client;
    this.client = null;
    attempt(() => client?.close());
  }
}

/** A batch as HTTP carries it. */
export function pack(text: Uint8Array): { body: Uint8Array; headers: Map<string, string> } {
  const packed = gzip(text);
  const body = packed ?? text;
  const headers = new Map([['content-type', 'application/json']]);
  if (packed !== null) headers.set('content-encoding', 'gzip');
  return { body, headers: headers.set('content-length', String(body.length)) };
}

function answerOf({ status, retryAfter }: { status: number; retryAfter: number }, body: unknown): Answer {
  return retryAfter > 0 && Number.isFinite(retryAfter) ? { status, body, retryAfter } : { status, body };
}

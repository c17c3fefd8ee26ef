/** Successful answers: JSON written by us as text, JSONP where a GET asks for it, long ones streamed. */
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '../error.js';
import { Pauses, WORK } from '../store/pauses.js';

const CALLBACK = /^[A-Za-z_$][\w$.]{0,127}$/;

/** Part of a text that is sent: itself, or its bytes, which don't end within a character. */
export type Piece = string | Uint8Array;

type Pieces = AsyncIterable<Piece> | Iterable<Piece>;

/** Text is collected to pieces of this size before it is sent. */
const PIECE_SIZE = 64 * 1024;

const decoder = new TextDecoder();

const LINE_ENDS = /[\u2028\u2029]/g;

/** A JSON text as the answer to a GET, wrapped where `?callback=` asks for it. */
export function sendJson(request: FastifyRequest, reply: FastifyReply, text: string): FastifyReply {
  const callback = callbackOf(request);
  if (callback === null) return reply.header('content-type', 'application/json').send(text);
  return asScript(reply).send(`${callback}(${scriptSafe(text)})`);
}

/** As `sendJson`, for a text that comes in pieces. */
export function streamJson(request: FastifyRequest, reply: FastifyReply, pieces: Pieces): Promise<FastifyReply> {
  const callback = callbackOf(request);
  if (callback === null) return stream(reply.header('content-type', 'application/json'), pieces);
  return stream(asScript(reply), inCallback(callback, pieces));
}

/**
 * Sends text that comes in pieces: as a whole with its length when it is short, else with backpressure. An error in the
 * middle of a stream cuts the connection, so that half an answer can't pass for a whole one.
 */
export async function stream(reply: FastifyReply, pieces: Pieces): Promise<FastifyReply> {
  const source = gathered(pieces);
  const first = await source.next();
  if (first.done === true) return reply.send('');
  const second = await source.next();
  if (second.done === true) return reply.send(first.value);
  const readable = Readable.from(chained([first.value, second.value], source), { highWaterMark: 2 });
  // the source holds files open; who goes away, even before the first read, must not leave it half read
  readable.once('close', () => void source.return(undefined));
  return reply.send(readable);
}

/** The name of `?callback=`, null when there is none or the request is no GET. @throws Refusal */
function callbackOf({ method, query, headers }: FastifyRequest): string | null {
  const { callback } = query as { callback?: unknown };
  if (callback === undefined || method !== 'GET') return null;
  // a browser adds a remembered password by itself, also for a script tag on somebody else's page
  if (/^\s*basic/i.test(headers.authorization ?? '')) throw new Refusal('denied', 'No JSONP with a password');
  if (typeof callback === 'string' && CALLBACK.test(callback)) return callback;
  throw new Refusal('invalid', 'callback must be the name of a function');
}

function asScript(reply: FastifyReply): FastifyReply {
  return reply.header('content-type', 'application/javascript; charset=utf-8');
}

async function* inCallback(callback: string, pieces: Pieces): AsyncGenerator<Piece> {
  yield `${callback}(`;
  for await (const piece of pieces) yield scriptSafe(typeof piece === 'string' ? piece : decoder.decode(piece));
  yield ')';
}

/** These two end a line in a script older than 2019, though not in JSON. */
function scriptSafe(text: string): string {
  return text.replace(LINE_ENDS, (end) => (end === '\u2028' ? '\\u2028' : '\\u2029'));
}

/** Bytes are pieces already. */
async function* gathered(pieces: Pieces): AsyncGenerator<Piece> {
  const pauses = new Pauses();
  let text = '';
  for await (const piece of pieces) {
    // a reader may be so quick that nothing is ever waited for: others have their turn all the same
    await pauses.did(piece.length * WORK.bytes);
    if (typeof piece === 'string') text += piece;
    if (typeof piece === 'string' && text.length < PIECE_SIZE) continue;
    if (text !== '') yield text;
    text = '';
    if (typeof piece !== 'string' && piece.length > 0) yield piece;
  }
  if (text !== '') yield text;
}

async function* chained(first: Piece[], rest: AsyncIterable<Piece>): AsyncGenerator<Piece> {
  yield* first;
  yield* rest;
}

/** Errors on their way out: `application/problem+json`, with `Retry-After` where it makes sense to try again. */
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { tooLarge } from '../body.js';
import { answerTo, Refusal } from '../error.js';
import { setHeaders } from './headers.js';

const TYPE = 'application/problem+json';

const NOWHERE = 'Nothing is at this address';
const BAD_ADDRESS = 'The address has a % that is followed by no character of UTF-8 in hex';

export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const { code } = (error ?? {}) as { code?: unknown };
  const known = code === 'FST_ERR_CTP_BODY_TOO_LARGE' ? tooLarge(request.routeOptions.bodyLimit) : error;
  const { problem, retryAfter } = answerTo(known);
  if (problem.status === 500) request.log.error({ err: error }, `${request.method} failed`);
  // said in full by its detail; a stack for each try would fill a disk that is nearly full
  else if (problem.status > 500) request.log.warn({ code: problem.code }, `${request.method}: ${problem.detail}`);
  if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter));
  void reply.code(problem.status).header('content-type', TYPE).send(JSON.stringify(problem));
}

/** An address that Fastify can't make sense of: no hook was called, and its own words repeat the address. */
export function sendAddressProblem(error: { statusCode?: number }, request: FastifyRequest, reply: FastifyReply): void {
  setHeaders(request, reply);
  const tooLong = error.statusCode === 414;
  sendProblem(new Refusal(tooLong ? 'not-found' : 'malformed', tooLong ? NOWHERE : BAD_ADDRESS), request, reply);
}

/** What is too broken or too slow to become a request is answered on the bare connection. */
export function sendBareProblem(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const { problem } = answerTo(refusalOf(error.code));
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    `Content-Type: ${TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}

function refusalOf(code: string | undefined): Refusal {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new Refusal('headers-too-large', 'The headers are too large');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new Refusal('timeout', 'The request took too long to arrive');
    default:
      return new Refusal('malformed', 'The request is not valid HTTP');
  }
}

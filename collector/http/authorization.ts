/** Who sends a request: a token in the JSON body, as timeseries-api has it, or in the `Authorization` header. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { member, type Json } from '../../firmware/protocol/json.js';
import type { Access } from '../access.js';
import { Body } from '../body.js';
import { Refusal } from '../error.js';
import type { Upload } from '../ingest.js';
import type { User } from '../users.js';
import type { Parts } from './parts.js';
import { bodyOf } from './request-body.js';

const NO_MEMBERS = new Body(Buffer.from('{}'));

/** Longest token an error repeats. */
const ECHO_MAX = 256;

/**
 * A write's document and its user; a promise of them only where the body has to be unpacked. DELETE and POST need no body
 * where a header has the token. @throws Refusal
 */
export function upload(request: FastifyRequest, parts: Parts): Upload | Promise<Upload> {
  const { access } = parts;
  const body = bodyOf(request, parts);
  return body instanceof Promise ? body.then((body) => read(request, access, body)) : read(request, access, body);
}

function read(request: FastifyRequest, access: Access, sent: Body | null): Upload {
  const { authorization } = request.headers;
  const inHeader = authorization === undefined ? undefined : headerToken(authorization);
  const body = sent ?? bodyless(request, inHeader);
  return { body, user: knownUser(access, member(body.outline, 'token') ?? inHeader ?? null) };
}

/** The user of a request whose body isn't JSON, or who reads what isn't for everybody. @throws Refusal */
export function headerUser(request: FastifyRequest, access: Access): User {
  return knownUser(access, headerToken(request.headers.authorization) ?? null);
}

/** On a private collector every read needs a token. Basic, so that browsers ask for one: the password is the token. */
export function requireReader(access: Access) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return;
    const token = headerToken(request.headers.authorization);
    if (token !== undefined && access.user(token) !== undefined) return;
    reply.header('www-authenticate', 'Basic realm="Thermowell", charset="UTF-8"');
    throw new Refusal(
      'unauthorized',
      token === undefined ? 'Authentication token is required for access.' : "The token doesn't exist",
    );
  };
}

/** `Bearer <token>`, `Token <token>`, or `Basic` with the token as password. */
export function headerToken(header: string | undefined): string | undefined {
  const [, scheme = '', credentials = ''] = /^\s*(\S+)\s+(\S+)\s*$/.exec(header ?? '') ?? [];
  switch (scheme.toLowerCase()) {
    case 'bearer':
    case 'token':
      return credentials;
    case 'basic': {
      const pair = Buffer.from(credentials, 'base64').toString();
      return pair.slice(pair.indexOf(':') + 1);
    }
    default:
      return undefined;
  }
}

function bodyless(request: FastifyRequest, token: string | undefined): Body {
  if ((request.method === 'DELETE' || request.method === 'POST') && token !== undefined) return NO_MEMBERS;
  throw new Refusal('malformed', 'A JSON body is required');
}

function knownUser(access: Access, token: Json): User {
  if (token === null) throw new Refusal('no-token', 'Authentication token is required for access.');
  const user = typeof token === 'string' ? access.user(token) : undefined;
  if (user !== undefined) return user;
  const shown = typeof token === 'object' ? 'of that type' : String(token).slice(0, ECHO_MAX);
  throw new Refusal('unknown-token', `Token ${shown} doesn't exist`);
}

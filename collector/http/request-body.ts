/** A request's body: any JSON content type, gzip, a byte order mark; whatever it is, a clear answer and bounded memory. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Body } from '../body.js';
import { Refusal } from '../error.js';
import type { Parts } from './parts.js';

type BodyParts = Pick<Parts, 'config' | 'underWay'>;

const JSON_TYPE = /^application\/(?:[\w.!#$&^-]+\+)?json\s*(?:;|$)/i;

/** Bodies reach the handlers as bytes, whatever their type: `bodyOf` says what is wrong with them. */
export function takeRawBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  // named beside "everything else", since Fastify finds a parser again only by name
  for (const type of ['application/json', '*'])
    app.addContentTypeParser(type, { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
}

/**
 * The body, unpacked, null when there is none; a promise of it only where it has to be unpacked.
 * @throws Refusal `malformed`, `too-large`, `busy`
 */
export function bodyOf(request: FastifyRequest, parts: BodyParts): Body | null | Promise<Body | null> {
  const body = request.body as Buffer | undefined;
  if (body === undefined || body.length === 0) return null;
  const { 'content-type': type = '', 'content-encoding': encoding } = request.headers;
  if (type !== 'application/json' && !JSON_TYPE.test(type.trim()))
    throw new Refusal('malformed', 'The body must be application/json');
  if (encoding === undefined) return new Body(body);
  return decoded(request, body, encoding.trim().toLowerCase(), parts).then((bytes) =>
    bytes.length === 0 ? null : new Body(bytes),
  );
}

async function decoded(
  request: FastifyRequest,
  body: Buffer,
  encoding: string,
  { config, underWay }: BodyParts,
): Promise<Buffer> {
  if (encoding === 'identity' || encoding === '') return body;
  if (encoding === 'gzip' || encoding === 'x-gzip') return underWay.unpacked(request, body, config.limits.bytes);
  throw new Refusal('malformed', 'Content-Encoding must be gzip or absent');
}

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '../error.js';

/**
 * What no route answers: `OPTIONS`, 405 with `Allow` where the address exists, 404 where it doesn't. Knows the routes by
 * watching them being added, so it must be there first.
 */
export function answerTheRest(app: FastifyInstance): void {
  const paths = new Map<string, { pattern: RegExp; methods: Set<string> }>();

  app.addHook('onRoute', ({ url, method }) => {
    const path = paths.get(url) ?? { pattern: patternOf(url), methods: new Set(['OPTIONS']) };
    for (const one of [method].flat()) path.methods.add(one);
    paths.set(url, path);
  });

  app.setNotFoundHandler(async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const address = request.url.split('?', 1)[0]!;
    const known = [...paths.values()].filter(({ pattern }) => pattern.test(address));
    const methods = new Set(known.flatMap(({ methods }) => [...methods]));
    if (methods.size === 0 || (methods.has(request.method) && request.method !== 'OPTIONS'))
      throw new Refusal('not-found', 'Nothing is at this address');
    reply.header('allow', [...methods].sort().join(', '));
    if (request.method === 'OPTIONS') return reply.code(200).send();
    throw new Refusal('method', `${request.method} is not possible here`);
  });
}

/** A route's address as a pattern: `:id` is one part, `*` the rest. */
function patternOf(url: string): RegExp {
  const source = url
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/:\w+/g, '[^/]+')
    .replaceAll('*', '.*');
  return new RegExp(`^${source}$`);
}

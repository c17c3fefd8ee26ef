import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** What every answer carries. */
export function addHeaders(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    setHeaders(request, reply);
    done();
  });
}

/** The same for one answer, where it is given before any hook is called. */
export function setHeaders({ method, raw }: FastifyRequest, reply: FastifyReply): void {
  reply.header('x-content-type-options', 'nosniff');
  if (method === 'GET' || method === 'HEAD') reply.header('access-control-allow-origin', '*');
  // devices that speak HTTP/1.0 read to the end of the stream (seed-contract.md "On the wire")
  if (raw.httpVersion === '1.0') reply.header('connection', 'close');
}

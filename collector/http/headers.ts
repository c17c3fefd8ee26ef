import type { FastifyInstance } from 'fastify';

/** What every answer carries. */
export function addHeaders(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-content-type-options', 'nosniff');
    if (request.method === 'GET' || request.method === 'HEAD') reply.header('access-control-allow-origin', '*');
    // devices that speak HTTP/1.0 read to the end of the stream (seed-contract.md "On the wire")
    if (request.raw.httpVersion === '1.0') reply.header('connection', 'close');
    done();
  });
}

/**
 * How much of requests' bodies may be in memory at once: while the disk is slow and uploads wait, those that come on top of
 * them are asked to come again later. Without a bound many devices after an outage would fill the memory instead.
 */
import type { FastifyInstance } from 'fastify';
import { Refusal } from '../error.js';

/** Largest documents that may be there at the same time. */
const LARGEST_AT_ONCE = 64;

/** A body this small isn't counted: a connection's own buffers are larger. */
const SMALL = 8 * 1024;

/** `limit`: bytes of the largest body of a document; a route may take more. */
export function boundUploads(app: FastifyInstance, limit: number): void {
  const room = LARGEST_AT_ONCE * limit;
  let taken = 0;
  app.addHook('onRequest', (request, reply, done) => {
    const { 'content-length': length, 'content-encoding': encoding, 'transfer-encoding': transfer } = request.headers;
    // packed, or in pieces: nobody knows before it is there
    const announced = encoding === undefined && transfer === undefined ? Number(length) || 0 : Infinity;
    if (announced <= SMALL) return done();
    const bytes = Math.min(announced, request.routeOptions.bodyLimit);
    if (taken + bytes > room) return done(new Refusal('busy', `Uploads of ${taken} bytes are under way already`));
    taken += bytes;
    reply.raw.once('close', () => (taken -= bytes));
    done();
  });
}

import { upload } from './authorization.js';
import { doc } from './doc.js';
import type { Resource } from './parts.js';

/** `PUT /batch/new`: 201, or 200 when nothing was new. */
export const batch: Resource = (app, parts) => {
  app.put('/batch/new', { schema: doc.batch }, async (request, reply) => {
    const answer = await parts.ingest.batch(await upload(request, parts));
    const status = answer.stored > 0 ? 201 : 200;
    return reply.code(status).header('content-type', 'application/json').send(JSON.stringify(answer));
  });
};

/** `/point/new`, `/point/<id>`, `/points/count`. */
import { mayWriteTo } from '../access.js';
import { Refusal } from '../error.js';
import { sendJson } from './answer.js';
import { upload } from './authorization.js';
import { doc } from './doc.js';
import { idOf, onlyNew, type ById, type Resource } from './parts.js';
import { pointText } from './point-text.js';

export const points: Resource = (app, parts) => {
  const { store, ingest } = parts;

  app.put('/point/:id', { schema: doc.newPoint }, async (request: ById, reply) => {
    const sent = await upload(request, parts);
    onlyNew(request.params.id);
    const id = await ingest.point(sent);
    return reply.code(201).header('content-type', 'application/json').send(String(id));
  });

  app.get('/point/:id', { schema: doc.readPoint }, async (request: ById, reply) => {
    const id = idOf(request.params.id);
    const point = id === null ? undefined : await store.point(id);
    if (point === undefined) throw noSuchPoint(request.params.id);
    return sendJson(request, reply, pointText(point));
  });

  app.delete('/point/:id', { schema: doc.deletePoint }, async (request: ById, reply) => {
    const { user } = await upload(request, parts);
    const id = idOf(request.params.id);
    if (id === null) throw noSuchPoint(request.params.id);
    const point = await store.point(id);
    const series = point && (await store.series(point.series_id));
    if (series !== undefined) {
      mayWriteTo(user, series);
      await store.deletePoint(id);
    }
    return reply.code(204).send();
  });

  app.get('/points/count', { schema: doc.countPoints }, async (request, reply) =>
    sendJson(request, reply, String(await store.countPoints())),
  );
};

function noSuchPoint(typed: string): Refusal {
  return new Refusal('not-found', `Point ${typed} doesn't exist`);
}

/** `/quarantine`, `/quarantine/<name>`: batches that were refused for good, to be looked at, replayed or dropped. */
import type { QuarantinedShape, QuarantineShape } from '../../firmware/protocol/rest.js';
import type { Access } from '../access.js';
import type { QuarantineEntry } from '../store/store.js';
import { sendJson } from './answer.js';
import { upload } from './authorization.js';
import { doc } from './doc.js';
import type { ById, Resource } from './parts.js';

export const quarantine: Resource = (app, parts) => {
  const { access, quarantine } = parts;

  app.get('/quarantine', { schema: doc.listQuarantine }, async (request, reply) => {
    const entries: QuarantineShape[] = (await quarantine.list()).map((entry) => shown(entry, access));
    return sendJson(request, reply, JSON.stringify(entries));
  });

  app.get('/quarantine/:id', { schema: doc.readQuarantine }, async (request: ById, reply) => {
    const entry: QuarantinedShape = shown(await quarantine.show(request.params.id), access);
    return sendJson(request, reply, JSON.stringify(entry));
  });

  app.post('/quarantine/:id/replay', { schema: doc.replay }, async (request: ById, reply) => {
    const answer = await quarantine.replay(request.params.id, await upload(request, parts));
    return reply.header('content-type', 'application/json').send(JSON.stringify(answer));
  });

  app.delete('/quarantine/:id', { schema: doc.dropQuarantine }, async (request: ById, reply) => {
    const { user } = await upload(request, parts);
    await quarantine.drop(request.params.id, user);
    return reply.code(204).send();
  });
};

/** The user by name, as in the list of series; missing when the user is gone. */
function shown<T extends QuarantineEntry>({ user, ...entry }: T, access: Access): Omit<T, 'user'> & { user?: string } {
  const name = access.nameOf(user);
  return { ...entry, ...(name === undefined ? {} : { user: name }) };
}

/** `GET /backup`: the data folder as it is now, for whoever has a token that is not bound to devices. */
import { Refusal } from '../error.js';
import { headerToken } from './authorization.js';
import { doc } from './doc.js';
import type { Resource } from './parts.js';

export const backup: Resource = (app, { store, access, config, clock }) => {
  app.get('/backup', { exposeHeadRoute: false, schema: doc.backup }, async (request, reply) => {
    const token = headerToken(request.headers.authorization);
    if (token === undefined) throw new Refusal('no-token', 'Authentication token is required for access.');
    const user = access.user(token);
    if (user === undefined) throw new Refusal('unknown-token', "The token doesn't exist");
    if (user.devices !== null) throw new Refusal('denied', 'A token that is bound to devices is not for backups');
    // not loaded before somebody wants one
    const { writeArchive } = await import('../archive.js');
    const now = clock.reading();
    const name = `thermowell-${new Date(now).toISOString().slice(0, 10)}.tar`;
    reply.header('content-type', 'application/x-tar');
    reply.header('content-disposition', `attachment; filename="${name}"`);
    return reply.send(writeArchive(store.copy(), config.users, now));
  });
};

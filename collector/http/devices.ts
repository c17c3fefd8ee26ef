/** `/devices`, `/devices/<id>`: who uploads, and what became of their readings. */
import { ProtocolError } from '../../firmware/protocol/error.js';
import { isPrototypeName } from '../../firmware/protocol/limits.js';
import type { DeviceShape } from '../../firmware/protocol/rest.js';
import type { Access } from '../access.js';
import { Refusal } from '../error.js';
import type { Device } from '../store/store.js';
import { sendJson, streamJson } from './answer.js';
import { doc } from './doc.js';
import { longList } from './long-list.js';
import type { ById, Resource } from './parts.js';

export const devices: Resource = (app, { store, access, clock }) => {
  app.get('/devices', { schema: doc.listDevices }, async (request, reply) => {
    // `seen` is by our clock, so the page has to know what that shows; a wrong one shows nothing (RFC 9110 §6.6.1)
    const now = clock.now();
    if (now === undefined) reply.raw.sendDate = false;
    else reply.header('date', new Date(now).toUTCString());
    const all = await store.listDevices();
    return streamJson(
      request,
      reply,
      longList(['[', ']'], all, (device) => JSON.stringify(shown(device, access))),
    );
  });

  app.get('/devices/:id', { schema: doc.readDevice }, async (request: ById, reply) => {
    const { id } = request.params;
    if (isPrototypeName(id)) throw new ProtocolError('', 'not a name a device may have');
    const device = await store.device(id);
    if (device === undefined) throw new Refusal('not-found', `Device ${id} doesn't exist`);
    return sendJson(request, reply, JSON.stringify(shown(device, access)));
  });
};

/** The user by name, as in the list of series; missing when the user is gone. */
function shown({ user, ...device }: Device, access: Access): DeviceShape {
  const name = access.nameOf(user);
  return { ...device, ...(name === undefined ? {} : { user: name }) };
}

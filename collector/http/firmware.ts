/** `/firmware`, `/firmware/new`, `/firmware/<name>`: images for devices that update themselves. */
import type { FastifyRequest } from 'fastify';
import type { ImageShape } from '../../firmware/protocol/rest.js';
import { Refusal } from '../error.js';
import { IMAGE_MAX } from '../firmware.js';
import type { Image } from '../store/images.js';
import { sendJson } from './answer.js';
import { headerUser, upload } from './authorization.js';
import { doc } from './doc.js';
import { onlyNew, type ById, type Resource } from './parts.js';

type New = FastifyRequest<{ Params: { id: string }; Querystring: { version?: unknown; platform?: unknown } }>;

export const firmware: Resource = (app, parts) => {
  const { access, firmware: images } = parts;

  const shown = ({ user, ...image }: Image): ImageShape => {
    const name = access.nameOf(user);
    return { ...image, ...(name === undefined ? {} : { user: name }) };
  };

  app.get('/firmware', { schema: doc.listFirmware }, async (request, reply) =>
    sendJson(request, reply, JSON.stringify(images.list().map(shown))),
  );

  app.put('/firmware/:id', { schema: doc.newFirmware, bodyLimit: IMAGE_MAX }, async (request: New, reply) => {
    const user = headerUser(request, access);
    onlyNew(request.params.id);
    const { version, platform } = request.query;
    const bytes = request.body as Buffer | undefined;
    if (bytes === undefined) throw new Refusal('malformed', 'The body must be the image');
    const image = await images.add(user, { version, platform, bytes });
    return reply
      .code(201)
      .header('content-type', 'application/json')
      .send(JSON.stringify(shown(image)));
  });

  app.get('/firmware/:id', { schema: doc.readFirmware }, async (request: ById, reply) => {
    const bytes = await images.read(headerUser(request, access), request.params.id);
    return reply.header('content-type', 'application/octet-stream').send(bytes);
  });

  app.delete('/firmware/:id', { schema: doc.deleteFirmware }, async (request: ById, reply) => {
    const { user } = await upload(request, parts);
    await images.remove(user, request.params.id);
    return reply.code(204).send();
  });
};

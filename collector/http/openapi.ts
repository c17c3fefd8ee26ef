import fastify from 'fastify';
import { VERSION } from '../../firmware/protocol/version.js';
import { sendJson } from './answer.js';
import { answersOf } from './doc-answers.js';
import { NO_COMPILERS } from './no-compilers.js';
import type { Parts, Resource } from './parts.js';

/**
 * `GET /openapi.json`: what the resources say of themselves. Swagger reads it off a second server that has the same routes
 * and never listens, made when somebody asks: a start does without.
 */
export function openapi(resources: Resource[]): Resource {
  let document: Promise<string> | null = null;
  return (app, parts) => {
    app.get('/openapi.json', { schema: { hide: true } }, async (request, reply) => {
      document ??= describe(resources, parts).catch((error: unknown) => {
        document = null;
        throw error;
      });
      return sendJson(request, reply, await document);
    });
  };
}

async function describe(resources: Resource[], parts: Parts): Promise<string> {
  const { default: swagger } = await import('@fastify/swagger');
  const app = fastify({ schemaController: NO_COMPILERS });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Thermowell', version: VERSION, description: 'Temperature readings that are never lost' },
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
    },
    transform: ({ schema, url, route: { method } }) => {
      const bare = schema.hide === true || typeof method !== 'string' || method === 'HEAD';
      return { url, schema: bare ? schema : { ...schema, response: answersOf(method, url) } };
    },
  });
  await app.register(async (scope) => {
    for (const resource of resources) resource(scope, parts);
  });
  await app.ready();
  const text = JSON.stringify(app.swagger());
  await app.close();
  return text;
}

/** The page and its files: the page's own from its folder and from the build, uPlot's from its package. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastify, {
  LogController,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyBaseLogger,
} from 'fastify';
import { Refusal } from '../error.js';
import { addHeaders } from './headers.js';
import { NO_COMPILERS } from './no-compilers.js';
import type { Resource } from './parts.js';
import { sendProblem } from './problem.js';

/** Nothing inline, nothing from elsewhere: the page works without internet, and injected text stays text. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The page's folder has sources beside them. */
const SERVED = /\.(?:html|css|js|map|svg|png|ico|webmanifest)$/;

const require = createRequire(import.meta.url);

const HEADERS = { 'content-security-policy': POLICY, 'referrer-policy': 'no-referrer', 'cache-control': 'no-cache' };

/**
 * `/` and `/page/*`. They are a server of their own that doesn't listen, made when somebody first looks: files in many
 * formats take a lot of code, and devices upload without.
 */
export function page(prefixes: string[]): Resource {
  let opened: Promise<FastifyInstance> | null = null;
  return (app) => {
    const answer = async ({ raw }: FastifyRequest, reply: FastifyReply): Promise<void> => {
      opened ??= openPage(app.log, prefixes).catch((error: unknown) => {
        opened = null;
        throw error;
      });
      const server = await opened;
      reply.hijack();
      server.routing(raw, reply.raw);
    };
    app.get('/', { schema: { hide: true } }, answer);
    app.get('/page/*', { schema: { hide: true } }, answer);
    app.addHook('onClose', async () => (await opened)?.close());
  };
}

async function openPage(log: FastifyBaseLogger, prefixes: string[]): Promise<FastifyInstance> {
  // by import() Node 22.23 has nothing in it, where node_modules is a link
  const files = require('@fastify/static') as typeof import('@fastify/static').default;
  const root = packageFolder();
  const sources = join(root, 'collector/page');
  const built = join(root, 'dist/collector/page');
  const uplot = dirname(require.resolve('uplot/dist/uPlot.min.css'));
  const options = {
    index: false as const,
    cacheControl: false,
    setHeaders,
    allowedPath: (path: string) => SERVED.test(path),
  };
  const logController = new LogController({ disableRequestLogging: true });
  const server = fastify({ loggerInstance: log, logController, schemaController: NO_COMPILERS });
  addHeaders(server);
  server.setErrorHandler(sendProblem).setNotFoundHandler(() => {
    throw new Refusal('not-found', 'Nothing is at this address');
  });
  for (const prefix of prefixes)
    await server.register(
      async (scope) => {
        await scope.register(files, { ...options, root: [sources, built].filter(existsSync), prefix: '/page/' });
        await scope.register(files, { ...options, root: uplot, prefix: '/page/uplot/', decorateReply: false });
        scope.get('/', (_request, reply) => reply.sendFile('index.html'));
      },
      { prefix },
    );
  await server.ready();
  return server;
}

function setHeaders(response: { setHeader(name: string, value: string): void }, path: string): void {
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
  // The page's service worker serves the page, which is two folders above it, also behind a proxy's prefix.
  if (dirname(path).endsWith('worker')) response.setHeader('service-worker-allowed', '../../');
}

/** The folder with package.json, seen from the sources and from the build alike. */
function packageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    if (folder === dirname(folder)) throw new Error('package.json is missing: the installation is incomplete');
    folder = dirname(folder);
  }
  return folder;
}

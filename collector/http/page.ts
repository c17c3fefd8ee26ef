/** The page and its files: the page's own from its folder and from the build, uPlot's from its package. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';

/** Nothing inline, nothing from elsewhere: the page works without internet, and injected text stays text. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The page's folder has sources beside them. */
const SERVED = /\.(?:html|css|js|map|svg|png|ico|webmanifest)$/;

const HEADERS = { 'content-security-policy': POLICY, 'referrer-policy': 'no-referrer', 'cache-control': 'no-cache' };

export async function servePage(app: FastifyInstance): Promise<void> {
  const root = packageFolder();
  const sources = join(root, 'collector/page');
  const built = join(root, 'dist/collector/page');
  const uplot = dirname(createRequire(import.meta.url).resolve('uplot/dist/uPlot.min.css'));
  const files = {
    index: false as const,
    cacheControl: false,
    setHeaders,
    allowedPath: (path: string) => SERVED.test(path),
  };

  app.get('/', { schema: { hide: true } }, async (_request, reply): Promise<FastifyReply> =>
    reply.sendFile('index.html'),
  );
  await app.register(fastifyStatic, { ...files, root: [sources, built].filter(existsSync), prefix: '/page/' });
  await app.register(fastifyStatic, { ...files, root: uplot, prefix: '/page/uplot/', decorateReply: false });
}

function setHeaders(response: { setHeader(name: string, value: string): void }): void {
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
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

/** Fastify put together: limits, timeouts, logging, headers, the routes at `/` and again at `/api`. */
import type { AddressInfo } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import fastify, { LogController, type FastifyInstance } from 'fastify';
import type { Config } from '../config.js';
import type { Tls } from '../tls.js';
import { alarms } from './alarms.js';
import { requireReader } from './authorization.js';
import { backup } from './backup.js';
import { batch } from './batch.js';
import { devices } from './devices.js';
import { firmware } from './firmware.js';
import { addHeaders } from './headers.js';
import { health } from './health.js';
import { live } from './live.js';
import { answerTheRest } from './methods.js';
import { metrics } from './metrics.js';
import { NO_COMPILERS } from './no-compilers.js';
import { openapi } from './openapi.js';
import { page } from './page.js';
import type { Parts, Resource } from './parts.js';
import { points } from './points.js';
import { quarantine } from './quarantine.js';
import { sendAddressProblem, sendBareProblem, sendProblem } from './problem.js';
import { takeRawBodies } from './request-body.js';
import { series } from './series.js';
import { seriesWrite } from './series-write.js';

/** timeseries-api lives behind the second. */
const PREFIXES = ['', '/api'];

const RESOURCES: Resource[] = [
  series,
  seriesWrite,
  points,
  batch,
  devices,
  quarantine,
  firmware,
  live,
  alarms,
  backup,
  health,
  metrics,
];

/** Where log lines go, one JSON object each. */
export interface LogDestination {
  write(line: string): void;
}

/** A server without routes: it brings the logger that the other rooms want. */
export function createServer(
  { limits, logLevel, timeouts }: Config,
  stream: LogDestination,
  tls: Tls | null = null,
): FastifyInstance {
  const http = {
    headersTimeout: timeouts.headersMs,
    connectionsCheckingInterval: checkingInterval(timeouts.headersMs),
    // nothing here depends on it, and Node's own refusal would be no problem document
    requireHostHeader: false,
  };
  const options = {
    bodyLimit: limits.bytes,
    requestTimeout: timeouts.requestMs,
    connectionTimeout: timeouts.idleMs,
    routerOptions: { maxParamLength: 1024 },
    return503OnClosing: false,
    logger: { level: logLevel, stream },
    logController: new LogController({ disableRequestLogging: true }),
    // one logger for all requests: a child for each would cost more than the point it stores
    childLoggerFactory: <T>(logger: T): T => logger,
    clientErrorHandler: sendBareProblem,
    schemaController: NO_COMPILERS,
    frameworkErrors: sendAddressProblem,
  };
  // an HTTPS server has the same requests and answers; its type would be on everything that has a route
  const app =
    tls === null ? fastify({ ...options, http }) : (fastify({ ...options, https: { ...http, ...tls } }) as never);
  app.setErrorHandler(sendProblem);
  return app;
}

export async function addRoutes(app: FastifyInstance, parts: Parts): Promise<void> {
  answerTheRest(app);
  takeRawBodies(app);
  parts.underWay.watch(app);
  addHeaders(app);
  if (app.log.level === 'info' || app.log.level === 'debug' || app.log.level === 'trace') logAccess(app);
  if (parts.config.private) app.addHook('onRequest', requireReader(parts.access));
  const resources = [...RESOURCES, openapi(RESOURCES), page(PREFIXES)];
  for (const prefix of PREFIXES)
    await app.register(
      async (scope) => {
        for (const resource of resources) resource(scope, parts);
      },
      { prefix },
    );
}

/** Listens, and answers with the URL. @throws Error that names the address */
export async function listen(app: FastifyInstance, { host, port }: Config): Promise<string> {
  try {
    await app.listen({ host, port, listenTextResolver: (address) => `listening on ${address}` });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // every address, on a system without IPv6
    if (host === '::' && (code === 'EAFNOSUPPORT' || code === 'EADDRNOTAVAIL'))
      await app.listen({ host: '0.0.0.0', port });
    else if (code === 'EACCES') throw new Error(`Port ${port} on ${host} may not be used`, { cause: error });
    else if (code === 'EADDRINUSE') throw new Error(`Port ${port} on ${host} is in use`, { cause: error });
    else throw error;
  }
  return urlOf(app, host);
}

/** Stops accepting, lets requests in flight finish for a while, then closes what is left. */
export async function stop(app: FastifyInstance, { timeouts }: Config): Promise<void> {
  const sweep = setInterval(() => app.server.closeIdleConnections(), 50);
  const limit = setTimeout(() => app.server.closeAllConnections(), timeouts.stopMs);
  try {
    await app.close();
  } finally {
    clearInterval(sweep);
    clearTimeout(limit);
  }
}

/** A line per request. Not its query and not its body, which may hold what a log mustn't. */
function logAccess(app: FastifyInstance): void {
  app.addHook('onResponse', (request, reply, done) => {
    const path = request.url.split('?', 1)[0]!;
    const ms = Math.round(reply.elapsedTime * 10) / 10;
    const from = request.ip.replace(/^::ffff:/, '');
    request.log.info({ method: request.method, path, status: reply.statusCode, ms, from }, 'request');
    done();
  });
}

/** The URL to reach it by, from this machine. */
function urlOf({ server }: FastifyInstance, host: string): string {
  const name = host === '::' || host === '0.0.0.0' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `${server instanceof TlsServer ? 'https' : 'http'}://${name}:${(server.address() as AddressInfo).port}`;
}

function checkingInterval(timeoutMs: number): number {
  return Math.max(50, Math.min(5000, timeoutMs / 4));
}

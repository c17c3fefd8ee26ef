/** Connections to the collector, over ECMA-419's HTTP client. */
import HTTPClient from 'embedded:network/http/client';
import type { Connect } from '../uplinks/http.js';
import { dns } from './dns.js';
import type { Trust } from './secure-socket.js';
import { socketBy } from './sockets.js';

/** @param trust whom it believes; null: no TLS */
export function connectBy(trust: Trust | null): Connect {
  return ({ host, port, onError }) => new HTTPClient({ host, port, onError, socket: socketBy(trust), dns: dns() });
}

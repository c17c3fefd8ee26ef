/** Connections to the collector, over ECMA-419's HTTP client. */
import HTTPClient from 'embedded:network/http/client';
import type { Connect } from '../uplinks/http.js';
import { dns } from './dns.js';
import { socketBy } from './sockets.js';

/** @param certificate of the authority that is trusted; null: no TLS */
export function connectBy(certificate: string | null): Connect {
  return ({ host, port, onError }) =>
    new HTTPClient({ host, port, onError, socket: socketBy(certificate), dns: dns() });
}

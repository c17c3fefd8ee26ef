/** Connections to the collector, over ECMA-419's HTTP client. */
import TCP from 'embedded:io/socket/tcp';
import HTTPClient from 'embedded:network/http/client';
import type { Connect } from '../uplinks/http.js';
import { dns } from './dns.js';

export const connect: Connect = ({ host, port, onError }) =>
  new HTTPClient({ host, port, onError, socket: { io: TCP }, dns: dns() });

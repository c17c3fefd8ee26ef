/** Connections to the collector, over ECMA-419's HTTP client. */
import TCP from 'embedded:io/socket/tcp';
import UDP from 'embedded:io/socket/udp';
import Resolver from 'embedded:network/dns/resolver/udp';
import HTTPClient from 'embedded:network/http/client';
import Net from 'net';
import type { Connect } from '../uplinks/http.js';

/** Names are asked of the servers that DHCP gave, `.local` of the neighbours, numbers of nobody. */
export const connect: Connect = ({ host, port, onError }) =>
  new HTTPClient({
    host,
    port,
    onError,
    socket: { io: TCP },
    dns: { io: Resolver, servers: Net.get('DNS') ?? [], socket: { io: UDP } },
  });

import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

/** A connection of the HTTP server that asks to become something else (RFC 9110 §7.8). */
export interface Upgrade {
  request: IncomingMessage;
  socket: Duplex;
  /** what came after the request's head */
  head: Buffer;
}

/** Whether it is to be a WebSocket at one of these paths. */
export function isWebSocketAt({ headers, url = '' }: IncomingMessage, paths: string[]): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket' && paths.includes(url.split('?', 1)[0]!);
}

/**
 * Lets the HTTP server read the request again, as one that asks for nothing. Node gives every upgrade to whoever listens
 * for one, and there are clients that offer HTTP/2 with whatever they ask first.
 */
export function ignore({ request, socket, head }: Upgrade, server: Server): void {
  const { method, url, httpVersion, rawHeaders } = request;
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let i = 0; i < rawHeaders.length; i += 2)
    if (!/^(connection|upgrade|http2-settings)$/i.test(rawHeaders[i]!))
      lines.push(`${rawHeaders[i]}: ${rawHeaders[i + 1]}`);
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.emit('connection', socket);
}

/** Stands between the device and its collector, and misbehaves as networks and servers do. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import { setTimeout } from 'node:timers/promises';

/**
 * @typedef {object} Manner
 * @property {number} [pieces] what it passes on to the device comes in pieces of so many bytes
 * @property {number} [cutAfter] the connection is gone after so many bytes of the server's
 * @property {Buffer} [says] it says just this, whatever it hears
 * @property {import('node:tls').TlsOptions} [tls] it ends the TLS itself, so
 * @property {number} [fragment] in fragments of so many bytes
 */
export class Front {
  /** connections that were made */
  connections = 0;
  /** all that was said to it, where it answers itself */
  heard = Buffer.alloc(0);
  #port;
  #to;
  /** null while it is closed */
  #server = /** @type {any} */ (null);
  #sockets = new Set();

  /** @param {number} port @param {number} to the collector's, which speaks TLS */
  constructor(port, to) {
    this.#port = port;
    this.#to = to;
  }

  /** From now on it is like this. @param {Manner} [manner] */
  async become(manner = {}) {
    await this.close();
    this.connections = 0;
    this.heard = Buffer.alloc(0);
    const server = manner.tls
      ? this.#ending(manner.tls, manner.fragment)
      : createServer((socket) => this.#pass(socket, manner));
    server.on('connection', (socket) => {
      this.connections++;
      this.#keep(socket);
    });
    this.#server = server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
  }

  async close() {
    for (const socket of this.#sockets) socket.destroy();
    const server = this.#server;
    this.#server = null;
    if (server !== null) await new Promise((resolve) => server.close(resolve));
  }

  /** @param {import('node:net').Socket} socket @param {Manner} manner */
  #pass(socket, { pieces = Infinity, cutAfter = Infinity, says }) {
    if (says !== undefined) {
      socket.on('data', (bytes) => {
        this.heard = Buffer.concat([this.heard, bytes]);
        socket.write(says);
      });
      return;
    }
    const server = this.#keep(connect(this.#to, '127.0.0.1'));
    socket.setNoDelay();
    socket.pipe(server);
    this.#feed(server, socket, pieces, cutAfter).catch(() => socket.destroy());
    socket.on('close', () => server.destroy());
  }

  /**
   * What the server says, in pieces, up to a cut.
   *
   * @param {import('node:net').Socket} server
   * @param {import('node:net').Socket} socket
   * @param {number} pieces
   * @param {number} cutAfter
   */
  async #feed(server, socket, pieces, cutAfter) {
    let left = cutAfter;
    for await (const bytes of server) {
      for (let at = 0; at < bytes.length && left > 0; at += pieces) {
        const piece = bytes.subarray(at, Math.min(at + pieces, at + left));
        left -= piece.length;
        socket.write(piece);
        if (pieces < Infinity) await setTimeout(1);
      }
      if (left <= 0) socket.destroy();
    }
    socket.end();
  }

  /** @param {import('node:tls').TlsOptions} options @param {number} [fragment] */
  #ending(options, fragment) {
    return createTlsServer(options, (socket) => {
      this.#keep(socket);
      if (fragment !== undefined) socket.setMaxSendFragment(fragment);
      const server = this.#keep(connectTls({ port: this.#to, host: '127.0.0.1', rejectUnauthorized: false }));
      socket.pipe(server).pipe(socket);
    }).on('tlsClientError', () => {});
  }

  /** @template {import('node:net').Socket} S @param {S} socket @returns {S} */
  #keep(socket) {
    this.#sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => this.#sockets.delete(socket));
    return socket;
  }
}

/**
 * One process at a time holds a data folder: by listening on the Unix socket `lock` in it, which the kernel closes
 * whatever the process dies of. Who connects is told the holder's process id. A socket nobody listens on is stale and is
 * taken over.
 */
import { constants } from 'node:fs';
import { open, rm, stat, type FileHandle } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { errno } from './disk.js';
import { StoreError } from './store.js';

const NAME = 'lock';

/** Longest path of a socket: `sun_path` has 108 bytes, or 104, with a 0 at the end. */
const LONGEST = 103;

/** Another process that found the same stale socket has replaced ours by then, if it does at all. */
const TAKEOVER_MS = 50;

export class Lock {
  readonly #folder: string;
  #server: net.Server | null = null;
  /** keeps the short way to a long path alive */
  #handle: FileHandle | null = null;

  constructor(folder: string) {
    this.#folder = path.resolve(folder);
  }

  /** @throws StoreError `locked` */
  async open(): Promise<void> {
    const address = await this.#address();
    try {
      this.#server = await this.#take(address);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    // Removes the socket too.
    if (server !== null) await new Promise((resolve) => server.close(resolve));
    await this.#handle?.close();
    this.#handle = null;
  }

  async #take(address: string): Promise<net.Server> {
    const server = await listen(address);
    if (server !== null) return server;
    const holder = await ask(address);
    if (holder !== null) throw this.#locked(holder);
    await rm(address, { force: true });
    const taken = await listen(address);
    if (taken === null) throw this.#locked((await ask(address)) ?? '');
    const mine = await stat(address);
    await setTimeout(TAKEOVER_MS);
    const there = await stat(address).catch(() => null);
    if (there?.ino === mine.ino) return taken;
    taken.close();
    throw this.#locked((await ask(address)) ?? '');
  }

  #locked(holder: string): StoreError {
    const by = /^\d+$/.test(holder) ? `process ${holder}` : 'another process';
    return new StoreError('locked', `the data folder ${this.#folder} is in use by ${by}`);
  }

  /** A path of the socket that is short enough. */
  async #address(): Promise<string> {
    const direct = path.join(this.#folder, NAME);
    if (Buffer.byteLength(direct) <= LONGEST) return direct;
    const relative = path.relative(process.cwd(), direct);
    if (Buffer.byteLength(relative) <= LONGEST) return relative;
    this.#handle = await open(this.#folder, constants.O_RDONLY | constants.O_DIRECTORY);
    return `/proc/self/fd/${this.#handle.fd}/${NAME}`;
  }
}

/** A server that tells whoever connects our process id; null when the address is taken. */
function listen(address: string): Promise<net.Server | null> {
  return new Promise((resolve, reject) => {
    const server = net.createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end(String(process.pid), () => socket.destroy());
    });
    server.unref();
    server.once('error', (error) => {
      if (errno(error) === 'EADDRINUSE') resolve(null);
      else reject(error);
    });
    server.listen(address, () => resolve(server));
  });
}

/** What the holder says; null when nobody listens. */
function ask(address: string): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(address);
    let answer = '';
    socket.setEncoding('utf8');
    socket.setTimeout(1000, () => socket.destroy());
    socket.on('data', (text: string) => (answer += text));
    socket.on('close', () => resolve(answer));
    socket.on('error', (error) => {
      const code = errno(error);
      if (code === 'ECONNREFUSED' || code === 'ENOENT') resolve(null);
      else reject(error);
    });
  });
}

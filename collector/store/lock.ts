/**
 * One process at a time holds a data folder: by listening on the Unix socket `lock` in it, which the kernel closes
 * whatever the process dies of. Who connects is told the holder's process id. A socket nobody listens on is stale and is
 * taken over.
 */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { link, open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { errno } from './disk.js';
import { StoreError } from './store.js';

const NAME = 'lock';

/** Longest path of a socket: `sun_path` has 108 bytes, or 104, with a 0 at the end; less what `suffix` adds. */
const LONGEST = 94;

/** Another process that found the same stale socket has replaced ours by then, if it does at all. */
const TAKEOVER_MS = 50;

const OTHER_KIND = 'its file system has no sockets or hard links (FAT, many network shares); take one like ext4';

/** Why a folder can't be locked, by the system's code. */
const REASONS: Record<string, string> = {
  EROFS: 'it is on a file system that is read-only',
  EACCES: 'this user may not write there',
  ENOSPC: 'there is no room on its disk',
  EPERM: OTHER_KIND,
  ENOTSUP: OTHER_KIND,
  EOPNOTSUPP: OTHER_KIND,
};

export class Lock {
  readonly #folder: string;
  #server: net.Server | null = null;
  #address = '';
  #inode: number | null = null;
  /** keeps the short way to a long path alive */
  #handle: FileHandle | null = null;

  constructor(folder: string) {
    this.#folder = path.resolve(folder);
  }

  /** @throws StoreError `locked`, `failed` where that can't be */
  async open(): Promise<void> {
    try {
      this.#address = await this.#shortPath();
      await this.#take(this.#address);
    } catch (error) {
      await this.close();
      throw this.#explained(error);
    }
  }

  async close(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server !== null) {
      if ((await inode(this.#address)) === this.#inode) await rm(this.#address, { force: true });
      await stopped(server);
    }
    await this.#handle?.close();
    this.#handle = null;
  }

  /** Listens under a name of its own first, and links that to `lock`, which fails where there is one. */
  async #take(address: string): Promise<void> {
    const own = `${address}.${suffix()}`;
    const server = await listen(own);
    try {
      this.#inode = await inode(own);
      if (!(await linked(own, address))) {
        const holder = await ask(address);
        if (holder !== null) throw this.#locked(holder);
        // The name is never free in between, so that nobody can link to it; of those who find the same stale socket, the
        // last one has it.
        await rename(own, address);
        await setTimeout(TAKEOVER_MS);
        if ((await inode(address)) !== this.#inode) throw this.#locked(await ask(address));
      }
      this.#server = server;
    } catch (error) {
      await stopped(server);
      throw error;
    } finally {
      await rm(own, { force: true });
    }
  }

  /** What the system says is about a socket of which nobody has heard. */
  #explained(error: unknown): unknown {
    const why = REASONS[errno(error) ?? ''];
    if (why === undefined) return error;
    return new StoreError('failed', `the data folder ${this.#folder} can't be used: ${why}`, { cause: error });
  }

  #locked(holder: string | null): StoreError {
    const by = /^\d+$/.test(holder ?? '') ? `process ${holder}` : 'another process';
    return new StoreError('locked', `the data folder ${this.#folder} is in use by ${by}`);
  }

  /** A path of the socket that is short enough. */
  async #shortPath(): Promise<string> {
    const direct = path.join(this.#folder, NAME);
    if (Buffer.byteLength(direct) <= LONGEST) return direct;
    const relative = path.relative(process.cwd(), direct);
    if (Buffer.byteLength(relative) <= LONGEST) return relative;
    this.#handle = await open(this.#folder, constants.O_RDONLY | constants.O_DIRECTORY);
    return `/proc/self/fd/${this.#handle.fd}/${NAME}`;
  }
}

/** A server that tells whoever connects our process id. */
function listen(address: string): Promise<net.Server> {
  return new Promise((resolve, reject) => {
    const server = net.createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end(String(process.pid), () => socket.destroy());
    });
    server.unref();
    server.once('error', reject);
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

function stopped(server: net.Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

/** Gives a file a second name; false where that name is taken. */
async function linked(file: string, name: string): Promise<boolean> {
  try {
    await link(file, name);
    return true;
  } catch (error) {
    if (errno(error) === 'EEXIST') return false;
    throw error;
  }
}

async function inode(file: string): Promise<number | null> {
  try {
    return (await stat(file)).ino;
  } catch (error) {
    if (errno(error) === 'ENOENT') return null;
    throw error;
  }
}

function suffix(): string {
  return randomBytes(4).toString('hex');
}

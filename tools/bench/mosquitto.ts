/** Mosquitto as the peer of our broker: it acknowledges at once, writes nothing and passes on to nobody. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import net, { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { usageOf, type Usage } from './usage.js';

/** where Debian and Homebrew have it */
const PLACES = ['/usr/sbin/mosquitto', '/usr/local/sbin/mosquitto', '/opt/homebrew/sbin/mosquitto'];

/** The program, or null where it isn't installed. */
export function findMosquitto(): string | null {
  return PLACES.find((place) => existsSync(place)) ?? null;
}

export class Mosquitto {
  readonly #program: string;
  readonly #folder: string;
  #child: ChildProcess | null = null;
  #unwanted = false;
  port = 0;

  constructor(program: string, folder: string) {
    this.#program = program;
    this.#folder = folder;
  }

  /** @throws Error with what it said, when it doesn't start */
  async open(): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    this.port = await freePort();
    const config = join(this.#folder, 'mosquitto.conf');
    await writeFile(config, `listener ${this.port} 127.0.0.1\nallow_anonymous true\nset_tcp_nodelay true\n`);
    if (this.#unwanted) throw new Error('killed before it was started');
    const args = ['-c', config];
    const child = spawn(this.#program, args, { env: {}, detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child = child;
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-2000)));
    while (!said.includes(' running')) {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`mosquitto ended: ${said.trim()}`);
      await Promise.race([once(child.stderr, 'data'), once(child, 'close')]);
    }
  }

  usage(): Usage | null {
    return usageOf(this.#child!.pid!);
  }

  async kill(): Promise<void> {
    this.#unwanted = true;
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const closed = once(child, 'close');
    child.kill('SIGKILL');
    await closed;
  }
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

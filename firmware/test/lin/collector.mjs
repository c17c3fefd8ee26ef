/** The real collector, `thermowell serve`, on a clock that goes fast. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const launcher = fileURLToPath(new URL('../../../tools/thermowell', import.meta.url));
const fastClock = new URL('fast-clock.mjs', import.meta.url).href;

export class Collector {
  /** how often it was killed */
  kills = 0;
  token = 'lin';
  #folder;
  #ports;
  #env;
  /** the process; null while there is none */
  #child = /** @type {any} */ (null);

  /** @param {string} folder its data @param {{ http: number, mqtt: number }} ports @param {number} speed */
  constructor(folder, ports, speed) {
    this.#folder = folder;
    this.#ports = ports;
    this.#env = { ...process.env, THERMOWELL_SPEED: String(speed), THERMOWELL_EPOCH: String(Date.now()) };
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'users.json'), JSON.stringify({ [this.token]: { name: 'Lin', id: 1 } }));
  }

  get url() {
    return `http://127.0.0.1:${this.#ports.http}`;
  }

  /** Until it answers. */
  async start() {
    const { http, mqtt } = this.#ports;
    // The firmware's build took a minute since the port was free: another run's collector would answer as well.
    if (await this.#answers()) throw new Error(`somebody else listens on port ${http}`);
    const args = ['--import', fastClock, launcher, 'serve', '--host', '127.0.0.1', '--data', this.#folder];
    const ports = ['--port', String(http), '--mqtt-port', String(mqtt), '--log-level', 'silent'];
    const child = spawn(process.execPath, [...args, ...ports], { env: this.#env, stdio: 'ignore' });
    this.#child = child;
    for (;;) {
      if (child.exitCode !== null) throw new Error(`the collector ended with ${child.exitCode}`);
      if (await this.#answers()) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  #answers() {
    return fetch(`${this.url}/health`).then(Boolean, () => false);
  }

  async kill() {
    const child = this.#child;
    this.#child = null;
    if (child === null) return;
    const ended = child.exitCode === null ? once(child, 'exit') : null;
    child.kill('SIGKILL');
    await ended;
    this.kills++;
  }

  /** @param {string} path @returns {Promise<any>} */
  async get(path) {
    const response = await fetch(`${this.url}${path}`);
    if (!response.ok) throw new Error(`GET ${path}: ${response.status}`);
    return response.json();
  }
}

/** A port that is free now. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

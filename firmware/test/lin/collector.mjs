/** The real collector, `thermowell serve`, on a clock that goes fast. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { request as requestTls } from 'node:https';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const launcher = fileURLToPath(new URL('../../../tools/thermowell', import.meta.url));
const fastClock = new URL('fast-clock.mjs', import.meta.url).href;

export class Collector {
  /** how often it was killed */
  kills = 0;
  token = 'lin';
  /** more of them for `serve`, from the next start on */
  flags = /** @type {string[]} */ ([]);
  #folder;
  #ports;
  #speed;
  #epoch = Date.now();
  #env;
  /** the process; null while there is none */
  #child = /** @type {any} */ (null);

  /** @param {string} folder its data @param {{ http: number, mqtt: number }} ports @param {number} speed */
  constructor(folder, ports, speed) {
    this.#folder = folder;
    this.#ports = ports;
    this.#speed = speed;
    this.#env = { ...process.env, THERMOWELL_SPEED: String(speed), THERMOWELL_EPOCH: String(this.#epoch) };
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'users.json'), JSON.stringify({ [this.token]: { name: 'Lin', id: 1 } }));
  }

  get url() {
    return `http${this.flags.includes('--tls-cert') ? 's' : ''}://127.0.0.1:${this.#ports.http}`;
  }

  /** What its clock shows, Unix ms. */
  get now() {
    return this.#epoch + (Date.now() - this.#epoch) * this.#speed;
  }

  /** Until it answers. */
  async start() {
    const { http, mqtt } = this.#ports;
    // The firmware's build took a minute since the port was free: another run's collector would answer as well.
    if (await this.#answers()) throw new Error(`somebody else listens on port ${http}`);
    const args = ['--import', fastClock, launcher, 'serve', '--host', '127.0.0.1', '--data', this.#folder];
    const ports = ['--port', String(http), '--mqtt-port', String(mqtt), '--log-level', 'silent'];
    const child = spawn(process.execPath, [...args, ...ports, ...this.flags], { env: this.#env, stdio: 'ignore' });
    this.#child = child;
    for (;;) {
      if (child.exitCode !== null) throw new Error(`the collector ended with ${child.exitCode}`);
      if (await this.#answers()) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  #answers() {
    return this.get('/health').then(Boolean, () => false);
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
  get(path) {
    return this.ask('GET', path);
  }

  /** @param {string} method @param {string} path @param {Uint8Array} [body] @returns {Promise<any>} */
  async ask(method, path, body) {
    const headers = {
      authorization: `Bearer ${this.token}`,
      ...(body && { 'content-type': 'application/octet-stream' }),
    };
    // It is on this very machine: whether its certificate is right is the device's question.
    const options = { method, headers, rejectUnauthorized: false };
    const url = `${this.url}${path}`;
    const sent = url.startsWith('https') ? requestTls(url, options) : request(url, options);
    sent.end(body);
    const [response] = await once(sent, 'response');
    if (response.statusCode >= 300) throw new Error(`${method} ${path}: ${response.statusCode}`);
    return response.statusCode === 204 ? null : json(response);
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

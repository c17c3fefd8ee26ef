/** The firmware as a Linux program: built by the SDK, run by the host beside it. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { randomFillSync } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');

/** Why the firmware can't be built here, in a sentence; null where it can. */
export function missing() {
  const { MODDABLE } = process.env;
  if (!MODDABLE) return "MODDABLE isn't set: it names the folder of Moddable's SDK";
  if (!existsSync(join(MODDABLE, 'build/bin/lin/release/mcconfig')))
    return `the SDK's tools aren't built: make -C ${join(MODDABLE, 'build/makefiles/lin')}`;
  if (spawnSync('pkg-config', ['--exists', 'glib-2.0']).status !== 0) return 'GLib is missing: libglib2.0-dev';
  return null;
}

/**
 * Builds it.
 * @param {string} output a folder; what was compiled there before isn't compiled again
 * @param {string} folder where the result goes
 * @param {Record<string, string | number>} settings as they are given to mcconfig
 * @param {string} [from] the folder with the manifest
 * @returns {[host: string, program: string]} the command that runs it
 */
export function build(output, folder, settings, from = root) {
  const sdk = /** @type {string} */ (process.env['MODDABLE']);
  const host = join(folder, 'host');
  mkdirSync(output, { recursive: true });
  const path = [join(sdk, 'build/bin/lin/release'), join(root, 'node_modules/.bin'), process.env['PATH']];
  const config = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  run('mcconfig', ['-m', '-p', 'lin', '-o', output, '-t', 'build', ...config], from, { PATH: path.join(delimiter) });
  const flags = execFileSync('pkg-config', ['--cflags', '--libs', 'glib-2.0'], { encoding: 'utf8' })
    .trim()
    .split(/\s+/);
  const screen = join(sdk, 'build/simulators/modules');
  run('gcc', ['-O1', '-DmxLinux=1', '-I', screen, join(root, 'firmware/lin/host.c'), '-o', host, ...flags, '-ldl']);
  const program = join(folder, 'mc.so');
  copyFileSync(join(output, 'bin/lin/mc/release', basename(from), 'mc.so'), program);
  return [host, program];
}

/** @param {string} command @param {string[]} args @param {string} [cwd] @param {Record<string, string>} [env] */
function run(command, args, cwd = root, env = {}) {
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  if (status !== 0) throw new Error(`${command} failed: ${error?.message ?? ''}\n${stdout}\n${stderr}`);
}

/** The device: its flash is a file, its power comes and goes. */
export class Device {
  /** how often its power has gone */
  cuts = 0;
  /** the last that it traced */
  trace = '';
  /** more of its environment, from the next start on */
  env = {};
  #command;
  #home;
  #speed;
  /** the process; null while there is none */
  #child = /** @type {any} */ (null);

  /** @param {string[]} command @param {string} home its files @param {number} speed */
  constructor(command, home, speed) {
    this.#command = command;
    this.#home = home;
    this.#speed = speed;
  }

  /** Switches it on. A sleep is a new start of the same process; so it ends only when it is killed, or has failed. */
  start() {
    const [host = '', ...args] = this.#command;
    const own = { THERMOWELL_HOME: this.#home, THERMOWELL_SPEED: String(this.#speed) };
    const env = { ...process.env, ...own, ...this.env };
    const child = spawn(host, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (this.trace = (this.trace + text).slice(-4000)));
    this.#child = child;
  }

  /** By what it has ended by itself, which it never should: an exit code or a signal; null while it runs. */
  get ended() {
    return this.#child?.exitCode ?? this.#child?.signalCode ?? null;
  }

  /** @throws Error where it has ended */
  mustRun() {
    if (this.ended !== null) throw new Error(`the firmware ended by ${this.ended}:\n${this.trace}`);
  }

  /** How often its probes have converted. */
  get conversions() {
    const file = join(this.#home, 'count.bin');
    return existsSync(file) ? readFileSync(file).readInt32LE() : 0;
  }

  /** Takes its power away: what it had in memory becomes anything. */
  async cut() {
    const child = this.#child;
    this.#child = null;
    if (child === null) return;
    const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : null;
    child.kill('SIGKILL');
    await ended;
    this.cuts++;
    writeFileSync(join(this.#home, 'memory.bin'), randomFillSync(new Uint8Array(384)));
  }

  /** Power off and on: what is to be waited for begins anew, and so at once. */
  async again() {
    await this.cut();
    this.start();
  }
}

/** The firmware as a Linux program: built by the SDK, run by the host beside it. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { randomFillSync } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));

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
 * Builds it into a folder.
 * @param {string} folder
 * @param {Record<string, string | number>} settings as they are given to mcconfig
 * @returns {string[]} the command that runs it
 */
export function build(folder, settings) {
  const sdk = /** @type {string} */ (process.env['MODDABLE']);
  const output = join(folder, 'build');
  const host = join(folder, 'host');
  mkdirSync(output, { recursive: true });
  const path = [join(sdk, 'build/bin/lin/release'), join(root, 'node_modules/.bin'), process.env['PATH']];
  const config = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  run('mcconfig', ['-m', '-p', 'lin', '-o', output, '-t', 'build', ...config], { PATH: path.join(delimiter) });
  const flags = execFileSync('pkg-config', ['--cflags', '--libs', 'glib-2.0'], { encoding: 'utf8' })
    .trim()
    .split(/\s+/);
  const screen = join(sdk, 'build/simulators/modules');
  run('gcc', ['-O1', '-DmxLinux=1', '-I', screen, join(root, 'firmware/lin/host.c'), '-o', host, ...flags, '-ldl'], {});
  const library = readdirSync(output, { recursive: true, encoding: 'utf8' }).find((file) => file.endsWith('/mc.so'));
  if (library === undefined) throw new Error('mcconfig has built no mc.so');
  return [host, join(output, library)];
}

/** @param {string} command @param {string[]} args @param {Record<string, string>} env */
function run(command, args, env) {
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  if (status !== 0) throw new Error(`${command} failed: ${error?.message ?? ''}\n${stdout}\n${stderr}`);
}

/** The device: its flash is a file, its power comes and goes. */
export class Device {
  /** how often its power has gone */
  cuts = 0;
  /** what it traced */
  trace = '';
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
    const env = { ...process.env, THERMOWELL_HOME: this.#home, THERMOWELL_SPEED: String(this.#speed) };
    const child = spawn(host, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (this.trace = (this.trace + text).slice(-4000)));
    this.#child = child;
  }

  /** Whether it has ended by itself, which it never should. */
  get ended() {
    const child = this.#child;
    return child !== null && (child.exitCode !== null || child.signalCode !== null);
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
}

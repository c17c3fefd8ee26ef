/** Debian's Mosquitto: its clients, and the broker for those tests where ours is not the broker. */
import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import { ownPort } from '../port.js';
import { temporaryFolder } from '../running.js';

const BROKER = '/usr/sbin/mosquitto';

/** What is missing to run these tests, or null. */
export function missing(): string | null {
  if (!existsSync(BROKER)) return 'mosquitto';
  return spawnSync('mosquitto_pub', ['--help']).error === undefined ? null : 'mosquitto-clients';
}

const run = promisify(execFile);

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

export async function mosquittoPub(port: number, args: string[]): Promise<Ended> {
  try {
    const { stdout, stderr } = await run('mosquitto_pub', ['-h', '127.0.0.1', '-p', String(port), ...args]);
    return { code: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as Ended;
    return { code, stdout, stderr };
  }
}

/** A subscriber whose lines can be waited for, "topic payload" each. */
export class Subscriber {
  readonly lines: string[] = [];
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Resolves when the broker has granted the subscription. */
  static async open(port: number, args: string[]): Promise<Subscriber> {
    const child = spawn('mosquitto_sub', ['-h', '127.0.0.1', '-p', String(port), '-v', '-d', ...args]);
    const subscriber = new Subscriber(child);
    onTestFinished(() => void child.kill('SIGKILL'));
    let rest = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop()!;
      subscriber.lines.push(...lines);
    });
    while (!subscriber.lines.some((line) => line.startsWith('Subscribed '))) await once(child.stdout, 'data');
    return subscriber;
  }

  /** The payloads that came on a topic, so far. */
  on(topic: string): string[] {
    return this.lines.flatMap((line) => (line.startsWith(`${topic} `) ? [line.slice(topic.length + 1)] : []));
  }

  /** Without a word to the broker. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }
}

/** The broker, with persistence, on a port that it keeps when it is started again. */
export class Mosquitto {
  readonly port: number;
  readonly #config: string;
  #child: ChildProcess | null = null;

  private constructor(port: number, config: string) {
    this.port = port;
    this.#config = config;
  }

  static async open(more: string[] = []): Promise<Mosquitto> {
    const folder = await temporaryFolder();
    const port = await ownPort();
    const config = join(folder, 'mosquitto.conf');
    const lines = [
      `listener ${port} 127.0.0.1`,
      'persistence true',
      `persistence_location ${folder}/`,
      'autosave_interval 1',
      'max_inflight_messages 0',
      'max_queued_messages 0',
      `user ${process.getuid?.() === 0 ? 'root' : ''}`.trim(),
      ...(more.length > 0 ? more : ['allow_anonymous true']),
    ];
    await writeFile(config, `${lines.filter((line) => line !== 'user').join('\n')}\n`);
    const mosquitto = new Mosquitto(port, config);
    onTestFinished(() => mosquitto.stop('SIGKILL'));
    await mosquitto.start();
    return mosquitto;
  }

  async start(): Promise<void> {
    const child = spawn(BROKER, ['-v', '-c', this.#config], { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child = child;
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-4000)));
    while (!said.includes(' running')) {
      if (child.exitCode !== null) throw new Error(`mosquitto ended: ${said}`);
      await Promise.race([once(child.stderr, 'data'), once(child, 'close')]);
    }
  }

  /** SIGTERM lets it save its sessions; SIGKILL doesn't. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null) return;
    const ended = once(child, 'close');
    child.kill(signal);
    // it forgets a signal that comes just after it says that it is running
    const again = setInterval(() => child.kill(signal), 200);
    await ended;
    clearInterval(again);
  }
}

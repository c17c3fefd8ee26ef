/** The real process, `thermowell serve`, on a free port. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const LAUNCHER = fileURLToPath(new URL('../../tools/thermowell', import.meta.url));

export class CollectorProcess {
  readonly child: ChildProcess;
  /** what it said so far */
  stderr = '';
  stdout = '';
  readonly #ended: Promise<unknown>;

  constructor(folder: string, env: Record<string, string> = {}) {
    const args = ['serve', '--host', '127.0.0.1', '--port', '0', '--data', folder];
    this.child = spawn(process.execPath, [LAUNCHER, ...args], {
      env: { PATH: process.env['PATH'], THERMOWELL_MQTT: 'off', ...env },
    });
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.child.stdout!.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    this.#ended = once(this.child, 'close');
    onTestFinished(() => void this.child.kill('SIGKILL'));
  }

  /** Where it answers, as soon as it does. */
  url(): Promise<string> {
    return this.#said(/http:\/\/127\.0\.0\.1:\d+/);
  }

  /** The port of its broker, as soon as there is one; its environment has to ask for it. */
  async mqttPort(): Promise<number> {
    return Number(new URL(await this.#said(/mqtt:\/\/127\.0\.0\.1:\d+/)).port);
  }

  async #said(address: RegExp): Promise<string> {
    for (;;) {
      const [url] = address.exec(this.stderr) ?? [];
      if (url !== undefined) return url;
      if (this.child.exitCode !== null || this.child.signalCode !== null)
        throw new Error(`it ended before it listened: ${this.stderr}`);
      await Promise.race([once(this.child.stderr!, 'data'), this.#ended]);
    }
  }

  async ended(): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
    await this.#ended;
    return { code: this.child.exitCode, signal: this.child.signalCode };
  }

  async end(signal: NodeJS.Signals): Promise<number | null> {
    this.child.kill(signal);
    return (await this.ended()).code;
  }
}

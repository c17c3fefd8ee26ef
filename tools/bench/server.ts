/** The process of a subject, from its start to its graceful end. */
import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { Connection } from './connection.js';
import type { Subject } from './subject.js';
import { usageOf, type Usage } from './usage.js';

/** ms that a start may take, and a graceful end */
const START = 120_000;
const STOP = 60_000;
/** of what it said last, kept for errors */
const LAST_WORDS = 2000;

export class Server {
  readonly subject: Subject;
  readonly folder: string;
  #child: ChildProcess | null = null;
  #closed!: Promise<unknown>;
  #url!: URL;
  #said = '';
  #connections: Connection[] = [];
  #unwanted = false;

  constructor(subject: Subject, folder: string) {
    this.subject = subject;
    this.folder = folder;
  }

  /**
   * Starts it, in a process group of its own so that Ctrl-C doesn't reach it, and without our environment, which may
   * have settings of a real collector. `flags` are Node's. @throws Error with what it said, when it doesn't start
   */
  async open(flags: string[] = []): Promise<void> {
    const args = await this.subject.arrange(this.folder);
    if (this.#unwanted) throw new Error('killed before it was started');
    const how: SpawnOptions = {
      env: this.subject.environment ?? {},
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
    };
    this.#child = spawn(process.execPath, [...flags, ...args], how);
    this.#closed = once(this.#child, 'close');
    this.#url = await this.#listening(this.#child);
  }

  /** So many connections; they are closed with the server. */
  async connect(count: number): Promise<Connection[]> {
    const made = await Promise.all(Array.from({ length: count }, () => Connection.open(this.#url)));
    this.#connections.push(...made);
    return made;
  }

  /** What it has used so far; null where that can't be known. */
  usage(): Usage | null {
    return usageOf(this.#child!.pid!);
  }

  /** Ends it gracefully. @throws Error when it doesn't end, or not with 0 */
  async close(): Promise<void> {
    const late = setTimeout(() => this.#child!.kill('SIGKILL'), STOP);
    await this.#end('SIGTERM');
    clearTimeout(late);
    if (this.#child!.exitCode !== 0) throw new Error(this.#epitaph());
  }

  /** Ends it at once, if it runs, and keeps it from being started. */
  async kill(): Promise<void> {
    this.#unwanted = true;
    await this.#end('SIGKILL');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    for (const connection of this.#connections.splice(0)) connection.close();
    if (this.#child === null || this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill(signal);
    await this.#closed;
  }

  async #listening(child: ChildProcess): Promise<URL> {
    let late: NodeJS.Timeout;
    const url = new Promise<URL>((resolve, reject) => {
      late = setTimeout(() => reject(new Error(`${this.subject.name} says no URL; it said: ${this.#said}`)), START);
      child.stderr!.setEncoding('utf8').on('data', (text: string) => {
        this.#said = (this.#said + text).slice(-LAST_WORDS);
        const [url] = /http:\/\/127\.0\.0\.1:\d+(?=\s)/.exec(this.#said) ?? [];
        if (url !== undefined) resolve(new URL(url));
      });
      this.#closed.then(() => reject(new Error(this.#epitaph())), reject);
    });
    return url.finally(() => clearTimeout(late));
  }

  #epitaph(): string {
    const { exitCode, signalCode } = this.#child!;
    return `${this.subject.name} ended with ${exitCode ?? signalCode}: ${this.#said.trim()}`;
  }
}

/** Where the servers run: a temporary folder and the processes on it. When it closes, nothing of either is left. */
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Server } from './server.js';
import type { Subject } from './subject.js';

/** A process that can be ended at once, or kept from being started. */
export interface Killable {
  kill(): Promise<void>;
}

export class Stage {
  readonly #parent: string;
  readonly #profiles: string | null;
  readonly #running = new Set<Killable>();
  #folder!: string;
  #folders = 0;
  #started = 0;
  #over = false;

  /** `profiles`: a folder for CPU profiles of the servers, null for none. */
  constructor(parent: string, profiles: string | null) {
    this.#parent = parent;
    this.#profiles = profiles;
  }

  async open(): Promise<void> {
    this.#folder = await mkdtemp(join(this.#parent, 'thermowell-bench-'));
  }

  /** A place that no other has; what is made there goes with the stage, if not before. */
  place(): string {
    return join(this.#folder, String(this.#folders++));
  }

  /** `work` with a server on that folder, which stays; `label` names its profile. */
  async on<T>(subject: Subject, folder: string, label: string, work: (server: Server) => Promise<T>): Promise<T> {
    const server = new Server(subject, folder);
    return this.with(server, async () => {
      await server.open(this.#flags(`${label}-${subject.name}`));
      const result = await work(server);
      await server.close();
      return result;
    });
  }

  /** `work` with a process that is killed at its end, if not before. */
  async with<T>(process: Killable, work: () => Promise<T>): Promise<T> {
    this.#running.add(process);
    try {
      if (this.#over) throw new Error('no server is started any more');
      return await work();
    } finally {
      await process.kill();
      this.#running.delete(process);
    }
  }

  /** `work` with a server on a folder of its own, which goes with it. */
  async fresh<T>(subject: Subject, label: string, work: (server: Server) => Promise<T>): Promise<T> {
    const folder = this.place();
    const result = await this.on(subject, folder, label, work);
    await rm(folder, { recursive: true, force: true });
    return result;
  }

  /** Kills every server: whoever works with one is thrown at. */
  async stop(): Promise<void> {
    this.#over = true;
    await Promise.all(Array.from(this.#running, (server) => server.kill()));
  }

  async close(): Promise<void> {
    await this.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  #flags(label: string): string[] {
    if (this.#profiles === null) return [];
    return [
      '--cpu-prof',
      '--cpu-prof-dir',
      this.#profiles,
      '--cpu-prof-name',
      `${label}-${++this.#started}.cpuprofile`,
    ];
  }
}

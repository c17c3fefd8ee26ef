/** What the figures were measured on, and how fast it was meanwhile. */
import { open, rm, statfs } from 'node:fs/promises';
import { cpus, loadavg, release, totalmem, type as system } from 'node:os';
import { median } from './drive.js';

export interface Machine {
  cpu: string;
  cores: number;
  memory_mb: number;
  system: string;
  node: string;
  /** ms of a fixed piece of arithmetic, median; double means half as fast */
  arithmetic_ms: number;
  /** ms to write 4 KiB and sync it, median: what an acknowledgement can't be faster than */
  sync_ms: number;
  /** mean number of processes that wanted to run in the last minute */
  load: number;
}

const SPINS = 1e7;
const SYNCS = 20;
const PAGE = 4096;
/** the file systems that live in memory, tmpfs and ramfs (man 2 statfs) */
const IN_MEMORY = new Set([0x01021994, 0x858458f6]);

/** Taken again and again during a run, so that the medians are those of the run. */
export class Gauge {
  readonly #arithmetic: number[] = [];
  readonly #sync: number[] = [];

  /** `file` is made and removed. */
  async take(file: string): Promise<void> {
    this.#arithmetic.push(arithmeticMs());
    this.#sync.push(await syncMs(file));
  }

  get machine(): Machine {
    const [first] = cpus();
    return {
      cpu: first?.model.trim() ?? 'unknown',
      cores: cpus().length,
      memory_mb: Math.round(totalmem() / 1e6),
      system: `${system()} ${release()}`,
      node: process.version,
      arithmetic_ms: median(this.#arithmetic),
      sync_ms: median(this.#sync),
      load: loadavg()[0]!,
    };
  }
}

/** Whether a sync costs nothing there and proves nothing. */
export async function isInMemory(folder: string): Promise<boolean> {
  return IN_MEMORY.has((await statfs(folder)).type);
}

function arithmeticMs(): number {
  const begin = performance.now();
  let x = 1;
  for (let i = 0; i < SPINS; i++) x = (Math.imul(x, 1664525) + 1013904223) | 0;
  // the result is used, so that the loop can't be left out
  return performance.now() - begin + (x === 0 ? 1e-9 : 0);
}

async function syncMs(file: string): Promise<number> {
  const handle = await open(file, 'w');
  const page = Buffer.alloc(PAGE, 1);
  const times: number[] = [];
  try {
    for (let i = 0; i < SYNCS; i++) {
      const begin = performance.now();
      await handle.write(page);
      await handle.datasync();
      times.push(performance.now() - begin);
    }
  } finally {
    await handle.close();
    await rm(file);
  }
  return median(times);
}

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export const LAUNCHER = fileURLToPath(new URL('../thermowell', import.meta.url));

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

interface Surroundings {
  cwd?: string;
  env?: Record<string, string>;
}

/** Starts the real command line, with no more of the environment than it needs. */
export function start(args: string[], { cwd, env }: Surroundings = {}): ChildProcess {
  const { PATH, HOME } = process.env;
  return spawn(LAUNCHER, args, { cwd, env: { PATH, HOME, TZ: 'Europe/Berlin', ...env } });
}

/** Runs the real command line to its end. */
export async function thermowell(args: string[], surroundings: Surroundings = {}): Promise<Ended> {
  const child = start(args, surroundings);
  const ended: Ended = { code: null, stdout: '', stderr: '' };
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (ended.stdout += text));
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (ended.stderr += text));
  [ended.code] = (await once(child, 'close')) as [number | null];
  return ended;
}

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
  return spawn(LAUNCHER, args, { cwd, env: { PATH, HOME, TZ: 'Europe/Berlin', THERMOWELL_MQTT: 'off', ...env } });
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

/**
 * Runs it on a terminal of its own (`script` of util-linux), where each question gets its answer; what appeared there, and
 * the exit code.
 */
export async function onTerminal(
  args: string[],
  answers: [question: string, typed: string][],
  { cwd, env }: Surroundings = {},
): Promise<Ended> {
  const { PATH, HOME } = process.env;
  const line = [LAUNCHER, ...args].map((word) => `'${word}'`).join(' ');
  const child = spawn('script', ['-qefc', line, '/dev/null'], {
    cwd,
    env: { PATH, HOME, TZ: 'Europe/Berlin', TERM: 'xterm', SHELL: '/bin/sh', ...env },
  });
  const ended: Ended = { code: null, stdout: '', stderr: '' };
  const open = [...answers];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    ended.stdout += text;
    if (open.length > 0 && ended.stdout.includes(open[0]![0])) child.stdin.write(open.shift()![1]);
  });
  [ended.code] = (await once(child, 'close')) as [number | null];
  return ended;
}

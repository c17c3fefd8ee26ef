/** What a process has used so far, from Linux' /proc: counters that don't depend on what else the machine does. */
import { readFileSync } from 'node:fs';

export interface Usage {
  /** user and system time of all its threads, ms, to 10 ms */
  cpuMs: number;
  /** resident memory */
  residentBytes: number;
  /** the most of it there was */
  peakBytes: number;
  /** pages dirtied on the way to a disk, in bytes; null where the kernel doesn't count them */
  writtenBytes: number | null;
}

/** `USER_HZ`, the unit of times in /proc: a constant of the kernel's interface on every machine that runs Node. */
const TICK_MS = 1000 / 100;

/** The usage of a running process; null where there is no /proc. */
export function usageOf(pid: number): Usage | null {
  const stat = read(pid, 'stat');
  if (stat === null) return null;
  // the name, second, may have spaces; utime and stime are the fields 14 and 15 (man 5 proc_pid_stat)
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return {
    cpuMs: (Number(fields[11]) + Number(fields[12])) * TICK_MS,
    residentBytes: (counter(read(pid, 'status'), 'VmRSS') ?? NaN) * 1024,
    peakBytes: (counter(read(pid, 'status'), 'VmHWM') ?? NaN) * 1024,
    writtenBytes: counter(read(pid, 'io'), 'write_bytes'),
  };
}

/** What was used from one moment to another, for each of `count` things done; null where it can't be known. */
export interface Spent {
  cpuMs: number | null;
  writtenBytes: number | null;
}

export function spent(before: Usage | null, after: Usage | null, count: number): Spent {
  if (before === null || after === null) return { cpuMs: null, writtenBytes: null };
  const known = before.writtenBytes !== null && after.writtenBytes !== null;
  return {
    // what takes less than a tick can't be told from a tick
    cpuMs: Math.max(after.cpuMs - before.cpuMs, TICK_MS) / count,
    writtenBytes: known ? (after.writtenBytes! - before.writtenBytes!) / count : null,
  };
}

function read(pid: number, file: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return null;
  }
}

function counter(text: string | null, name: string): number | null {
  const [, value] = new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text ?? '') ?? [];
  return value === undefined ? null : Number(value);
}

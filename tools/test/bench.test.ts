import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { findMosquitto } from '../bench/mosquitto.js';
import { findingOf, type Report } from '../bench/report.js';
import { findSqlite } from '../bench/sqlite-driver.js';
import { start, thermowell } from './thermowell.js';

const HAS_PROC = existsSync('/proc/self/stat');
const SMALL = ['--points', '2000', '--rounds', '1', '--time', '40'];

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'thermowell-bench-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

function bench(...args: string[]) {
  return thermowell(['bench', '--folder', folder, ...SMALL, ...args]);
}

/** Command lines that name our folder. */
function processes(): string[] {
  if (!HAS_PROC) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ');
      } catch {
        return ''; // it has ended meanwhile
      }
    })
    .filter((line) => line.includes(folder));
}

/** What was killed is gone a moment later. */
async function nothingLeft(): Promise<void> {
  await expect.poll(processes).toEqual([]);
  expect(await readdir(folder)).toEqual([]);
}

describe('thermowell bench', () => {
  it('finds every figure, and leaves no process and no file', async () => {
    const { code, stdout, stderr } = await bench('--json');
    expect([code, stderr.replace(/.* is in memory.*\n/, '')]).toEqual([0, '']);
    const { figures, machine, plan, against } = JSON.parse(stdout) as Report;
    expect(figures.map(({ id }) => id)).toEqual([
      'batches-1000.points-per-cpu-second',
      'batches-1000.points-per-second',
      'batches-1000.written-bytes',
      'batches-100.points-per-cpu-second',
      'batches-100.points-per-second',
      'batches-100.written-bytes',
      'singles-1.cpu-us',
      'singles-1.p50-ms',
      'singles-1.per-second',
      'singles-8.cpu-us',
      'singles-8.p50-ms',
      'singles-8.per-second',
      'singles-64.cpu-us',
      'singles-64.p50-ms',
      'singles-64.per-second',
      'singles-16.syncs',
      ...[1, 8, 64].flatMap((n) => [`mqtt-${n}.per-cpu-second`, `mqtt-${n}.per-second`]),
      ...(findMosquitto() === null ? [] : [1, 8, 64]).flatMap((n) => [
        `mosquitto-${n}.per-cpu-second`,
        `mosquitto-${n}.per-second`,
      ]),
      'archive-raw.cpu-ms',
      'archive-raw.p50-ms',
      'archive-buckets.cpu-ms',
      'archive-buckets.p50-ms',
      'archive-list.cpu-ms',
      'archive-list.p50-ms',
      'archive.resident-mb',
      'archive.start-ms',
      ...['growth-0.1', 'growth-1'].flatMap((size) =>
        ['load-us', 'disk-bytes', 'start-ms', 'idle-mb', 'month-ms', 'buckets-ms', 'peak-mb'].map(
          (id) => `${size}.${id}`,
        ),
      ),
      'disk.bytes',
      'disk-jitter.bytes',
      'trickle.written-bytes',
    ]);
    for (const { id, value, rounds, unit } of figures) {
      expect(rounds, id).toHaveLength(1);
      expect(unit, id).not.toBe('');
      const needsProc = /cpu|written|resident|load-us|growth.*start-ms|idle-mb|month-ms|buckets-ms|peak-mb/.test(id);
      // a disk that is memory writes nothing
      const least = id.endsWith('written-bytes') ? 0 : 1e-6;
      if (needsProc && !HAS_PROC) expect(value, id).toBeNull();
      else expect(value, id).toBeGreaterThanOrEqual(least);
    }
    // 16 connections share syncs, and each point is synced
    const syncs = figures.find(({ id }) => id === 'singles-16.syncs')!.value!;
    expect(syncs).toBeLessThanOrEqual(1.5);
    expect(machine).toMatchObject({ node: process.version, arithmetic_ms: expect.any(Number) });
    expect(plan).toEqual({ points: 2000, rounds: 1, ms: 40 });
    expect(against).toBeNull();
    await nothingLeft();
  });

  it('shows a table of the works that were named, puts the JSON into a file and keeps profiles', async () => {
    const [out, profiles] = [join(folder, 'out.json'), join(folder, 'profiles')];
    const works = ['--work', 'trickle', '--work', 'disk'];
    const { code, stdout, stderr } = await bench(...works, '--out', out, '--profile', profiles);
    const [head, ...rows] = stdout.trimEnd().split('\n');
    expect(head).toMatch(/^work +figure +unit$/);
    expect(rows).toHaveLength(3);
    for (const row of rows.slice(0, 2)) expect(row).toMatch(/^stored, .+ {2}[\d.,]+ {2}bytes of disk a point$/);
    expect(stderr).toMatch(/Node v[\d.]+/);
    expect(code).toBe(0);
    const { figures } = JSON.parse(await readFile(out, 'utf8')) as Report;
    expect(figures).toHaveLength(3);
    expect((await readdir(profiles)).filter((name) => name.startsWith('trickle-thermowell'))).toHaveLength(1);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('is ended by %s at once, and leaves nothing', async (signal) => {
    const child = start(['bench', '--folder', folder, '--time', '60000']);
    onTestFinished(() => void child.kill('SIGKILL'));
    let said = '';
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (said += text));
    const ended = new Promise((resolve) => child.once('close', resolve));
    // it has its folder, and where that can be seen its first server runs
    const begun = async () => (await readdir(folder)).length > 0 && (!HAS_PROC || processes().length > 1);
    await expect.poll(async () => child.exitCode !== null || (await begun())).toBe(true);
    expect(child.exitCode).toBeNull();
    child.kill(signal);
    expect(await ended).toBe(1);
    expect(said).toBe('thermowell: interrupted\n');
    await nothingLeft();
  });

  if (findSqlite() === null) process.stderr.write('left out: the bench beside SQLite, which is not installed\n');
  it.runIf(findSqlite() !== null)('puts SQLite beside it', async () => {
    const { code, stdout } = await bench('--against', 'sqlite', '--json');
    expect(code).toBe(0);
    const { figures, against } = JSON.parse(stdout) as Report;
    expect(against).toBe('sqlite');
    for (const { id, value, peer, ratio } of figures) {
      // a database speaks no MQTT
      if (id.startsWith('mqtt') || id.startsWith('mosquitto')) continue;
      if (value === null || id === 'singles-16.syncs' || id.endsWith('written-bytes')) continue;
      expect(peer!.value, id).toBeGreaterThan(0);
      expect(ratio, id).toBeCloseTo(value / peer!.value!, 9);
    }
  });

  it.runIf(findSqlite() === null)('says how to get SQLite where there is none', async () => {
    const { code, stdout, stderr } = await bench('--against', 'sqlite');
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('npm install --no-save better-sqlite3');
    expect(await readdir(folder)).toEqual([]);
  });

  it.each([
    ['--work', 'everything'],
    ['--against', 'mysql'],
    ['--points', '10'],
    ['--rounds', '0'],
  ])('refuses %s %s', async (flag, value) => {
    const { code, stderr } = await bench(flag, value);
    expect([code, stderr]).toEqual([2, expect.stringContaining(flag)]);
  });
});

describe('a finding', () => {
  const figure = { id: 'x', work: 'w', unit: 'u', better: 'more' } as const;

  it('is the median of the rounds, and its ratio that of the ratios within them', () => {
    const ours = [{ x: 10 }, { x: 40 }, { x: 30 }];
    const theirs = [{ x: 5 }, { x: 10 }, { x: 30 }];
    const expected = { value: 30, rounds: [10, 40, 30], peer: { value: 10, rounds: [5, 10, 30] }, ratio: 2 };
    expect(findingOf(figure, ours, theirs)).toEqual({ ...figure, ...expected });
  });

  it('is null where nothing is known, and has no peer where there is none', () => {
    expect(findingOf(figure, [{ x: null }], null)).toEqual({ ...figure, value: null, rounds: [null] });
    expect(findingOf(figure, [{ x: 3 }], [{ x: null }])).toMatchObject({ peer: { value: null }, ratio: null });
  });
});

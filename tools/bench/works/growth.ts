import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../../simulator/random.js';
import { allocated } from '../allocated.js';
import { drive } from '../drive.js';
import { load } from '../load.js';
import type { Subject } from '../subject.js';
import { spent } from '../usage.js';
import { Walk, windowOf } from '../walk.js';
import type { Figure, Measured, Terms, Work } from '../work.js';

const NAME = 'growth';
const SERIES = 10;
const BUCKETS = 300;
/** a series of a point a minute */
const MONTH = 43_200;
const YEAR = 525_600;
/** months that are read of an archive, when it has as many */
const MONTHS = 100;
/** ms of quiet before the memory is looked at */
const QUIET = 500;
/** the smallest archive, where the largest allows for it */
const LEAST = 100_000;

/**
 * Archives from a hundred thousand points up to so many, each ten times as large as the one before: what a point costs is
 * to stay as it is, what is asked is to cost what it yields, and memory is to follow the settings, not the data.
 */
export function growth(points: number): Work {
  const sizes = sizesUpTo(points).map((size) => ({ id: `${NAME}-${size / points}`, length: Math.ceil(size / SERIES) }));
  return {
    name: NAME,
    once: true,
    figures: sizes.flatMap(({ id, length }): Figure[] => {
      const all = `${(SERIES * length).toLocaleString('en')} points`;
      return [
        { id: `${id}.load-us`, work: `${all} in batches of 5000`, unit: 'server CPU µs a point', better: 'less' },
        { id: `${id}.disk-bytes`, work: `${all} stored`, unit: 'bytes of disk a point', better: 'less' },
        { id: `${id}.start-ms`, work: `start with ${all}`, unit: 'server CPU ms to the first answer', better: 'less' },
        { id: `${id}.idle-mb`, work: `idle with ${all}`, unit: 'MB of memory', better: 'less' },
        { id: `${id}.month-ms`, work: `30 days out of ${all}`, unit: 'server CPU ms', better: 'less' },
        { id: `${id}.buckets-ms`, work: `a year out of ${all} in 300 buckets`, unit: 'server CPU ms', better: 'less' },
        { id: `${id}.peak-mb`, work: `${MONTHS} months read out of ${all}`, unit: 'MB at most', better: 'less' },
      ];
    }),
    async round(subject, terms) {
      const measured: Measured = {};
      for (const { id, length } of sizes) {
        const found = await play(subject, length, terms);
        for (const [name, value] of Object.entries(found)) measured[`${id}.${name}`] = value;
      }
      return measured;
    },
  };
}

function sizesUpTo(points: number): number[] {
  const sizes = [points];
  while (sizes.length < 2 || sizes[0]! / 10 >= LEAST) sizes.unshift(sizes[0]! / 10);
  return sizes;
}

async function play(subject: Subject, length: number, { stage, ms }: Terms): Promise<Measured> {
  const folder = stage.place();
  const loadUs = await stage.on(subject, folder, `${NAME}-load`, async (server) => {
    const before = server.usage();
    await load(subject, await server.connect(4), Walk.many(SERIES), () => length);
    await sleep(QUIET);
    const { cpuMs } = spent(before, server.usage(), SERIES * length);
    return cpuMs === null ? null : cpuMs * 1000;
  });
  const bytes = await allocated(folder);
  const read = await stage.on(subject, folder, NAME, async (server) => {
    const [connection] = await server.connect(1);
    const ids = [...(await subject.seriesOfDevices(connection!)).values()];
    const startMs = server.usage()?.cpuMs ?? null;
    await sleep(QUIET);
    const idle = server.usage()?.residentBytes;
    const random = new Random(NAME);
    const [month, year] = [Math.min(MONTH, length), Math.min(YEAR, length)];
    const some = (): number => ids[random.integer(SERIES)]!;
    const from = (span: number): number => random.integer(length - span + 1);
    const cost = async (request: () => ReturnType<Subject['raw']>): Promise<number | null> => {
      await drive({ connections: [connection!], ms: ms / 4, next: request });
      const before = server.usage();
      const { requests } = await drive({ connections: [connection!], ms, next: request });
      return spent(before, server.usage(), requests).cpuMs;
    };
    const monthMs = await cost(() => subject.raw(some(), windowOf(from(month), month)));
    const bucketsMs = await cost(() => subject.buckets(some(), windowOf(from(year), year), Math.min(BUCKETS, year)));
    for (let i = 0; i < MONTHS; i++) await connection!.send(subject.raw(some(), windowOf(from(month), month)));
    const peak = server.usage()?.peakBytes;
    return {
      'start-ms': startMs,
      'idle-mb': idle === undefined ? null : idle / 1e6,
      'month-ms': monthMs,
      'buckets-ms': bucketsMs,
      'peak-mb': peak === undefined ? null : peak / 1e6,
    };
  });
  await rm(folder, { recursive: true });
  return { 'load-us': loadUs, 'disk-bytes': bytes / (SERIES * length), ...read };
}

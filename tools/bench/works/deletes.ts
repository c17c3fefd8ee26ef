import { rm } from 'node:fs/promises';
import { allocated } from '../allocated.js';
import { drive } from '../drive.js';
import { load } from '../load.js';
import type { Subject } from '../subject.js';
import { deletion, thermowell } from '../thermowell.js';
import { spent } from '../usage.js';
import { Walk } from '../walk.js';
import type { Figure, Measured, Terms, Work } from '../work.js';

const NAME = 'deletes';
const CONNECTIONS = 4;
const BATCH = 60;

/** Series to be deleted, and beside them as many that stay. */
const SCENES = [
  { id: `${NAME}-many`, series: 5000, points: BATCH },
  { id: `${NAME}-large`, series: 10, points: 500_000 },
];

/**
 * What it costs to delete series, one after the other, while others are uploaded to, and what of them is still on disk
 * once the server has been stopped.
 */
export const deletes: Work = {
  name: NAME,
  once: true,
  onlyNamed: true,
  figures: SCENES.flatMap(({ id, series, points }): Figure[] => {
    const work = `${series.toLocaleString('en')} of twice as many series of ${points.toLocaleString('en')} points deleted`;
    return [
      { id: `${id}.cpu-ms`, work, unit: 'server CPU ms a series', better: 'less' },
      { id: `${id}.p50-ms`, work, unit: 'ms, p50', better: 'less' },
      { id: `${id}.left`, work, unit: 'of the disk still taken', better: 'less' },
      {
        id: `${id}.left-of-all`,
        work: 'then the others, too: their devices and ledgers stay',
        unit: 'of the disk still taken',
        better: 'less',
      },
    ];
  }),
  async round(subject, terms) {
    const measured: Measured = {};
    if (subject !== thermowell) return measured;
    for (const { id, series, points } of SCENES) {
      const found = await play(subject, series, points, terms);
      for (const [name, value] of Object.entries(found)) measured[`${id}.${name}`] = value;
    }
    return measured;
  },
};

async function play(subject: Subject, series: number, points: number, { stage }: Terms): Promise<Measured> {
  const folder = stage.place();
  const walks = Walk.many(2 * series);
  await stage.on(subject, folder, NAME, async (server) => {
    await load(subject, await server.connect(CONNECTIONS), walks, () => points);
  });
  const full = await allocated(folder);

  const deleted = await stage.on(subject, folder, NAME, async (server) => {
    const [connection, ...others] = await server.connect(CONNECTIONS);
    const ids = await subject.seriesOfDevices(connection!);
    let next = 0;
    let over = false;
    const uploading = drive({
      connections: others,
      ms: Infinity,
      next: (lane) => {
        if (over) return null;
        const walk = walks[series + lane]!;
        return subject.batch(walk.number, walk.next(1));
      },
    });
    const idle = server.usage();
    const { p50 } = await drive({
      connections: [connection!],
      ms: Infinity,
      next: () => (next < series ? deletion(ids.get(next++)!) : null),
    });
    over = true;
    const { requests } = await uploading;
    const busy = server.usage();
    // what the uploads cost is measured without deletions, and taken off
    let left = requests;
    const alone = await drive({
      connections: others,
      ms: Infinity,
      next: (lane) => (left-- > 0 ? subject.batch(series + lane, walks[series + lane]!.next(1)) : null),
    });
    const both = spent(idle, busy, 1).cpuMs;
    const uploads = spent(busy, server.usage(), 1).cpuMs;
    if (alone.requests !== requests) throw new Error('uploads were refused');
    return { 'cpu-ms': both === null || uploads === null ? null : Math.max(0, both - uploads) / series, 'p50-ms': p50 };
  });
  const half = await allocated(folder);

  await stage.on(subject, folder, NAME, async (server) => {
    const connections = await server.connect(CONNECTIONS);
    const ids = [...(await subject.seriesOfDevices(connections[0]!)).values()];
    await drive({ connections, ms: Infinity, next: () => (ids.length > 0 ? deletion(ids.pop()!) : null) });
    const count = await subject.count(connections[0]!);
    if (count !== 0) throw new Error(`${count} points are left of none`);
  });
  const none = await allocated(folder);
  await rm(folder, { recursive: true });
  return { ...deleted, left: half / full, 'left-of-all': none / full };
}

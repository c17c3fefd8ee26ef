import { rm } from 'node:fs/promises';
import { allocated } from '../allocated.js';
import { load } from '../load.js';
import { Walk } from '../walk.js';
import type { Figure, Measured, Terms, Work } from '../work.js';
import type { Subject } from '../subject.js';

const NAME = 'disk';
const SERIES = 10;
/** of the archive's points */
const SHARE = 0.2;
/** ms; without any, columns of times compress to nothing */
const JITTERS = [0, 1000];

/** What a point takes on disk once the server has been stopped. */
export const disk: Work = {
  name: NAME,
  once: true,
  figures: JITTERS.map((jitter): Figure => ({
    id: idOf(jitter),
    work: jitter === 0 ? 'stored, a point a minute' : `stored, a point a minute and up to ${jitter / 1000} s late`,
    unit: 'bytes of disk a point',
    better: 'less',
  })),
  async round(subject, terms) {
    const measured: Measured = {};
    for (const jitter of JITTERS) measured[idOf(jitter)] = await bytesPerPoint(subject, terms, jitter);
    return measured;
  },
};

async function bytesPerPoint(subject: Subject, { stage, points }: Terms, jitter: number): Promise<number> {
  const folder = stage.place();
  const each = Math.ceil((points * SHARE) / SERIES);
  await stage.on(subject, folder, NAME, async (server) => {
    await load(subject, await server.connect(4), Walk.many(SERIES, jitter), () => each);
  });
  const bytes = await allocated(folder);
  await rm(folder, { recursive: true });
  return bytes / (each * SERIES);
}

function idOf(jitter: number): string {
  return jitter === 0 ? `${NAME}.bytes` : `${NAME}-jitter.bytes`;
}

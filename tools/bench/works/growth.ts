import { drive } from '../drive.js';
import { load } from '../load.js';
import type { Subject } from '../subject.js';
import { spent } from '../usage.js';
import { Walk, windowOf } from '../walk.js';
import type { Figure, Measured, Terms, Work } from '../work.js';

const NAME = 'growth';
const SERIES = 10;
const BUCKETS = 300;
/** at most in one answer */
const MONTH = 43_200;
/** of the archive's points: what is stored ten times over must not take ten times the memory */
const SHARES = [0.1, 1];

/** Archives of two sizes, all of each read through the same server: memory is to follow the settings, not the data. */
export function growth(points: number): Work {
  const sizes = SHARES.map((share) => ({ id: `${NAME}-${share}`, length: Math.ceil((points * share) / SERIES) }));
  return {
    name: NAME,
    once: true,
    figures: sizes.flatMap(({ id, length }): Figure[] => {
      const all = `${(SERIES * length).toLocaleString('en')} points`;
      return [
        { id: `${id}.peak-mb`, work: `all of ${all} read`, unit: 'MB of memory at most', better: 'less' },
        { id: `${id}.buckets-ms`, work: `a tenth of ${all} in 300 buckets`, unit: 'server CPU ms', better: 'less' },
      ];
    }),
    async round(subject, terms) {
      const measured: Measured = {};
      for (const { id, length } of sizes) {
        const { peakBytes, bucketsMs } = await readAll(subject, terms, length);
        measured[`${id}.peak-mb`] = peakBytes === null ? null : peakBytes / 1e6;
        measured[`${id}.buckets-ms`] = bucketsMs;
      }
      return measured;
    },
  };
}

async function readAll(
  subject: Subject,
  { stage, ms }: Terms,
  length: number,
): Promise<{ peakBytes: number | null; bucketsMs: number | null }> {
  const folder = stage.place();
  await stage.on(subject, folder, `${NAME}-load`, async (server) => {
    await load(subject, await server.connect(4), Walk.many(SERIES), () => length);
  });
  return stage.on(subject, folder, NAME, async (server) => {
    const [connection] = await server.connect(1);
    const ids = [...(await subject.seriesOfDevices(connection!)).values()];
    for (const id of ids)
      for (let first = 0; first < length; first += MONTH)
        await connection!.send(subject.raw(id, windowOf(first, Math.min(MONTH, length - first))));
    let asked = 0;
    const next = () => subject.buckets(ids[asked++ % SERIES]!, windowOf(0, length), Math.min(BUCKETS, length));
    await drive({ connections: [connection!], ms: ms / 4, next });
    const before = server.usage();
    const { requests } = await drive({ connections: [connection!], ms, next });
    const after = server.usage();
    return { peakBytes: after?.peakBytes ?? null, bucketsMs: spent(before, after, requests).cpuMs };
  });
}

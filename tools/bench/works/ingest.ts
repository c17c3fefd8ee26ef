import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../../simulator/random.js';
import { dealt, drive } from '../drive.js';
import type { Run, Subject } from '../subject.js';
import { spent } from '../usage.js';
import { Walk } from '../walk.js';
import { checkCount, type Terms, type Work } from '../work.js';

const NAME = 'ingest';
const CONNECTIONS = 4;
/** readings of a batch: an hour of a probe's minutes */
const BATCH = 60;
/** ms after the last answer, for what the server put off */
const AFTERMATH = 1000;
/** ms: between the minutes of the other points, so that none is sent twice */
const BESIDE = 7000;

/** One load; the others differ from it in one thing. */
interface Scene {
  id: string;
  work: string;
  series: number;
  /** of the batches, those that fall somewhere into what is there already */
  late: number;
  /** of the archive's points */
  share: number;
}

const SCENES: Scene[] = [
  ...[10, 100, 1000, 10_000].map((series) => scene(`series-${series}`, `${count(series)} series`, { series })),
  ...[10, 50, 100].map((late) => scene(`late-${late}`, `100 series, ${late} % of them late`, { late: late / 100 })),
  ...[0.1, 3].map((share) => scene(`points-${share}`, `100 series, ${share} times as many points`, { share })),
];

/** Whether a point costs the same when there are more series, more points, or points that come late. */
export const ingest: Work = {
  name: NAME,
  once: true,
  onlyNamed: true,
  figures: SCENES.flatMap(({ id, work }) => [
    { id: `${NAME}-${id}.cpu-us`, work: `batches of ${BATCH}, ${work}`, unit: 'server CPU µs a point', better: 'less' },
    { id: `${NAME}-${id}.longest-ms`, work: `batches of ${BATCH}, ${work}`, unit: 'ms, longest', better: 'less' },
    {
      id: `${NAME}-${id}.resident-mb`,
      work: `batches of ${BATCH}, ${work}`,
      unit: 'MB of memory then',
      better: 'less',
    },
  ]),
  async round(subject, terms) {
    const measured: Record<string, number | null> = {};
    for (const one of SCENES) {
      const { cpuUs, longest, resident } = await play(one, subject, terms);
      measured[`${NAME}-${one.id}.cpu-us`] = cpuUs;
      measured[`${NAME}-${one.id}.longest-ms`] = longest;
      measured[`${NAME}-${one.id}.resident-mb`] = resident === undefined ? null : resident / 1e6;
    }
    return measured;
  },
};

async function play({ series, late, share }: Scene, subject: Subject, { stage, points }: Terms) {
  return stage.fresh(subject, NAME, async (server) => {
    const connections = await server.connect(CONNECTIONS);
    const random = new Random(NAME);
    const walk = dealt(Walk.many(series), CONNECTIONS);
    let left = Math.ceil((points * share) / BATCH);
    const sent = left;
    const next = (lane: number) => {
      if (left-- <= 0) return null;
      const device = walk(lane);
      const run = device.next(BATCH);
      return subject.batch(device.number, random.integer(100) < late * 100 ? moved(run, random) : run);
    };
    const before = server.usage();
    const { longest } = await drive({ connections, ms: Infinity, next });
    await sleep(AFTERMATH);
    const { cpuMs } = spent(before, server.usage(), sent * BATCH);
    await checkCount(subject, connections[0]!, sent * BATCH);
    return { cpuUs: cpuMs === null ? null : cpuMs * 1000, longest, resident: server.usage()?.residentBytes };
  });
}

/** The same readings, somewhere before where they would belong. */
function moved(run: Run, random: Random): Run {
  const back = random.integer(run.first + 1) * 60_000 + BESIDE;
  return { ...run, time: run.time.map((t) => t - back) };
}

function scene(id: string, work: string, { series = 100, late = 0, share = 1 }: Partial<Scene>): Scene {
  return { id, work, series, late, share };
}

function count(n: number): string {
  return n.toLocaleString('en');
}

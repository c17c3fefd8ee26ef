import { dealt, drive } from '../drive.js';
import { spent } from '../usage.js';
import { Walk } from '../walk.js';
import { checkCount, type Figure, type Measured, type Work } from '../work.js';

const NAME = 'singles';
const SERIES = 100;
/** at so many connections at once */
const LANES = [1, 8, 64];
const SYNC_LANES = 16;

/** One point a request, each on disk before its answer. */
export const singles: Work = {
  name: NAME,
  figures: [
    ...LANES.flatMap((lanes): Figure[] => {
      const work = `one point a request, ${lanes} connection${lanes === 1 ? '' : 's'}`;
      return [
        { id: `${NAME}-${lanes}.cpu-us`, work, unit: 'server CPU µs a request', better: 'less' },
        { id: `${NAME}-${lanes}.p50-ms`, work, unit: 'ms, p50', better: 'less' },
        { id: `${NAME}-${lanes}.per-second`, work, unit: 'requests/s', better: 'more' },
      ];
    }),
    {
      id: `${NAME}-${SYNC_LANES}.syncs`,
      work: `one point a request, ${SYNC_LANES} connections`,
      unit: 'sync calls a point',
      better: 'less',
    },
  ],
  round: (subject, { stage, ms }) =>
    stage.fresh(subject, NAME, async (server) => {
      // not kept while others work: a server hangs up on who is silent
      const control = async () => (await server.connect(1))[0]!;
      const ids = await subject.makeSeries(await control(), SERIES);
      const walks = Walk.many(SERIES);
      let sent = 0;
      const run = async (lanes: number, duration: number) => {
        const walk = dealt(walks, lanes);
        const next = (lane: number) => {
          const series = walk(lane);
          const { time, value } = series.next(1);
          return subject.point(ids[series.number]!, time[0]!, value[0]!);
        };
        const driven = await drive({ connections: await server.connect(lanes), ms: duration, next });
        sent += driven.requests;
        return driven;
      };

      await run(SYNC_LANES, ms);
      const measured: Measured = {};
      for (const lanes of LANES) {
        const before = server.usage();
        const { requests, seconds, p50 } = await run(lanes, ms);
        const { cpuMs } = spent(before, server.usage(), requests);
        measured[`${NAME}-${lanes}.cpu-us`] = cpuMs === null ? null : cpuMs * 1000;
        measured[`${NAME}-${lanes}.p50-ms`] = p50;
        measured[`${NAME}-${lanes}.per-second`] = requests / seconds;
      }
      const before = await subject.syncs(await control());
      const { requests } = await run(SYNC_LANES, ms / 2);
      const after = await subject.syncs(await control());
      measured[`${NAME}-${SYNC_LANES}.syncs`] = before === null || after === null ? null : (after - before) / requests;
      await checkCount(subject, await control(), sent);
      return measured;
    }),
};

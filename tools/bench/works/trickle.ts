import { setTimeout as sleep } from 'node:timers/promises';
import { spent } from '../usage.js';
import { Walk } from '../walk.js';
import type { Work } from '../work.js';

const NAME = 'trickle';
const SERIES = 100;
/** ms from one point to the next, over all series */
const PERIOD = 10;
/** times the length of another measurement */
const LONGER = 3;

/** What wears out an SD card: few points, one by one, each synced by itself. */
export const trickle: Work = {
  name: NAME,
  once: true,
  figures: [
    {
      id: `${NAME}.written-bytes`,
      work: `trickle, ${1000 / PERIOD} points/s one by one`,
      unit: 'bytes written a point',
      better: 'less',
    },
  ],
  round: (subject, { stage, ms }) =>
    stage.fresh(subject, NAME, async (server) => {
      const [connection] = await server.connect(1);
      const ids = await subject.makeSeries(connection!, SERIES);
      const walks = Walk.many(SERIES);
      const before = server.usage();
      const begin = performance.now();
      let sent = 0;
      while (sent * PERIOD < ms * LONGER) {
        const { time, value } = walks[sent % SERIES]!.next(1);
        await connection!.send(subject.point(ids[sent % SERIES]!, time[0]!, value[0]!));
        sent++;
        await sleep(Math.max(0, begin + sent * PERIOD - performance.now()));
      }
      return { [`${NAME}.written-bytes`]: spent(before, server.usage(), sent).writtenBytes };
    }),
};

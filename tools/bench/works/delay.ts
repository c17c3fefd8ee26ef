import { setTimeout as sleep } from 'node:timers/promises';
import { dealt, drive, type Driven } from '../drive.js';
import type { Subject } from '../subject.js';
import { thermowell, withSettings } from '../thermowell.js';
import { Walk } from '../walk.js';
import { checkCount, type Figure, type Measured, type Terms, type Work } from '../work.js';

const NAME = 'delay';
const SERIES = [10, 1000, 10_000];
const CONNECTIONS = 4;
const BATCH = 60;
/** ms that a device waits between an answer and its next batch: the server is busy, and not with these alone */
const PACE = 3;
/** times the length of another measurement: ten thousand answers are wanted, and several checkpoints among them */
const LONGER = 10;

/** Bytes of journal from which on a checkpoint is made: one after the other, and none at all. */
const MODES = [
  {
    id: 'running',
    work: 'checkpoints running',
    subject: withSettings({ THERMOWELL_JOURNAL_BYTES: String(256 * 1024) }),
  },
  { id: 'held', work: 'checkpoints held', subject: withSettings({ THERMOWELL_JOURNAL_BYTES: String(1024 ** 3) }) },
];

/**
 * How long an answer waits at most, with checkpoints running one after the other and with none: what lies between the two
 * is the delay by work in the background. All else, the disk's moods among it, they have in common.
 */
export const delay: Work = {
  name: NAME,
  onlyNamed: true,
  figures: SERIES.flatMap((series) =>
    MODES.flatMap(({ id, work }): Figure[] => {
      const what = `batches of ${BATCH}, ${series.toLocaleString('en')} series, ${work}`;
      const figure = (name: string, unit: string): Figure => ({
        id: `${NAME}-${series}-${id}.${name}`,
        work: what,
        unit,
        better: 'less',
      });
      return [figure('p50-ms', 'ms, p50'), figure('p999-ms', 'ms, p99.9'), figure('longest-ms', 'ms, longest')];
    }),
  ),
  async round(subject, terms) {
    const measured: Measured = {};
    // a database has no such switch
    if (subject !== thermowell) return measured;
    for (const series of SERIES)
      for (const { id, subject: mode } of MODES) {
        const { p50, p999, longest } = await play(mode, series, terms);
        const name = `${NAME}-${series}-${id}`;
        Object.assign(measured, {
          [`${name}.p50-ms`]: p50,
          [`${name}.p999-ms`]: p999,
          [`${name}.longest-ms`]: longest,
        });
      }
    return measured;
  },
};

async function play(mode: Subject, series: number, { stage, ms }: Terms): Promise<Driven> {
  return stage.fresh(mode, NAME, async (server) => {
    const connections = await server.connect(CONNECTIONS);
    const walk = dealt(Walk.many(series), CONNECTIONS);
    const request = (lane: number) => {
      const device = walk(lane);
      return mode.batch(device.number, device.next(BATCH));
    };
    // each series has its points before it is measured
    let left = series;
    await drive({ connections, ms: Infinity, next: (lane) => (left-- > 0 ? request(lane) : null) });
    const driven = await drive({ connections, ms: ms * LONGER, next: request, wait: () => sleep(PACE) });
    await checkCount(mode, connections[0]!, (series + driven.requests) * BATCH);
    return driven;
  });
}

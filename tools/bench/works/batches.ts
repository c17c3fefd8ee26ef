import { setTimeout as sleep } from 'node:timers/promises';
import { dealt, drive } from '../drive.js';
import { spent } from '../usage.js';
import { Walk } from '../walk.js';
import { checkCount, type Work } from '../work.js';

const DEVICES = 100;
const CONNECTIONS = 4;
/**
 * times the length of another measurement: what is done now and then, a checkpoint of the collector or of SQLite, has to
 * fall into it several times, or the figure is that of a server which never tidies up, or always
 */
const LONGER = 4;
/** ms after the last answer, for what the server put off */
const AFTERMATH = 300;

/** Devices that upload what they kept: batches of so many readings. */
export function batches(size: number): Work {
  const name = `batches-${size}`;
  const work = `batches of ${size}`;
  return {
    name,
    figures: [
      { id: `${name}.points-per-cpu-second`, work, unit: 'points per server CPU second', better: 'more' },
      { id: `${name}.points-per-second`, work, unit: 'points/s', better: 'more' },
      { id: `${name}.written-bytes`, work, unit: 'bytes written a point', better: 'less' },
    ],
    round: (subject, { stage, ms }) =>
      stage.fresh(subject, name, async (server) => {
        const connections = await server.connect(CONNECTIONS);
        const walk = dealt(Walk.many(DEVICES), CONNECTIONS);
        const next = (lane: number) => {
          const device = walk(lane);
          return subject.batch(device.number, device.next(size));
        };
        const warmUp = await drive({ connections, ms, next });
        const before = server.usage();
        const { requests, seconds } = await drive({ connections, ms: ms * LONGER, next });
        await sleep(AFTERMATH);
        const { cpuMs, writtenBytes } = spent(before, server.usage(), requests * size);
        await checkCount(subject, connections[0]!, (warmUp.requests + requests) * size);
        return {
          [`${name}.points-per-cpu-second`]: cpuMs === null ? null : 1000 / cpuMs,
          [`${name}.points-per-second`]: (requests * size) / seconds,
          [`${name}.written-bytes`]: writtenBytes,
        };
      }),
  };
}

/** Fills a server with history: batches of full size, and no more than there is to be. */
import type { Connection } from './connection.js';
import { drive } from './drive.js';
import type { Subject } from './subject.js';
import type { Walk } from './walk.js';

/** Readings of a batch: five thousand stay below the collector's limit of 1 MiB. */
const BATCH = 5000;

/** Sends each walk's first `length(device)` points. @throws Error of the first batch that is refused */
export async function load(
  subject: Subject,
  connections: Connection[],
  walks: Walk[],
  length: (device: number) => number,
): Promise<void> {
  const lanes = connections.map((_, lane) =>
    walks
      .filter((_, i) => i % connections.length === lane)
      .map((walk) => ({ walk, left: length(walk.number) }))
      .filter(({ left }) => left > 0),
  );
  // the series grow together, as they would in life
  const next = (lane: number) => {
    const item = lanes[lane]!.shift();
    if (item === undefined) return null;
    const run = item.walk.next(Math.min(BATCH, item.left));
    item.left -= run.time.length;
    if (item.left > 0) lanes[lane]!.push(item);
    return subject.batch(item.walk.number, run);
  };
  await drive({ connections, ms: Infinity, next });
}

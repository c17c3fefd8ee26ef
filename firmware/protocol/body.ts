/** What a device uploads: a batch as text. How it is read is in batch.ts, which no device carries. */
import type { Batch } from './batch.js';

/** The JSON text of a batch, with the token beside it where one is given. */
export function encodeBatch(batch: Batch, token?: string): string {
  const { time } = batch;
  const wire: Record<string, unknown> = { device_id: batch.device_id };
  if (token !== undefined) wire['token'] = token;
  if (batch.device_desc !== undefined) wire['device_desc'] = batch.device_desc;
  wire['log'] = batch.log;
  wire['first'] = batch.first;
  if (batch.oldest !== batch.first) wire['oldest'] = batch.oldest;
  wire['clock'] = batch.clock;
  if (batch.now !== undefined) wire['now'] = batch.now;
  if (batch.estimated) wire['estimated'] = true;
  wire['time'] = time.map((t, i) => (i === 0 ? t : t - time[i - 1]!));
  wire['sensors'] = batch.sensors;
  if (batch.status !== undefined) wire['status'] = batch.status;
  return JSON.stringify(wire);
}

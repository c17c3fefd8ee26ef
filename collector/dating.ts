import { pointer, ProtocolError } from '../firmware/protocol/error.js';
import { TIME_MAX, TIME_MIN } from '../firmware/protocol/limits.js';
import type { SentBatch } from './store/store.js';

/**
 * A batch with Unix times. From uptime: what was `age` old when the device sent it was `age` old when it `arrived` (ms;
 * asked for only where it is needed). @throws ProtocolError
 */
export function dated<B extends SentBatch>(batch: B, arrived: () => number): B {
  if (batch.clock === 'unix' || batch.time.length === 0) return batch;
  const offset = arrived() - batch.now!;
  const time = Array.from(batch.time, (t) => t + offset);
  const wrong = time.findIndex((t) => t < TIME_MIN || t > TIME_MAX);
  if (wrong !== -1) throw new ProtocolError(pointer('time', wrong), 'an uptime that leads back beyond the year 2000');
  return { ...batch, time };
}

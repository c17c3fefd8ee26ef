/**
 * A batch as nearly all are: right in every way, its readings in columns from the start. Whatever is wrong with a batch, or
 * only unusual, is left to `decodeBatch`, which says what it is; so there is one truth about both.
 */
import { decodeBatch, type Batch } from '../firmware/protocol/batch.js';
import { ProtocolError } from '../firmware/protocol/error.js';
import { isObject, member, type Json, type JsonObject } from '../firmware/protocol/json.js';
import { TIME_MAX, TIME_MIN, type Limits } from '../firmware/protocol/limits.js';
import { isSuspect } from './document.js';
import type { Hollow } from './hollow.js';
import type { SentBatch } from './store/store.js';

/** The same as `decodeBatch` makes of the whole document; null where that has to look at it. */
export function batchInColumns({ outline, text, lists }: Hollow, limits: Limits): SentBatch | null {
  if (isSuspect(text)) return null;
  const listOf = (value: Json | undefined): Float64Array | null =>
    Array.isArray(value) ? lists[value[0] as number]! : null;
  const steps = listOf(member(outline, 'time'));
  const sensors = member(outline, 'sensors');
  if (steps === null || steps.length > limits.readings || !isObject(sensors)) return null;
  const columns: SentBatch['sensors'] = {};
  const names: JsonObject = {};
  for (const [sensor, fields] of Object.entries(sensors)) {
    if (!isObject(fields)) return null;
    const filled: Record<string, Float64Array> = (columns[sensor] = {});
    const empty: JsonObject = (names[sensor] = {});
    for (const [field, value] of Object.entries(fields)) {
      const list = listOf(value);
      if (list === null || list.length !== steps.length) return null;
      filled[field] = list;
      empty[field] = [];
    }
  }
  const batch = withoutReadings({ ...outline, time: [], sensors: names }, limits);
  if (batch === null || !Number.isSafeInteger(batch.first + steps.length)) return null;
  const time = timesFrom(steps, batch);
  return time === null ? null : { ...batch, time, sensors: columns };
}

function withoutReadings(document: JsonObject, limits: Limits): Batch | null {
  try {
    return decodeBatch(document, limits);
  } catch (error) {
    if (error instanceof ProtocolError) return null;
    throw error;
  }
}

/** The first step is a time, each other one the difference to the one before; null where one is wrong. */
function timesFrom(steps: Float64Array, { clock, now }: Batch): Float64Array | null {
  const min = clock === 'unix' ? TIME_MIN : 0;
  const max = clock === 'unix' ? TIME_MAX : now!;
  let time = 0;
  for (let i = 0; i < steps.length; i++) {
    const step = steps[i]!;
    time += step;
    if (!Number.isSafeInteger(step) || time < min || time > max) return null;
    steps[i] = time;
  }
  return steps;
}

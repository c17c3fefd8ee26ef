/**
 * The text of a batch's record, with the long arrays copied from the text the batch was parsed from rather than written
 * anew: that would cost as much as parsing them.
 */
import type { BatchRecord } from './record.js';

/** All but the arrays. */
export type BatchHead = Omit<BatchRecord, 'time' | 'sensors'>;

/** Neither may hold a space or an escape, so a match ends where the value does, and is on one line. */
const TIME = /\[[-+.\deE,]*\]/y;
const SENSORS = /\{(?:"[^"\\]*":\{(?:"[^"\\]*":\[[-+.\deEnul,]*\],?)+\},?)+\}/y;

/** `source`: the JSON text of a valid batch with Unix times. Null where it isn't plain enough to be copied from. */
export function batchText(head: BatchHead, source: string): string | null {
  // Without escapes a name between quotes is that name and nothing else.
  if (source.includes('\\')) return null;
  const time = valueOf(source, '"time"', TIME);
  const sensors = time === null ? null : valueOf(source, '"sensors"', SENSORS);
  return sensors === null ? null : `${JSON.stringify(head).slice(0, -1)},"time":${time},"sensors":${sensors}}`;
}

/** The value of the only member of this name, at whatever depth, where it has the shape expected. */
function valueOf(source: string, name: string, shape: RegExp): string | null {
  const at = source.indexOf(name);
  if (at === -1 || source.includes(name, at + 1) || source[at + name.length] !== ':') return null;
  shape.lastIndex = at + name.length + 1;
  return shape.exec(source)?.[0] ?? null;
}

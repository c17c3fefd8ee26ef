/** What the XS engine is given, as globals, since it is asked from outside by expressions. */
import { Day } from './day.js';
import { Naps } from './naps.js';
import { CASES } from './protocol/cases.js';
import { batch, packedBatch } from './wire.js';

export interface Result {
  name: string;
  /** what went wrong, null when nothing did */
  error: string | null;
}

Object.assign(globalThis, { runCases, day: new Day(), batch, packedBatch, naps: new Naps() });

function runCases(): Result[] {
  return CASES.map(({ name, run }) => {
    try {
      run();
      return { name, error: null };
    } catch (error) {
      return { name, error: String(error) };
    }
  });
}

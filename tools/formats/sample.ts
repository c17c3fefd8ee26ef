/** A point on its way between a file and a collector, with what tells its series. */
import type { JsonObject } from '../../firmware/protocol/json.js';

export interface Sample {
  /** absent where the file doesn't say */
  device_id?: string;
  device_desc?: string;
  desc?: string;
  /** ms since 1970 */
  time: number;
  fields: JsonObject;
}

/** A sample and the line of the file it is from, counted from 1; of a database the row. */
export interface Numbered {
  line: number;
  sample: Sample;
}

/** A line that can't be read; the message says what it should have been. */
export class LineError extends Error {
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.name = 'LineError';
    this.line = line;
  }
}

/** Lines of text → samples. @throws LineError */
export type Reader = (lines: AsyncIterable<string>) => AsyncIterable<Numbered>;

/** Samples → text, a line each; '' for a sample that the format can't express. */
export interface Writer {
  head: string;
  line(sample: Sample): string;
}

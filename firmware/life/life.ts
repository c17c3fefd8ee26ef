import type { Reading } from '../reading.js';
import type { UploadEvent } from '../uploader.js';

/** One of the two ways of life, from power-up or wake on. */
export interface Life {
  /** @throws Error where the log can't be opened */
  open(): void;
  /** The sampler took a reading. */
  read(reading: Reading): void;
  /** The clock was set: the Unix time at uptime 0, ms. */
  timed(wall: number): void;
  /** The uploader tells. */
  heard(event: UploadEvent): void;
}

/** What a chip offers for a life on batteries: memory that outlasts a sleep, the sleep itself, and why it was reset. */

/** Outlasts a deep sleep and most resets, but no power cut; then it holds anything. ESP8266: 384 bytes. */
export interface Memory {
  readonly byteLength: number;
  read(): Uint8Array;
  /** from its beginning on */
  write(bytes: Uint8Array): void;
}

/** Why this life began. */
export type Reset =
  | 'power-on'
  | 'deep-sleep'
  /** the reset pin or button */
  | 'external'
  /** the firmware asked for it: an update, new settings */
  | 'software'
  /** the chip ran into something that it can't do, or out of memory */
  | 'exception'
  | 'watchdog'
  /** the voltage fell too low */
  | 'brownout'
  | 'unknown';

/** By the numbers of `modChip.c`. */
export const RESETS: readonly Reset[] = Object.freeze([
  'unknown',
  'power-on',
  'deep-sleep',
  'external',
  'software',
  'exception',
  'watchdog',
  'brownout',
]);

export interface Power {
  readonly reset: Reset;
  /** no sleep can be longer, ms */
  readonly longestMs: number;
  /**
   * Sleeps so long, then starts anew; with `radio` false the next life can't use the radio, which saves its calibration.
   * On a chip it doesn't return.
   */
  sleep(ms: number, radio: boolean): void;
}

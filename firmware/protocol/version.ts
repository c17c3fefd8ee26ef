/** One version for firmware, collector and tools; the same as in package.json. */
export const VERSION = '0.1.0';

/**
 * When it was released, ms: 2026-11-01 UTC. A clock that shows less than this is wrong. A number, since `Date` would
 * take 10 kB of an ESP8266's flash.
 */
export const RELEASED = 1_793_491_200_000;

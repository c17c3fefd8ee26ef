/** One version for firmware, collector and tools; the same as in package.json. */
export const VERSION = '0.1.0';

/** When it was released, ms. A clock that shows less than this is wrong. */
export const RELEASED = Date.UTC(2026, 10, 1);

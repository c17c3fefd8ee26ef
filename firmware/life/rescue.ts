/** Readings that were gathered in memory when the chip was reset, with no sleep between: as yet on no flash. */
import type { Flash } from '../flash.js';
import { Log, type LogOptions } from '../log.js';
import type { Retained } from './retained.js';

/**
 * Puts them on flash, as readings of the boot that took them; those that had got there are left out.
 * @param failed told why flash doesn't take them; thrown, it would keep the device from beginning, after each reset anew
 */
export function rescue(
  { readings, bookmark }: Retained,
  flash: Flash,
  random: LogOptions['random'],
  failed: (error: unknown) => void,
): void {
  if (readings.length === 0) return;
  try {
    const log = new Log(flash, { random, bookmark });
    log.open();
    // Fewer than none, where flash has lost some since.
    const there = bookmark === null ? 0 : Math.max(0, log.next - bookmark.next);
    readings.slice(there).forEach((reading) => log.append(reading));
  } catch (error) {
    failed(error);
  }
}

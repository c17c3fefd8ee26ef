import { Pauses, WORK } from '../store/pauses.js';
import type { Piece } from './answer.js';

/**
 * The texts of many things with commas between them, in slices: of ten thousand series a list takes tens of milliseconds,
 * and a point that comes meanwhile shall not wait for that.
 */
export async function* longList<T>(
  [begin, end]: [string, string],
  items: Iterable<T>,
  text: (item: T) => string,
): AsyncGenerator<Piece> {
  const pauses = new Pauses();
  let gathered = begin;
  let separator = '';
  for (const item of items) {
    gathered += separator + text(item);
    separator = ',';
    const full = pauses.did(4 * WORK.series);
    if (full === undefined) continue;
    yield gathered;
    gathered = '';
    await full;
  }
  yield gathered + end;
}

import { StoreError, type Point, type Store } from './store/store.js';

/**
 * The newest point of a series with a value; undefined, too, where it is in a damaged file, for those who look at all series
 * and go on with the next: `store.health()` names the file.
 */
export async function newestOf(store: Store, id: number): Promise<Point | undefined> {
  try {
    return await store.latest(id);
  } catch (error) {
    if (error instanceof StoreError && error.code === 'damaged') return undefined;
    throw error;
  }
}

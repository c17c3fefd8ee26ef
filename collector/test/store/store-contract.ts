/** What every store has to do, whatever it is made of. */
import { afterEach, describe } from 'vitest';
import type { Store } from '../../store/store.js';
import { batchContract } from './batch-contract.js';
import { bucketContract } from './bucket-contract.js';
import { careContract } from './care-contract.js';
import { newsContract } from './news-contract.js';
import { pointContract } from './point-contract.js';
import { seriesContract } from './series-contract.js';

/** How a kind of store is opened for tests. */
export interface StoreUnderTest {
  /** an empty one */
  open: () => Promise<Store>;
  /** what the given one has left behind (itself, where there is nothing to open again) */
  reopen: (store: Store) => Promise<Store>;
  /** removes what the test left */
  clean: () => Promise<void>;
}

/** The store of one test. */
export interface Stage {
  start: () => Promise<Store>;
  restart: () => Promise<Store>;
}

export function storeContract(name: string, { open, reopen, clean }: StoreUnderTest): void {
  describe(name, () => {
    let store: Store;
    const stage: Stage = {
      start: async () => (store = await open()),
      restart: async () => (store = await reopen(store)),
    };
    afterEach(async () => {
      await store.close();
      await clean();
    });
    seriesContract(stage);
    pointContract(stage);
    batchContract(stage);
    bucketContract(stage);
    newsContract(stage);
    careContract(stage);
  });
}

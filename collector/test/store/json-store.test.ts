/** JsonStore keeps the contract: when restarts are clean, when the process just dies, and when checkpoints never rest. */
import { JsonStore, type JsonStoreOptions } from '../../store/json-store.js';
import { copyOf, newFolder, removeFolders } from './folder.js';
import { storeContract, type StoreUnderTest } from './store-contract.js';

function onFolders(options: JsonStoreOptions, next: (folder: string) => Promise<string>): StoreUnderTest {
  let folder = '';
  const opened = async (): Promise<JsonStore> => {
    const store = new JsonStore(folder, options);
    await store.open();
    return store;
  };
  return {
    async open() {
      folder = await newFolder();
      return opened();
    },
    async reopen(store) {
      const before = folder;
      // What a process that dies here leaves behind, its lock aside
      folder = await next(before);
      await store.close();
      return opened();
    },
    clean: removeFolders,
  };
}

const same = async (folder: string): Promise<string> => folder;

storeContract('JsonStore, closed and opened again', onFolders({}, same));
storeContract('JsonStore, after a crash', onFolders({}, copyOf));
storeContract('JsonStore, always in a checkpoint', onFolders({ budgets: { journal: 1, cache: 1 } }, same));

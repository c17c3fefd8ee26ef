/** A data folder that no collector has open. */
import { stat } from 'node:fs/promises';
import { errno } from '../../collector/store/disk.js';
import { Lock } from '../../collector/store/lock.js';
import { StoreError } from '../../collector/store/store.js';
import { ToolError } from '../exit.js';

/** Holds the folder while `work` is at it; `release` lets go of it earlier. @throws ToolError when somebody has it */
export async function heldFolder<T>(
  folder: string,
  work: (release: () => Promise<void>) => Promise<T>,
  hint = 'Stop the collector first.',
): Promise<T> {
  const found = await stat(folder).catch(() => null);
  if (found?.isDirectory() !== true) throw new ToolError('missing', `there is no data folder ${folder}`);
  const lock = new Lock(folder);
  try {
    await lock.open();
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    // an old card in a reader, say: nobody else can write there either
    if (errno(error.cause) === 'EROFS') return work(async () => undefined);
    throw new ToolError('folder', error.message, { cause: error, ...(error.code === 'locked' ? { hint } : {}) });
  }
  try {
    return await work(() => lock.close());
  } finally {
    await lock.close();
  }
}

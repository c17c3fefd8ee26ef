/**
 * A copy of the data folder as it is at one moment, while writing goes on. What can change meanwhile is small and read
 * first, between two checkpoints: the catalog, and the journal behind it up to the end of its last group. The chunks are
 * written once, and none is removed until all are copied.
 */
import path from 'node:path';
import { BUNDLES } from './bundle.js';
import { CATALOG } from './catalog.js';
import { SERIES, type ChunkFiles } from './chunk-files.js';
import type { Compactor } from './compactor.js';
import { errno, list, type Disk } from './disk.js';
import { listSegments } from './recovery.js';
import { JOURNAL, segmentName, type JournalEnd } from './segment.js';
import type { CopiedFile } from './store.js';

/** Files that are there while one is being written, and the lock. */
const PASSING = /\.(tmp|part)$|^lock/;

export interface CopySource {
  disk: Disk;
  folder: string;
  files: Pick<ChunkFiles, 'hold'>;
  /** does work while no checkpoint is made, and names the chunk files there are then */
  chunks: Pick<Compactor, 'between' | 'listed'>;
  /** what is on disk by now */
  end: () => Readonly<JournalEnd>;
}

/** The users file is not in it: it may stand elsewhere. @throws StoreError `damaged`, `failed` */
export async function* copyFolder(source: CopySource): AsyncGenerator<CopiedFile> {
  const { disk, folder, files } = source;
  const release = files.hold();
  try {
    const { fixed, names } = await source.chunks.between(() => fix(source));
    yield* fixed;
    for (const name of names) yield { name, bytes: await disk.readFile(path.join(folder, name)) };
    for (const name of await otherFiles(disk, folder)) {
      const bytes = await readIfThere(disk, path.join(folder, name));
      if (bytes !== null) yield { name, bytes };
    }
  } finally {
    release();
  }
}

/** The catalog, the journal behind it, and the names of the chunks, that belong together. */
async function fix({ disk, folder, chunks, end }: CopySource) {
  // what is deleted later is still held; what was deleted before is so in the journal, up to its end
  const names = await chunks.listed();
  const catalog = await readIfThere(disk, path.join(folder, CATALOG));
  const fixed: CopiedFile[] = catalog === null ? [] : [{ name: CATALOG, bytes: catalog }];
  const last = { ...end() };
  for (const number of await listSegments(disk, folder)) {
    if (number > last.segment) break;
    const name = segmentName(number);
    const bytes = await disk.readFile(path.join(folder, name));
    fixed.push({ name, bytes: number === last.segment ? bytes.subarray(0, last.bytes) : bytes });
  }
  return { fixed, names };
}

/** Everything else in the folder, two levels deep: quarantine, alarms, firmware images. */
async function otherFiles(disk: Disk, folder: string): Promise<string[]> {
  const known = new Set([CATALOG, JOURNAL, SERIES, BUNDLES, 'users.json']);
  const names: string[] = [];
  for (const name of await list(disk, folder)) {
    if (known.has(name) || PASSING.test(name)) continue;
    const inner = await list(disk, path.join(folder, name)).catch((error: unknown) => {
      if (errno(error) === 'ENOTDIR') return null;
      throw error;
    });
    names.push(...(inner === null ? [name] : inner.map((one) => `${name}/${one}`)));
  }
  return names.filter((name) => !PASSING.test(name)).sort();
}

async function readIfThere(disk: Disk, file: string): Promise<Buffer | null> {
  try {
    return await disk.readFile(file);
  } catch (error) {
    if (errno(error) === 'ENOENT' || errno(error) === 'EISDIR') return null;
    throw error;
  }
}

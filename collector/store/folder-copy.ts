/**
 * A copy of the data folder as it is at one moment, while writing goes on. What can change meanwhile is small and read
 * first, between two checkpoints: the catalog, and the journal behind it up to the end of its last group. The chunks are
 * written once, and none is removed until all are copied.
 *
 * Damage keeps nothing else from being copied: a file that can't be read is named, and one that can is copied as it is.
 */
import path from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { CATALOG } from './catalog.js';
import type { ChunkFiles } from './chunk-files.js';
import type { Compactor } from './compactor.js';
import { errno, list, type Disk } from './disk.js';
import { IMAGES } from './images.js';
import { QUARANTINE } from './quarantine.js';
import { listSegments } from './recovery.js';
import { segmentName, type JournalEnd } from './segment.js';
import type { CopiedFile } from './store.js';

/** What other rooms keep in the folder beside the store's own. */
export const ALARMS = 'alarms.json';

/** How files are named in folders of ours. */
const OURS = /^[\w-]+\.(json|bin)$/;

const unpack = promisify(gunzip);

/** Not what is wrong with a file, but with the process: it can't go on. */
const OUT_OF = new Set(['EMFILE', 'ENFILE', 'ENOMEM']);

export interface CopySource {
  disk: Disk;
  folder: string;
  files: Pick<ChunkFiles, 'hold'>;
  /** does work while no checkpoint is made, and names the chunk files there are then */
  chunks: Pick<Compactor, 'between' | 'listed'>;
  /** what is on disk by now */
  end: () => Readonly<JournalEnd>;
}

/** The users file is not in it: it may stand elsewhere. @throws StoreError `failed` */
export async function* copyFolder(source: CopySource): AsyncGenerator<CopiedFile> {
  const { disk, folder, files } = source;
  const release = files.hold();
  try {
    const { fixed, names } = await source.chunks.between(() => fix(source));
    yield* fixed;
    for (const name of names) yield await checked(await read(disk, folder, name));
    for (const name of await otherFiles(disk, folder)) {
      const file = await readIfThere(disk, folder, name);
      if (file !== null) yield file;
    }
  } finally {
    release();
  }
}

/** The catalog, the journal behind it, and the names of the chunks, that belong together. */
async function fix({ disk, folder, chunks, end }: CopySource) {
  // what is deleted later is still held; what was deleted before is so in the journal, up to its end
  const names = await chunks.listed();
  const catalog = await readIfThere(disk, folder, CATALOG);
  const fixed: CopiedFile[] = catalog === null ? [] : [catalog];
  const last = { ...end() };
  for (const number of await listSegments(disk, folder)) {
    if (number > last.segment) break;
    const { bytes, ...file } = await read(disk, folder, segmentName(number));
    fixed.push({ ...file, bytes: number === last.segment ? (bytes?.subarray(0, last.bytes) ?? null) : bytes });
  }
  return { fixed, names };
}

/** Alarms, quarantine, firmware images. Nothing that only lies there: an editor's copy of the users file has its secrets. */
async function otherFiles(disk: Disk, folder: string): Promise<string[]> {
  const names = [ALARMS];
  for (const inner of [QUARANTINE, IMAGES])
    for (const name of await list(disk, path.join(folder, inner))) if (OURS.test(name)) names.push(`${inner}/${name}`);
  return names.sort();
}

/** A file with its bytes, where it is there. */
async function readIfThere(disk: Disk, folder: string, name: string): Promise<CopiedFile | null> {
  try {
    return { name, bytes: await disk.readFile(path.join(folder, name)) };
  } catch (error) {
    const code = errno(error);
    if (code === 'ENOENT' || code === 'EISDIR') return null;
    if (code === undefined || OUT_OF.has(code)) throw error;
    return { name, bytes: null, damage: `it can't be read: ${(error as Error).message}` };
  }
}

async function read(disk: Disk, folder: string, name: string): Promise<CopiedFile> {
  return (await readIfThere(disk, folder, name)) ?? { name, bytes: null, damage: 'the file is missing' };
}

/** A chunk's file, with what is wrong with it: each is packed, and so has a checksum. */
async function checked(file: CopiedFile): Promise<CopiedFile> {
  if (file.bytes === null) return file;
  try {
    await unpack(file.bytes);
    return file;
  } catch (error) {
    return { ...file, damage: `it can't be unpacked: ${(error as Error).message}` };
  }
}

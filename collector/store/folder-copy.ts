/**
 * A copy of the data folder as it is at one moment, while writing goes on. What can change meanwhile is small and read
 * first: the catalog, and the journal behind it up to the end of its last group. The chunks that this catalog names are
 * written once, and none is removed until all are copied.
 */
import path from 'node:path';
import { BUNDLES } from './bundle.js';
import { CATALOG, openCatalog } from './catalog.js';
import { SERIES, type ChunkFiles } from './chunk-files.js';
import { errno, list, type Disk } from './disk.js';
import { JOURNAL, segmentName, type JournalEnd } from './segment.js';
import type { CopiedFile } from './store.js';

/** Checkpoints that may come in between before it is given up. */
const TRIES = 10;

/** Files that are there while one is being written, and the lock. */
const PASSING = /\.(tmp|part)$|^lock/;

export interface CopySource {
  disk: Disk;
  folder: string;
  files: Pick<ChunkFiles, 'hold'>;
  /** what is on disk by now */
  end: () => Readonly<JournalEnd>;
}

/** The users file is not in it: it may stand elsewhere. @throws StoreError `damaged`, `failed` */
export async function* copyFolder(source: CopySource): AsyncGenerator<CopiedFile> {
  const { disk, folder, files } = source;
  const release = files.hold();
  try {
    const { fixed, chunks } = await fix(source);
    yield* fixed;
    for (const name of chunks) yield { name, bytes: await disk.readFile(path.join(folder, name)) };
    for (const name of await otherFiles(disk, folder)) {
      const bytes = await readIfThere(disk, path.join(folder, name));
      if (bytes !== null) yield { name, bytes };
    }
  } finally {
    release();
  }
}

/** The catalog, the journal behind it, and the names of the chunks, that belong together. */
async function fix({ disk, folder, end }: CopySource): Promise<{ fixed: CopiedFile[]; chunks: ReadonlySet<string> }> {
  const file = path.join(folder, CATALOG);
  for (let tries = 0; tries < TRIES; tries++) {
    const before = await readIfThere(disk, file);
    const catalog = openCatalog(disk, folder);
    await catalog.read();
    const journal = await readJournal(disk, folder, catalog.data?.journal.segment ?? 1, { ...end() });
    const after = await readIfThere(disk, file);
    // a checkpoint came in between, and what it has made chunks of is gone from the journal
    if (journal === null || !same(before, after)) continue;
    const chunks = new Set(catalog.data?.series.flatMap(({ chunks }) => chunks.map(({ file }) => file)));
    return { fixed: [...(before === null ? [] : [{ name: CATALOG, bytes: before }]), ...journal], chunks };
  }
  throw new Error('the catalog changed too often to be copied');
}

/** Segments up to the end of the last whole group; null when one of them has gone. */
async function readJournal(disk: Disk, folder: string, first: number, end: JournalEnd): Promise<CopiedFile[] | null> {
  const segments: CopiedFile[] = [];
  for (let number = first; number <= end.segment; number++) {
    const name = segmentName(number);
    const bytes = await readIfThere(disk, path.join(folder, name));
    if (bytes === null) return null;
    segments.push({ name, bytes: number === end.segment ? bytes.subarray(0, end.bytes) : bytes });
  }
  return segments;
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

function same(a: Buffer | null, b: Buffer | null): boolean {
  return a === null || b === null ? a === b : a.equals(b);
}

/**
 * A catalog from the chunks alone, where the one there was can't be read. The points are all there; what only the catalog
 * had is gone: how series are called and whose they are, the devices and their ledgers, which points were deleted.
 */
import path from 'node:path';
import { Low } from 'lowdb';
import type { CatalogData, CatalogSeries } from './catalog.js';
import { decodeChunk, describe, type ChunkData, type ChunkRef } from './chunk.js';
import { SERIES, seriesFolder } from './chunk-files.js';
import { list, type Disk } from './disk.js';
import { DurableFile } from './durable-file.js';
import { lines } from './inspection.js';
import { segmentName } from './journal.js';
import { listSegments } from './recovery.js';
import { StoreError, type UserId } from './store.js';

export interface Rebuilt {
  catalog: CatalogData;
  /** chunks that can't be read, with why */
  lost: { file: string; why: string }[];
}

/** `user`: to whom the series shall belong; `now`: ms */
export async function rebuildCatalog(disk: Disk, folder: string, user: UserId, now: number): Promise<Rebuilt> {
  const lost: Rebuilt['lost'] = [];
  const series: CatalogSeries[] = [];
  for (const name of await list(disk, path.join(folder, SERIES))) {
    const id = Number(name);
    if (!Number.isSafeInteger(id)) continue;
    const chunks = await readChunks(disk, folder, id, lost);
    if (chunks.length > 0) series.push(recovered(id, chunks, user, now));
  }
  series.sort((a, b) => a.id - b.id);
  const catalog = {
    journal: await journalStart(disk, folder),
    nextSeries: 1 + (series.at(-1)?.id ?? 0),
    newest: now,
    series,
    devices: [],
    obsolete: [],
  };
  return { catalog, lost };
}

function recovered(id: number, chunks: ChunkRef[], user: UserId, now: number): CatalogSeries {
  return {
    id,
    device_id: 'recovered',
    device_desc: '',
    desc: `series ${id}`,
    sensor: null,
    user,
    created: now,
    count: chunks.reduce((sum, { points }) => sum + points, 0),
    described: false,
    next: 1 + Math.max(...chunks.map(({ high }) => high)),
    chunks,
    dead: [],
  };
}

/** The chunks of a series. A crash may have left some of an older checkpoint, or of one not finished: newer ones count. */
async function readChunks(disk: Disk, folder: string, id: number, lost: Rebuilt['lost']): Promise<ChunkRef[]> {
  const names = (await list(disk, path.join(folder, seriesFolder(id)))).filter((name) => name.endsWith('.json.gz'));
  const taken: ChunkRef[] = [];
  for (const name of names.sort().reverse()) {
    const file = `${seriesFolder(id)}/${name}`;
    try {
      const low = new Low<ChunkData | null>(new DurableFile(disk, folder, file), null);
      await low.read();
      if (low.data === null || low.data.series !== id) throw new StoreError('damaged', `${file} is of another series`);
      const chunk = describe(file, decodeChunk(low.data));
      if (!taken.some((other) => overlaps(other, chunk))) taken.push(chunk);
    } catch (error) {
      lost.push({ file, why: (error as Error).message });
    }
  }
  return taken.sort((a, b) => a.from - b.from || a.to - b.to);
}

/** Chunks that stand beside each other don't share a time, but for the instant at which one ends and the next begins. */
function overlaps(a: ChunkRef, b: ChunkRef): boolean {
  const inTime = a.from < b.to && b.from < a.to;
  return inTime || (a.low <= b.high && b.low <= a.high);
}

/** The oldest segment that begins as one must, and its first group. */
async function journalStart(disk: Disk, folder: string): Promise<CatalogData['journal']> {
  const segments = await listSegments(disk, folder);
  for (const segment of segments) {
    const [first] = lines(await disk.readFile(path.join(folder, segmentName(segment))));
    if (first?.line?.kind === 'segment') return { segment, group: first.line.group };
  }
  return { segment: 1 + (segments.at(-1) ?? 0), group: 1 };
}

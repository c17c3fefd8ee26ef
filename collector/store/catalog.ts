/**
 * `catalog.json`: everything but the points, as it was at a boundary between two segments of the journal. It is replaced
 * as a whole at the end of a checkpoint; what changes in between is in the journal, from `journal.segment` on.
 */
import { Low } from 'lowdb';
import type { ChunkRef } from './chunk.js';
import type { Disk } from './disk.js';
import { DurableFile } from './durable-file.js';
import { Envelope } from './envelope.js';
import { Pauses } from './pauses.js';
import type { Device, QuarantineEntry, Series } from './store.js';

export const CATALOG = 'catalog.json';

export interface CatalogSeries extends Series {
  /** `device_desc` was set by hand */
  described: boolean;
  /** number of the next point */
  next: number;
  /** by time */
  chunks: ChunkRef[];
  /** ids of deleted points that are still in a chunk */
  dead: number[];
}

export interface CatalogDevice extends Omit<Device, 'every'> {
  /** time of the newest reading stored, ms */
  newest: number;
  /** by how much that grew with the last uploads, ms (rhythm.ts); absent before the second */
  steps?: number[];
}

export interface CatalogData {
  /** the first segment still needed, and the group with which it begins */
  journal: { segment: number; group: number };
  nextSeries: number;
  /** the newest time at which anything was received, ms */
  newest: number;
  series: CatalogSeries[];
  devices: CatalogDevice[];
  /** points that were put into each bundle (bundle.ts); absent in folders from before there were any */
  bundles?: Record<string, number>;
  /** absent in folders from before there was a list of them */
  quarantine?: QuarantineEntry[];
  /** files that no list names any more and that may still be there */
  obsolete: string[];
}

export type Catalog = Low<CatalogData | null>;

/** Whether what a whole file holds is a catalog, and not another file of the folder that got into its place. */
export function isCatalog(data: object): data is CatalogData {
  return 'journal' in data && 'series' in data;
}

/** The catalog of a data folder; its data is null until there was a first checkpoint. */
export function openCatalog(disk: Disk, folder: string, pauses = new Pauses()): Catalog {
  const codec = new Envelope<CatalogData | null>(CATALOG, { pauses });
  return new Low<CatalogData | null>(new DurableFile(disk, folder, CATALOG, { codec }), null);
}

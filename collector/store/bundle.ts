/**
 * A bundle: chunks of many series in one file, `bundles/00000012-0.json.gz` (12: the checkpoint that made it), since each
 * would be too small for a file of its own. What is in it is in bundle-code.ts.
 *
 * The catalog names a chunk by file and place. As its series go on, a bundle's chunks are taken over into larger ones; when
 * less than half of its points are still listed, the rest moves, too, and the file goes.
 */
import { chunkWeight, type ChunkData, type ChunkRef } from './chunk.js';
import type { StoreError } from './store.js';

export const BUNDLES = 'bundles';

/** Weight of a bundle at most, bytes of its text: to be parsed in a moment when somebody wants one of its chunks. */
export const BUNDLE_WEIGHT = 128 * 1024;

export interface BundleData {
  name: string;
  /** by place */
  chunks: Map<number, ChunkData>;
  /** what could not be read, where it was read */
  damaged: StoreError[];
}

export function bundleFile(name: string): string {
  return `${BUNDLES}/${name}.json.gz`;
}

export function bundleWeight({ chunks }: BundleData): number {
  let weight = 0;
  for (const chunk of chunks.values()) weight += chunkWeight(chunk);
  return weight;
}

/** Adds the points of a list's chunks to those of the bundles that they are in. */
export function countListed(chunks: readonly ChunkRef[], listed: Map<string, number>): void {
  for (const { file, at, points } of chunks) if (at !== undefined) listed.set(file, (listed.get(file) ?? 0) + points);
}

/** The bundles of which more than half is no longer `listed`; `points`: what was put into each. */
export function sparseOf(points: ReadonlyMap<string, number>, listed: ReadonlyMap<string, number>): Set<string> {
  const sparse = new Set<string>();
  for (const [file, count] of listed) if (2 * count < (points.get(file) ?? 0)) sparse.add(file);
  return sparse;
}

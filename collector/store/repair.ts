/**
 * Makes a damaged data folder one that a collector can be started on, with everything in it that can be read:
 *
 *   1. whatever is changed below is copied into a folder beside it
 *   2. a catalog that can't be read is made anew from the chunks; chunks that can't be read are taken off its list
 *   3. the journal is cut where its damage begins; what is whole behind it is given to the store again
 *
 * A repair that dies in the middle is done again when the copy has been put back.
 */
import { cp, readdir } from 'node:fs/promises';
import path from 'node:path';
import { CATALOG, openCatalog, type CatalogData } from './catalog.js';
import { mayHold, type ChunkRef } from './chunk.js';
import { errno, isUnreadable, makeFolder, syncFolder, type Disk } from './disk.js';
import { inspect, type Finding, type Inspection } from './inspection.js';
import { Journal } from './journal.js';
import { JsonStore } from './json-store.js';
import { Pace } from './pace.js';
import { Quarantine } from './quarantine.js';
import { rebuildCatalog } from './rebuild.js';
import { listSegments } from './recovery.js';
import { findSalvage, Salvage, type Salvaged } from './salvage.js';
import { JOURNAL, segmentName, type JournalEnd } from './segment.js';
import type { UserId } from './store.js';
import { writeOff } from './write-off.js';

export interface Repair {
  /** where what was changed is kept */
  copy: string;
  /** what could not be kept, in words */
  lost: Omit<Finding, 'kind'>[];
  /** readings that were stored and are lost now, by device, as its ledger says */
  readings: Record<string, number>;
  /** records behind the journal's damage that were kept */
  salvaged: number;
}

export interface RepairOptions {
  /** to whom series belong whose owner can't be told any more */
  user: UserId;
  /** ms */
  now: number;
}

/** The folder is locked by the caller, who lets go for `reopen` while the store itself opens it. */
export async function repair(
  disk: Disk,
  folder: string,
  found: Inspection,
  { user, now }: RepairOptions,
  reopen: (work: () => Promise<void>) => Promise<void>,
): Promise<Repair> {
  const copy = `${path.resolve(folder)}.before-repair-${new Date(now).toISOString().replaceAll(/[:.]/g, '-')}`;
  const result: Repair = { copy, lost: [], readings: {}, salvaged: 0 };
  let state = found;
  await keep(disk, folder, copy, [CATALOG, JOURNAL, ...found.files, ...found.chunks.map(({ chunk }) => chunk.file)]);
  if (found.files.includes(CATALOG)) {
    const { catalog, lost } = await rebuildCatalog(disk, folder, user, now);
    result.lost.push({ file: CATALOG, offset: null, what: 'names and owners of series, devices, ledgers, deletions' });
    for (const { file, why } of lost) result.lost.push({ file, offset: null, what: why });
    await keep(
      disk,
      folder,
      copy,
      lost.map(({ file }) => file),
    );
    await write(disk, folder, catalog);
    state = await inspect(disk, folder);
  }
  if (state.chunks.length > 0) await forgetChunks(disk, folder, state, result);
  for (const file of found.files.filter((name) => name !== CATALOG)) {
    await remove(disk, path.join(folder, file));
    result.lost.push({ file, offset: null, what: 'all of it' });
  }
  const salvaged = state.journal === null ? [] : await findSalvage(disk, folder, state.journal.good);
  if (state.journal !== null) {
    result.lost.push({ file: state.journal.file, offset: state.journal.offset, what: 'what stood there' });
    await cutJournal(disk, folder, state.journal.good, state.catalog);
  }
  await reopen(() => giveBack(folder, disk, salvaged, result));
  return result;
}

/** Copies files and folders, durably: what follows changes them. */
async function keep(disk: Disk, folder: string, copy: string, names: string[]): Promise<void> {
  for (const name of names) {
    await makeFolder(disk, path.dirname(path.join(copy, name)));
    await cp(path.join(folder, name), path.join(copy, name), { recursive: true }).catch((error: unknown) => {
      // where the disk gives nothing back there is nothing to keep
      if (errno(error) !== 'ENOENT' && !isUnreadable(error)) throw error;
    });
  }
  for (const entry of await readdir(copy, { recursive: true, withFileTypes: true }))
    await syncFolder(disk, path.join(entry.parentPath, entry.name));
}

/** Takes chunks that can't be read off the catalog's list. */
async function forgetChunks(
  disk: Disk,
  folder: string,
  { chunks, catalog }: Inspection,
  result: Repair,
): Promise<void> {
  const bad = new Set(chunks.map(({ chunk }) => place(chunk)));
  const lost = new Map<number, ChunkRef[]>();
  for (const series of catalog!.series) {
    const gone = series.chunks.filter((chunk) => bad.has(place(chunk)));
    if (gone.length === 0) continue;
    lost.set(series.id, gone);
    series.chunks = series.chunks.filter((chunk) => !bad.has(place(chunk)));
    series.dead = series.dead.filter((id) => series.chunks.some((chunk) => mayHold(chunk, id)));
    series.count = series.chunks.reduce((sum, { points }) => sum + points, 0) - series.dead.length;
    for (const chunk of gone) result.lost.push({ file: chunk.file, offset: null, what: points(series.id, chunk) });
  }
  for (const device of catalog!.devices) {
    const readings = writeOff(device, lost);
    if (readings > 0) result.readings[device.device_id] = readings;
  }
  await write(disk, folder, catalog!);
  const listed = new Set(catalog!.series.flatMap((series) => series.chunks.map(({ file }) => file)));
  for (const { chunk } of chunks) if (!listed.has(chunk.file)) await remove(disk, path.join(folder, chunk.file));
}

/** A file that the disk can't even take away stays: it is on no list any more. */
async function remove(disk: Disk, file: string): Promise<void> {
  await disk.rm(file, { force: true }).catch((error: unknown) => {
    if (!isUnreadable(error)) throw error;
  });
}

/** Makes the journal end at `good`, where that is nowhere, begin anew. */
async function cutJournal(disk: Disk, folder: string, good: JournalEnd, catalog: CatalogData | null): Promise<void> {
  for (const segment of await listSegments(disk, folder))
    if (segment > good.segment || good.bytes === 0)
      await disk.rm(path.join(folder, segmentName(segment)), { force: true });
  if (good.bytes > 0) {
    const file = await disk.open(path.join(folder, segmentName(good.segment)), 'r+');
    await file.truncate(good.bytes);
    await file.sync();
    await file.close();
  } else {
    const { segment, group } = catalog?.journal ?? { segment: 1, group: 1 };
    const journal = new Journal(disk, folder, new Pace(0));
    await journal.open({ segment, group: group - 1, bytes: 0 }, 0);
    await journal.close();
  }
  await syncFolder(disk, path.join(folder, JOURNAL));
}

/** Opens the store, which makes chunks of all that is left when it closes again. */
async function giveBack(folder: string, disk: Disk, salvaged: Salvaged[], result: Repair): Promise<void> {
  const store = new JsonStore(folder, { disk });
  await store.open();
  try {
    const salvage = new Salvage(store, new Quarantine(disk, folder, 0));
    await salvage.open();
    const deletable = await salvage.deletable(salvaged);
    for (const { file, offset, line } of salvaged) {
      const { kept, what } = await salvage.apply(line, deletable);
      if (kept) result.salvaged++;
      else result.lost.push({ file, offset, what });
    }
  } finally {
    await store.close();
  }
}

async function write(disk: Disk, folder: string, data: CatalogData): Promise<void> {
  const catalog = openCatalog(disk, folder);
  catalog.data = data;
  await catalog.write();
}

function place({ file, at }: ChunkRef): string {
  return `${file} ${at ?? ''}`;
}

function points(series: number, { points, from, to }: ChunkRef): string {
  return `${points} points of series ${series}, ${new Date(from).toISOString()} to ${new Date(to).toISOString()}`;
}

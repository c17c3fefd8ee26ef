/**
 * A probe died and another one is in its place: the old series goes on. Usually the new probe has been reporting for a
 * while before anybody says so, and has a series of its own by then, which moves along.
 */
import type { ChunkFiles } from './chunk-files.js';
import { readWindow } from './reader.js';
import { toSteps, type ReplacementRecord } from './record.js';
import { fieldsAt } from './rows.js';
import type { State } from './state.js';
import { StoreError } from './store.js';
import type { StoredSeries } from './stored-series.js';

/** Points that move along at most: they go through the journal as one record. */
const MOVED_MAX = 50_000;

type Run = ReplacementRecord['runs'][number];

/**
 * What is to be journaled so that `sensor` fills the series. To be called in the device's turn; plain points take none, so
 * what came or went meanwhile is noticed when the record is applied.
 * @throws StoreError `unknown-series`, `not-replaceable`
 */
export async function replacement(
  state: State,
  files: ChunkFiles,
  id: number,
  sensor: string,
): Promise<ReplacementRecord> {
  const { info } = state.series.known(id);
  if (info.sensor === null) throw no(`series ${id} isn't filled by a sensor`);
  if (info.sensor === sensor) throw no(`series ${id} is filled by sensor "${sensor}" already`);
  const own = state.filledBy(info.device_id, sensor);
  if (own === null) return { id, sensor, own: null, runs: [] };
  const { next, info: other } = own;
  const { count } = other;
  if (count > MOVED_MAX)
    throw no(`sensor "${sensor}" has ${count} points in series ${other.id}; ${MOVED_MAX} at most can move along`);
  return { id, sensor, own: { id: other.id, next, count }, runs: await runsOf(own, files) };
}

/** All of a series, as it is stored. */
async function runsOf(series: StoredSeries, files: ChunkFiles): Promise<Run[]> {
  const runs: Run[] = [];
  const everything = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY, raw: true };
  for await (const rows of readWindow(files, series, everything)) {
    for (let row = 0; row < rows.length; row++) {
      const plain = rows.plain?.[row] === 1;
      const estimated = rows.estimated?.[row] === 1;
      let run = runs.at(-1);
      if (run === undefined || run.plain !== plain || run.estimated !== estimated)
        runs.push((run = { plain, estimated, time: [], fields: [] }));
      run.time.push(rows.time[row]!);
      run.fields.push(fieldsAt(rows, row));
    }
  }
  return runs.map((run) => ({ ...run, time: toSteps(run.time) }));
}

function no(message: string): StoreError {
  return new StoreError('not-replaceable', message);
}

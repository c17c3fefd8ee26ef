import { basename } from 'node:path';
import { client, Command, oneOf, seriesId, type CollectorOptions } from '../command.js';
import { ToolError } from '../exit.js';
import { FORMATS, type Format } from '../formats/formats.js';
import { LineError, type Numbered } from '../formats/sample.js';
import { openSource, type Source } from '../formats/source.js';
import { TIME_MAX, TIME_MIN } from '../../firmware/protocol/limits.js';
import { plural } from '../text.js';
import type { Output } from '../output.js';
import type { Progress } from '../progress.js';
import { Destination, type Defaults } from './import-destination.js';

interface Options extends CollectorOptions {
  format?: Format;
  series?: number;
  device?: string;
  desc?: string;
  dryRun?: true;
  json?: true;
}

const LEGEND = `
csv     a line of names: timestamp, device_id, device_desc, desc; every other column is a field
json    an object a line: {"timestamp", "device_id", "device_desc", "desc", "fields"}; or the collector's own array
influx  line protocol, with times; the tag device_id (or device, host) is the device
SQLite  a database of timeseries-api; its times are taken for local ones

A series is found by device and description, or made. A time without a zone is local. Files are read twice, and nothing
is stored of those with a line that can't be read. What is imported again is not stored again. Where semicolons or tabs
stand between the cells of a CSV, its numbers may have a decimal comma.`;

/** `thermowell import <files...>` */
export function importPoints(output: Output): Command {
  return new Command('import', output)
    .argument('<files...>', 'packed ones (.gz) too; - is stdin')
    .option('--format <format>', `${FORMATS.join(', ')} (default: as the file is called)`, oneOf(FORMATS))
    .option('--series <id>', 'put all points into this series', seriesId)
    .option('--device <id>', 'the device of points that name none')
    .option('--desc <text>', 'the description of their series (default: the name of the file)')
    .option('--dry-run', 'only read the files, and say what would become of them')
    .option('--json', 'the result as JSON')
    .collectorOptions('of the user whose series they shall be')
    .notes(LEGEND)
    .examples(
      ['import house.json', 'what "thermowell export" wrote'],
      ['import api_db.sqlite', 'all of timeseries-api'],
      ['import shed.csv --device shed --desc roof', 'a table with no more than times and values'],
    )
    .action(async (files: string[], options: Options) => {
      const result = await run(files, options, output);
      if (options.json) return output.json(result);
      output.say(verdict(result, options.dryRun === true));
    });
}

interface Result {
  points: number;
  stored: number;
  duplicates: number;
  /** series that were made, or would be */
  made: number;
  series: number;
}

async function run(files: string[], options: Options, output: Output): Promise<Result> {
  const progress = output.progress('reading');
  const destination = new Destination(client(options), options.series);
  try {
    await destination.open();
    const sources: Source[] = [];
    for (const file of files) sources.push(await openSource(file, options.format));
    let points = 0;
    for (const source of sources) if (source.again) points += await check(source, options, destination, progress);
    if (options.dryRun) return { points, stored: 0, duplicates: 0, ...destination.planned };
    for (const source of sources) await store(source, options, destination, output);
    return { ...destination.counts, ...destination.planned };
  } finally {
    progress.end();
  }
}

/** Reads a file to its end, so that a bad line is known before anything is stored. */
async function check(source: Source, options: Options, destination: Destination, progress: Progress): Promise<number> {
  let points = 0;
  await explained(source, async ({ line, sample }) => {
    if (sample.time < TIME_MIN || sample.time > TIME_MAX)
      throw new LineError(line, 'its time is not between the years 2000 and 2100');
    await destination.plan(sample, defaults(source, options));
    if (++points % 1000 === 0) progress.update(source.progress(), plural(points, 'point'));
  });
  return points;
}

async function store(source: Source, options: Options, destination: Destination, output: Output): Promise<void> {
  const progress = output.progress('storing');
  try {
    await explained(source, async ({ sample }) => {
      await destination.add(sample, defaults(source, options));
      progress.update(source.progress(), plural(destination.counts.stored, 'point'));
    });
    await destination.flush();
  } catch (error) {
    if (error instanceof ToolError) throw halfDone(error, destination.counts.stored);
    throw error;
  } finally {
    progress.end();
  }
}

/** What went before is kept, and does no harm: the next try finds it there. */
function halfDone(error: ToolError, stored: number): ToolError {
  const sofar = `Stored before that: ${plural(stored, 'point')}; the same import again goes on from there`;
  const hint = error.hint === undefined ? sofar : `${sofar}.\n${error.hint}`;
  return new ToolError(error.exit, error.message, { cause: error, hint });
}

async function explained(source: Source, each: (numbered: Numbered) => Promise<void>): Promise<void> {
  try {
    for await (const numbered of source.read()) await each(numbered);
  } catch (error) {
    if (error instanceof LineError)
      throw new ToolError('failure', `${source.name}:${error.line}: ${error.message}`, { cause: error });
    // it can't be unpacked, or not be read
    if (error instanceof Error && 'code' in error)
      throw new ToolError('failure', `${source.name}: ${error.message}`, { cause: error });
    throw error;
  }
}

function defaults(source: Source, { device, desc }: Options): Defaults {
  const name = basename(source.name).replace(/(\.[a-z]+)+$/i, '');
  return { device_id: device, desc: desc ?? name, file: source.name };
}

function verdict({ points, stored, duplicates, made, series }: Result, dryRun: boolean): string {
  const where = `${series} series${made === 0 ? '' : `, ${made} of them new`}`;
  if (dryRun) return `${plural(points, 'point')} for ${where}. Nothing was stored.`;
  return `${plural(stored, 'point')} stored in ${where}; ${plural(duplicates, 'point')} had been there before.`;
}

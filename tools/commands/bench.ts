import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { runBench, WORK_NAMES } from '../bench/bench.js';
import type { Finding, Report } from '../bench/report.js';
import { findSqlite } from '../bench/sqlite-driver.js';
import { Command, integer, oneOf } from '../command.js';
import { ToolError } from '../exit.js';
import { endOnSignal } from '../ending.js';
import type { Output } from '../output.js';
import type { Heading } from '../table.js';

interface Options {
  points: number;
  rounds: number;
  time: number;
  work?: string[];
  against?: string;
  folder: string;
  profile?: string;
  json?: true;
  out?: string;
}

const PEERS = ['sqlite'];

const HEADINGS: Heading[] = [{ title: 'work', shrinkTo: 20 }, { title: 'figure', align: 'right' }, { title: 'unit' }];

const LEGEND = `
Medians of the rounds. Counts are to be trusted first, then CPU time and ratios, and wall-clock times last: they hold
for this machine as busy as it was. A longer --time makes them steadier, those of batches above all: what a server tidies
up now and then must fall into each of them several times.`;

/** `thermowell bench`: what the collector costs, measured on one that is there for nothing else. */
export function bench(output: Output): Command {
  return new Command('bench', output)
    .description('Measure how fast, small and gentle to the disk a collector is on this machine; two minutes')
    .option('--against <peer>', `the same for a small server on a database, in turns: ${PEERS.join()}`, oneOf(PEERS))
    .option('--points <n>', 'of the archive that is read', integer(1000, 1e9), 1_000_000)
    .option('--rounds <n>', 'of everything that is timed', integer(1, 100), 3)
    .option('--time <ms>', 'of a measurement; batches take four times as long', integer(10, 600_000), 1000)
    .option('--work <name>', `only this, and others given so: ${WORK_NAMES.join(', ')}`, works)
    .option('--folder <folder>', 'on the disk that is meant; what is made there is removed', tmpdir())
    .option('--profile <folder>', "keep the servers' CPU profiles in this folder")
    .option('--json', 'all that was measured as JSON, instead of the table')
    .option('--out <file>', 'the same JSON in a file')
    .notes(LEGEND)
    .examples(
      ['bench --against sqlite', 'beside SQLite, with how they compare'],
      ['bench --work batches-100 --profile profiles', 'where the time goes'],
    )
    .action(async (options: Options) => {
      const report = await run(options, output);
      if (options.out !== undefined) await writeFile(options.out, `${JSON.stringify(report, null, 2)}\n`);
      if (options.json) await output.json(report);
      else await print(report, output);
    });
}

async function run(options: Options, output: Output): Promise<Report> {
  const { points, rounds, time, work, against, folder, profile } = options;
  if (against === 'sqlite' && findSqlite() === null)
    throw new ToolError('failure', 'this Node has no SQLite of its own', {
      hint: 'Run "npm install --no-save better-sqlite3", or take Node 22.13 or newer.',
    });
  const ending = endOnSignal();
  const progress = output.progress('measuring');
  try {
    return await runBench({
      points,
      rounds,
      ms: time,
      againstSqlite: against === 'sqlite',
      folder,
      signal: ending,
      onProgress: (fraction, what) => progress.update(fraction, what),
      ...(work !== undefined && { works: work }),
      ...(profile !== undefined && { profiles: profile }),
    });
  } catch (error) {
    throw ending.aborted ? new ToolError('failure', 'interrupted', { cause: error }) : error;
  } finally {
    progress.end();
  }
}

async function print({ figures, against, machine, notes, seconds }: Report, output: Output): Promise<void> {
  const peer: Heading[] = against === null ? [] : [{ title: against, align: 'right' }, { title: 'compared' }];
  const rows = figures.map((finding) => [
    finding.work,
    shown(finding.value),
    finding.unit,
    ...(finding.peer === undefined ? [] : [shown(finding.peer.value), compared(finding)]),
  ]);
  await output.table([...HEADINGS, ...peer], rows);
  const { cpu, cores, memory_mb, system, node, arithmetic_ms, sync_ms, load } = machine;
  output.say(`\n${cores} × ${cpu}, ${shown(memory_mb / 1000)} GB, ${system}, Node ${node}, ${seconds} s`);
  output.say(`meanwhile: arithmetic ${shown(arithmetic_ms)} ms, a sync ${shown(sync_ms)} ms, load ${shown(load)}`);
  for (const note of notes) output.say(note);
}

/** Three digits that count, or all before the point. */
function shown(value: number | null): string {
  if (value === null) return '–';
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)));
}

function compared({ ratio, better }: Finding): string {
  if (ratio === null || ratio === undefined) return '–';
  const gain = better === 'more' ? ratio : 1 / ratio;
  return gain >= 1 ? `${shown(gain)} × better` : `${shown(1 / gain)} × worse`;
}

function works(text: string, before: string[] = []): string[] {
  return [...before, oneOf(WORK_NAMES)(text)];
}

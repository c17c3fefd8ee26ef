import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeDisk } from '../../collector/store/disk.js';
import { inspect, type Finding, type Inspection } from '../../collector/store/inspection.js';
import { repair, type Repair } from '../../collector/store/repair.js';
import { parseUsers } from '../../collector/users.js';
import { Command } from '../command.js';
import { ToolError } from '../exit.js';
import { plural } from '../text.js';
import type { Output } from '../output.js';
import { confirmed } from '../prompt.js';
import { explained } from './fault.js';
import { heldFolder } from './held-folder.js';

interface Options {
  repair?: true;
  yes?: true;
  json?: true;
}

const LEGEND = `
It reads every line of the journal, every chunk, the catalog, the users and what is in quarantine, and changes nothing.
No collector may run on the folder meanwhile.

--repair keeps everything that can be read and lists what can't be. What it changes is copied first, into a folder
beside it. Stored readings of which a value is lost with a chunk count as lost from then on, in their device's ledger.`;

/** One of these is in every data folder that a collector was once started on. */
const OURS = ['catalog.json', 'journal', 'series', 'bundles', 'users.json'];

/** `thermowell check <folder>` */
export function check(output: Output): Command {
  return new Command('check', output)
    .argument('<folder>', 'a data folder')
    .option('--repair', 'make it one that a collector starts on')
    .option('-y, --yes', "don't ask before it")
    .option('--json', 'what was found as JSON')
    .notes(LEGEND)
    .examples(['check data', 'ends with 6 when something is damaged'], ['check data --repair', 'asks first'])
    .action(async (folder: string, options: Options) => {
      await heldFolder(folder, async (release) => {
        await mustBeData(folder);
        const found = await look(folder, output);
        const users = await lookAtUsers(folder);
        const findings = [...found.findings, ...users.findings];
        const damaged = found.findings.some(({ kind }) => kind === 'damage');
        const repaired =
          options.repair && damaged ? await mend(folder, found, users.first, options, output, release) : null;
        if (options.json) await output.json({ ...found.looked, findings, repair: repaired });
        else await print(found, findings, repaired, output);
        const left = repaired === null ? findings : users.findings;
        const count = left.filter(({ kind }) => kind === 'damage').length;
        if (count > 0)
          throw new ToolError('folder', `${plural(count, 'damaged place')} in ${folder}`, hint(options, repaired));
      });
    });
}

/** A repair takes away what it can't read: not in a folder that was only named by mistake. @throws ToolError */
async function mustBeData(folder: string): Promise<void> {
  const names = await readdir(folder);
  if (names.some((name) => name !== 'lock') && !names.some((name) => OURS.includes(name)))
    throw new ToolError('missing', `${folder} is no data folder`, {
      hint: 'Name the one that "thermowell serve" has as --data.',
    });
}

async function look(folder: string, output: Output): Promise<Inspection> {
  const progress = output.progress('checking');
  try {
    return await explained(() => inspect(nodeDisk, folder, { onProgress: (fraction) => progress.update(fraction) }));
  } finally {
    progress.end();
  }
}

/** What is wrong with the users file, which only a person can mend; and the first user in it. */
async function lookAtUsers(folder: string): Promise<{ findings: Finding[]; first: number | string }> {
  try {
    const [first] = parseUsers(await readFile(join(folder, 'users.json'), 'utf8')).values();
    return { findings: [], first: first?.id ?? 1 };
  } catch (error) {
    const none = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const what = none ? 'there is none here' : `${(error as Error).message}; mend it by hand`;
    return { findings: [{ file: 'users.json', offset: null, what, kind: none ? 'note' : 'damage' }], first: 1 };
  }
}

async function mend(
  folder: string,
  found: Inspection,
  user: number | string,
  { yes, json }: Options,
  output: Output,
  release: () => Promise<void>,
): Promise<Repair> {
  if (!json) for (const finding of found.findings) output.say(`  ${sentence(finding)}`);
  if (!yes && !(await confirmed(`Repair ${folder}? What is changed is copied first.`, 'repairing')))
    throw new ToolError('failure', 'nothing was changed');
  return repair(nodeDisk, folder, found, { user, now: Date.now() }, async (work) => {
    await release();
    await work();
  });
}

async function print(
  { looked }: Inspection,
  findings: Finding[],
  repaired: Repair | null,
  output: Output,
): Promise<void> {
  const { lines, chunks, points, series, devices, quarantine } = looked;
  await output.line(
    `Looked at ${plural(lines, 'line')} of the journal and ${plural(chunks, 'chunk')}: ${plural(points, 'point')} of ` +
      `${series} series, ${plural(devices, 'device')}, ${quarantine} in quarantine.`,
  );
  for (const finding of findings) {
    const style = finding.kind === 'damage' ? 'red' : 'yellow';
    await output.line(`${output.style(style, `${finding.kind}:`)} ${sentence(finding)}`);
  }
  if (!findings.some(({ kind }) => kind === 'damage')) await output.line('All of it is in order.');
  if (repaired === null) return;
  await output.line(`\n${output.style('bold', 'Repaired.')} What was changed is as it was in ${repaired.copy}`);
  if (repaired.salvaged > 0) await output.line(`Kept behind the damage: ${plural(repaired.salvaged, 'record')}`);
  for (const lost of repaired.lost) await output.line(`${output.style('yellow', 'lost:')} ${sentence(lost)}`);
  for (const [device, readings] of Object.entries(repaired.readings))
    await output.line(
      `The ledger of ${device} now says that ${plural(readings, 'reading')} more ${readings === 1 ? 'is' : 'are'} lost.`,
    );
}

function sentence({ file, offset, what }: Omit<Finding, 'kind'>): string {
  return `${file}${offset === null ? '' : `, byte ${offset.toLocaleString('en')}`}: ${what}`;
}

function hint({ repair }: Options, repaired: Repair | null): { hint?: string } {
  if (repair || repaired !== null) return {};
  return { hint: 'Restore a backup ("thermowell restore"), or keep all that can be read by --repair.' };
}

import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ArchiveError, readArchive, type Proof } from '../../collector/archive.js';
import { loadConfig } from '../../collector/config.js';
import { nodeDisk, syncFolder } from '../../collector/store/disk.js';
import { inspect } from '../../collector/store/inspection.js';
import { Command } from '../command.js';
import { ToolError } from '../exit.js';
import { plural } from '../text.js';
import type { Output } from '../output.js';

const LEGEND = `
The folder must be empty, or not be there. It appears when all of the archive is on disk and was found in order; a restore
that was interrupted leaves <folder>.restoring, which the next one removes.`;

/** `thermowell restore <file>` */
export function restore(output: Output): Command {
  return new Command('restore', output)
    .argument('<file>', 'a backup; - is stdin')
    .option('--data <folder>', 'the data folder to make (default: data, env: THERMOWELL_DATA)')
    .option('--json', 'what is in it as JSON')
    .notes(LEGEND)
    .examples(['restore house.tar --data /var/lib/thermowell', 'then "thermowell serve" goes on from there'])
    .action(async (file: string, { data, json }: { data?: string; json?: true }) => {
      const folder = resolve(loadConfig(data === undefined ? {} : { data }).data);
      await refuseFull(folder);
      const proof = await unpack(file, `${folder}.restoring`);
      const { looked } = await verify(`${folder}.restoring`, file);
      await appear(`${folder}.restoring`, folder);
      if (json) return output.json({ folder, ...proof, ...looked });
      const what = `${plural(looked.points, 'point')} of ${looked.series} series, ${plural(looked.devices, 'device')}`;
      output.say(`${folder}: ${what}, as of ${proof.made}.`);
    });
}

async function refuseFull(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  if (names.length === 0) return;
  throw new ToolError('folder', `${folder} is not empty`, {
    hint: 'Name another folder by --data, or move this one away: a restore never writes into what is there.',
  });
}

/** Writes the files of an archive into a folder of its own, and syncs all of it. */
async function unpack(file: string, folder: string): Promise<Proof> {
  await rm(folder, { recursive: true, force: true });
  const folders = new Set<string>([folder]);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    const proof = await readArchive(file === '-' ? process.stdin : createReadStream(file), async ({ name, bytes }) => {
      const path = join(folder, name);
      folders.add(dirname(path));
      await mkdir(dirname(path), { recursive: true });
      const handle = await open(path, 'wx', 0o600);
      try {
        await handle.writeFile(bytes);
        await handle.sync();
      } finally {
        await handle.close();
      }
    });
    for (const one of folders) await syncFolder(nodeDisk, one);
    return proof;
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    if (!(error instanceof ArchiveError)) throw error;
    throw new ToolError('failure', `${file} can't be restored: ${error.message}`, { cause: error });
  }
}

async function verify(folder: string, file: string): ReturnType<typeof inspect> {
  const inspection = await inspect(nodeDisk, folder);
  const damaged = inspection.findings.find(({ kind }) => kind === 'damage');
  if (damaged === undefined) return inspection;
  throw new ToolError('folder', `what is in ${file} is damaged: ${damaged.file}: ${damaged.what}`, {
    hint: `It was unpacked to ${folder}. "thermowell check ${folder} --repair" keeps all that can be read.`,
  });
}

/** Gives the folder its name, durably. */
async function appear(from: string, to: string): Promise<void> {
  await rmdir(to).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  await rename(from, to);
  await syncFolder(nodeDisk, dirname(to));
}

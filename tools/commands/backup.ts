import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { ArchiveError, readArchive, writeArchive, type Proof } from '../../collector/archive.js';
import { ChunkFiles } from '../../collector/store/chunk-files.js';
import { nodeDisk } from '../../collector/store/disk.js';
import { copyFolder } from '../../collector/store/folder-copy.js';
import { findLeftovers } from '../../collector/store/leftovers.js';
import { listSegments } from '../../collector/store/recovery.js';
import { client, Command, type CollectorOptions } from '../command.js';
import { ToolError } from '../exit.js';
import { plural } from '../text.js';
import { NewFile } from '../new-file.js';
import type { Output } from '../output.js';
import { explained } from './fault.js';
import { heldFolder } from './held-folder.js';

interface Options extends CollectorOptions {
  data?: string;
  json?: true;
}

const LEGEND = `
The collector goes on meanwhile; the backup is what it had at one moment. It is a tar archive; the file appears when it
is complete and was found right. Tokens are in it by their hashes, so that they work after a restore but can't be read.

Where a file of the collector's is damaged, all the rest is saved as <file>.incomplete, which leaves an older backup in
its place; what is damaged is named, and it ends with 6.`;

/** Damaged files that are named one by one. */
const NAMED = 20;

/** `thermowell backup <file>` */
export function backup(output: Output): Command {
  return new Command('backup', output)
    .argument('<file>', 'of the archive; - is stdout')
    .option('--data <folder>', 'straight from a data folder, while no collector runs on it')
    .option('--json', 'what is in it as JSON')
    .collectorOptions('any that is not bound to devices')
    .notes(LEGEND)
    .examples(
      ['backup house.tar', 'of the collector on this machine'],
      ['backup "$(date +%F).tar" --url http://pi.local:8080', 'nightly, by cron; the token is in THERMOWELL_TOKEN'],
      ['backup house.tar --data /var/lib/thermowell', 'when it is stopped'],
    )
    .action(async (file: string, options: Options) => {
      if (options.data === undefined) return save(file, await client(options).backup(), options, output);
      const { data } = options;
      await heldFolder(
        data,
        () => explained(async () => save(file, await archiveOf(data), options, output)),
        'A collector runs on it: leave --data out, and the backup is made through it.',
      );
    });
}

async function save(file: string, bytes: AsyncIterable<Uint8Array>, { json }: Options, output: Output): Promise<void> {
  if (file === '-') {
    const { damaged } = await proven(bytes, (piece) => output.write(piece));
    return refuseDamaged(damaged, output);
  }
  const target = await NewFile.open(file, 0o600);
  const progress = output.progress('backing up');
  let damaged: Proof['damaged'];
  try {
    let size = 0;
    const proof = await proven(bytes, async (piece) => {
      await target.write(piece);
      size += piece.length;
      progress.update(0, megabytes(size));
    });
    const ending = proof.damaged === undefined ? '' : '.incomplete';
    const name = file + ending;
    await target.keep(ending);
    progress.end();
    if (json) await output.json({ file: name, bytes: size, ...proof });
    else output.say(`${name}: ${plural(proof.files, 'file')}, ${megabytes(size)}, as of ${proof.made}.`);
    damaged = proof.damaged;
  } catch (error) {
    await target.drop();
    throw error;
  } finally {
    progress.end();
  }
  refuseDamaged(damaged, output);
}

/** A backup that is less than what was to be saved is no success. @throws ToolError that says so, after the names */
function refuseDamaged(damaged: Proof['damaged'], output: Output): void {
  if (damaged === undefined) return;
  for (const { file, what, kept } of damaged.slice(0, NAMED))
    output.say(`  ${file}: ${what}; ${kept ? 'saved as it is' : 'left out'}`);
  if (damaged.length > NAMED) output.say(`  and ${damaged.length - NAMED} more, all of them in its backup.json`);
  throw new ToolError(
    'folder',
    `${plural(damaged.length, 'file')} of the collector's ${damaged.length === 1 ? 'is' : 'are'} damaged`,
    {
      hint: 'All the rest is saved. After "restore", "check --repair" makes a folder of it that a collector starts on.',
    },
  );
}

/** Passes the archive on, and reads it on the way as a restore would. @throws ToolError when it isn't whole */
async function proven(bytes: AsyncIterable<Uint8Array>, write: (piece: Uint8Array) => Promise<void>): Promise<Proof> {
  const tee = async function* (): AsyncGenerator<Uint8Array> {
    for await (const piece of bytes) {
      await write(piece);
      yield piece;
    }
  };
  try {
    return await readArchive(tee(), async () => undefined);
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    throw new ToolError('failure', `the backup is not whole: ${error.message}`, { cause: error });
  }
}

/** Of a folder that nobody writes to: all of the journal belongs to it, and every chunk that is there. */
async function archiveOf(folder: string): Promise<Readable> {
  const segment = (await listSegments(nodeDisk, folder)).at(-1) ?? 0;
  const end = () => ({ segment, group: 0, bytes: Infinity });
  const files = new ChunkFiles(nodeDisk, folder, 0);
  const there = await findLeftovers(nodeDisk, folder, new Set());
  const names = new Set(there.filter((name) => name.endsWith('.json.gz')));
  const chunks = { between: <T>(work: () => Promise<T>) => work(), listed: async () => names };
  return writeArchive(
    copyFolder({ disk: nodeDisk, folder, files, chunks, end }),
    join(folder, 'users.json'),
    Date.now(),
  );
}

function megabytes(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

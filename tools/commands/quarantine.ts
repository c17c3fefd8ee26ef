import { readFile } from 'node:fs/promises';
import { text as textOf } from 'node:stream/consumers';
import { isObject, type JsonObject } from '../../firmware/protocol/json.js';
import type { QuarantineShape } from '../../firmware/protocol/rest.js';
import { client, Command, type CollectorOptions } from '../command.js';
import { ToolError } from '../exit.js';
import type { Output } from '../output.js';
import { confirmed } from '../prompt.js';
import { age } from '../span.js';
import type { Heading } from '../table.js';
import { plural, printable } from '../text.js';

type Options = CollectorOptions & { json?: true };

const HEADINGS: Heading[] = [
  { title: 'name' },
  { title: 'device', shrinkTo: 8 },
  { title: 'readings', align: 'right' },
  { title: 'came', align: 'right' },
  { title: 'why', shrinkTo: 12 },
];

/** `thermowell quarantine list|show|replay|drop`: the batches that a collector refused for good (protocol.md §3). */
export function quarantine(output: Output): Command {
  return new Command('quarantine', output)
    .addCommand(list(output))
    .addCommand(show(output))
    .addCommand(replay(output))
    .addCommand(drop(output));
}

function list(output: Output): Command {
  return new Command('list', output)
    .description('List the batches that were refused for good, and why')
    .option('--json', 'as JSON')
    .collectorOptions()
    .examples(['quarantine list', 'what to mend, and why'])
    .action(async (options: Options) => {
      const entries = await client(options).quarantine();
      if (options.json) return output.json(entries);
      if (entries.length === 0) return output.say('Nothing is in quarantine.');
      await output.table(
        HEADINGS,
        entries.map((entry) => cells(entry, Date.now())),
      );
    });
}

function show(output: Output): Command {
  return new Command('show', output)
    .description('Show a batch as it came, but for its token; and on stderr why it was refused')
    .argument('<name>', 'as the list shows it')
    .option('--json', 'all there is to know, as JSON')
    .collectorOptions()
    .examples(['quarantine show 9f3a17c2d41e8b05 > batch.json', 'to mend it'])
    .action(async (name: string, options: Options) => {
      const entry = await client(options).quarantined(name);
      if (options.json) return output.json(entry);
      output.say(printable(`${described(entry)}: ${entry.detail ?? ''}`));
      await output.line(entry.body);
    });
}

function replay(output: Output): Command {
  return new Command('replay', output)
    .description('Store the readings of a batch after all, once, with the time at which they first arrived')
    .argument('<name>', 'as the list shows it')
    .argument('[file]', 'the mended batch, - for stdin; without it the batch is tried as it came')
    .option('--json', "the collector's answer as JSON")
    .collectorOptions('of the user whose device it is')
    .examples(
      ['quarantine show 5063af0312e5a8fe > batch.json', 'then mend what is wrong in it'],
      ['quarantine replay 5063af0312e5a8fe batch.json', 'store it'],
    )
    .action(async (name: string, file: string | undefined, options: Options) => {
      const mended = file === undefined ? {} : await readBatch(file);
      const reply = await client(options).replay(name, mended);
      if (options.json) return output.json(reply);
      const known = reply.duplicates === 0 ? '' : `, ${reply.duplicates} had been known before`;
      output.say(`Stored ${plural(reply.stored, 'reading')}${known}; nothing of ${printable(name)} is left to replay.`);
    });
}

function drop(output: Output): Command {
  return new Command('drop', output)
    .description('Give a batch up: its readings count as lost')
    .argument('<name>', 'as the list shows it')
    .option('-y, --yes', "don't ask")
    .collectorOptions('of the user whose device it is')
    .examples(['quarantine drop 9f3a17c2d41e8b05', 'asks first: its readings are counted as lost'])
    .action(async (name: string, options: CollectorOptions & { yes?: true }) => {
      const collector = client(options);
      const entry = (await collector.quarantine()).find((one) => one.name === name);
      if (entry === undefined) throw new ToolError('missing', `Batch ${name} is not in quarantine`);
      const what = printable(described(entry));
      if (!options.yes && !(await confirmed(`Drop ${what}, for good?`, 'dropping')))
        throw new ToolError('failure', 'nothing was dropped');
      await collector.dropQuarantine(name);
      output.say(`Dropped ${what}.`);
    });
}

async function readBatch(file: string): Promise<JsonObject> {
  const text = file === '-' ? await textOf(process.stdin) : await readFile(file, 'utf8');
  let batch: unknown;
  try {
    batch = JSON.parse(text);
  } catch (error) {
    throw new ToolError('failure', `${file} is not valid JSON: ${(error as Error).message}`);
  }
  if (isObject(batch)) return batch;
  throw new ToolError('failure', `${file} must hold a batch, a JSON object`);
}

function cells(entry: QuarantineShape, now: number): string[] {
  const { name, device_id, taken, received, detail, trouble } = entry;
  return [name, device_id, taken.toLocaleString('en'), age(now - received), detail ?? trouble ?? ''].map(printable);
}

function described({ device_id, log, first, length, taken }: QuarantineShape): string {
  const known = taken === length ? '' : ` (${length - taken} of them known before)`;
  const which = length === 1 ? `reading ${first}` : `readings ${first} to ${first + length - 1}`;
  return `${which} of log ${log} of ${device_id}${known}`;
}

import type { DeviceShape, Ledger, Loss } from '../../firmware/protocol/rest.js';
import { client, Command, type CollectorOptions } from '../command.js';
import { ledgerWords, sumLedger } from '../ledger-words.js';
import { showMoment } from '../moment.js';
import type { Output } from '../output.js';
import { age } from '../span.js';
import type { Heading } from '../table.js';
import { deviceName, namedDevice } from './named-device.js';

const COUNTS = ['stored', 'lost', 'quarantined', 'duplicates', 'late', 'before', 'next'] as const;
const HEADINGS: Heading[] = [
  { title: 'log', shrinkTo: 4 },
  ...COUNTS.map((title): Heading => ({ title, align: 'right' })),
];

const LEGEND = `
A device numbers its readings, and starts another log when its buffer is formatted. Of each log:
  stored       on the collector's disk
  lost         overwritten on the device before the collector could be reached: its buffer was full
  quarantined  arrived, but couldn't be read; kept aside
  duplicates   sent more than once, stored once
  late         older than the newest when they came
  before       what preceded the first batch
  next         the number the collector waits for: before + stored + lost + quarantined`;

/** `thermowell ledger <device>` */
export function ledger(output: Output): Command {
  return new Command('ledger', output)
    .argument('<device>', 'its id, or its description')
    .option('--json', 'as JSON')
    .collectorOptions()
    .notes(LEGEND)
    .examples(['ledger fridge', 'by description'], ['ledger 24:6f:28:aa:bb:cc --json', 'by id, for a script'])
    .action(async (name: string, options: CollectorOptions & { json?: true }) => {
      const device = await namedDevice(client(options), name);
      const sum = sumLedger(device.ledger);
      if (options.json) return output.json({ device_id: device.device_id, ...sum, ledger: device.ledger });
      await output.line(`${output.style('bold', deviceName(device))}, seen ${seen(device)} ago`);
      await output.line(`${ledgerWords(sum)}\n`);
      await output.table(HEADINGS, device.ledger.map(row));
      const losses = device.ledger.flatMap(({ losses = [] }) => losses).map(lossWords);
      if (losses.length > 0) await output.line(`\n${losses.join('\n')}`);
    });
}

export function seen({ seen }: DeviceShape): string {
  return age(Date.now() - seen);
}

/** `3 lost between 2026-03-12 04:10:00 and 2026-03-12 09:30:00: the buffer was full` */
function lossWords({ count, from, to, why }: Loss): string {
  const when = from === null ? `before ${showMoment(to)}` : `between ${showMoment(from)} and ${showMoment(to)}`;
  return `${count.toLocaleString('en')} lost ${when}: ${why === 'damage' ? 'a damaged file' : 'the buffer was full'}`;
}

function row(entry: Ledger): string[] {
  return [entry.log, ...COUNTS.map((name) => entry[name].toLocaleString('en'))];
}

import type { DeviceShape } from '../../firmware/protocol/rest.js';
import { client, Command, type CollectorOptions } from '../command.js';
import type { Output } from '../output.js';
import { age } from '../span.js';
import type { Heading } from '../table.js';
import { printable } from '../text.js';

const COUNTS = ['next', 'before', 'stored', 'lost', 'quarantined', 'duplicates', 'late'] as const;

const HEADINGS: Heading[] = [
  { title: 'device', shrinkTo: 8 },
  { title: 'seen', align: 'right' },
  { title: 'sensors', align: 'right' },
  { title: 'log', shrinkTo: 4 },
  ...COUNTS.map((title): Heading => ({ title, align: 'right' })),
];

/** `thermowell devices` */
export function devices(output: Output): Command {
  return new Command('devices', output)
    .option('--json', 'as JSON, times in UTC')
    .collectorOptions()
    .notes('\nIn readings, one line per log: next = before + stored + lost + quarantined.')
    .examples(['devices', 'all of them'], ["devices --json | jq '.[].ledger[].lost'", 'for a script'])
    .action(async (options: CollectorOptions & { json?: true }) => {
      const devices = await client(options).devices();
      if (options.json) return output.json(devices);
      if (devices.length === 0) return output.say('No device has uploaded a batch yet.');
      await output.table(
        HEADINGS,
        devices.flatMap((device) => rows(device, Date.now())),
      );
    });
}

function rows({ device_id, device_desc, seen, sensors, ledger }: DeviceShape, now: number): string[][] {
  const device = [
    printable(device_desc === '' ? device_id : `${device_id} ${device_desc}`),
    age(now - seen),
    String(Object.keys(sensors).length),
  ];
  return ledger.map((entry, i) => [
    ...(i === 0 ? device : ['', '', '']),
    entry.log,
    ...COUNTS.map((name) => entry[name].toLocaleString('en')),
  ]);
}

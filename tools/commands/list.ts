import { age } from '../span.js';
import type { Client } from '../client.js';
import type { PointShape, SeriesShape } from '../../firmware/protocol/rest.js';
import { client, Command, type CollectorOptions } from '../command.js';
import type { Output } from '../output.js';
import { fieldsCell } from '../quantity.js';
import type { Heading } from '../table.js';
import { printable } from '../text.js';

/** Requests under way at a time when asking for the newest values. */
const AT_ONCE = 8;

const HEADINGS: Heading[] = [
  { title: 'id', align: 'right' },
  { title: 'device', shrinkTo: 8 },
  { title: 'desc', shrinkTo: 8 },
  { title: 'newest', align: 'right', shrinkTo: 10 },
  { title: 'age', align: 'right' },
  { title: 'points', align: 'right' },
];

type Row = SeriesShape & { latest: PointShape | null };

/** `thermowell list` */
export function list(output: Output): Command {
  return new Command('list', output)
    .option('--json', 'as JSON, times in UTC')
    .collectorOptions()
    .examples(['list', 'on this machine'], ['list --url http://pi.local:8080', 'on another one'])
    .action(async (options: CollectorOptions & { json?: true }) => {
      const rows = await readRows(client(options));
      if (options.json) return output.json(rows);
      if (rows.length === 0)
        return output.say('No series yet: a device makes one by its first upload ("thermowell simulate" is one).');
      await output.table(
        HEADINGS,
        rows.map((row) => cells(row, Date.now())),
      );
    });
}

async function readRows(client: Client): Promise<Row[]> {
  const series = await client.series();
  const rows: Row[] = [];
  for (let i = 0; i < series.length; i += AT_ONCE) {
    const some = series.slice(i, i + AT_ONCE).map(async (one) => ({ ...one, latest: await client.latest(one.id) }));
    rows.push(...(await Promise.all(some)));
  }
  return rows;
}

function cells({ id, device_id, device_desc, desc, latest, count }: Row, now: number): string[] {
  return [
    String(id),
    printable(device_desc === '' ? device_id : `${device_id} ${device_desc}`),
    printable(desc ?? ''),
    latest === null ? '–' : fieldsCell(latest.fields),
    latest === null ? '' : age(now - Date.parse(latest.timestamp)),
    count.toLocaleString('en'),
  ];
}

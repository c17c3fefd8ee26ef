import { setTimeout } from 'node:timers/promises';
import type { DeviceShape, PointShape } from '../../firmware/protocol/rest.js';
import type { Client } from '../client.js';
import { client, Command, type CollectorOptions } from '../command.js';
import { endOnSignal } from '../ending.js';
import { ledgerWords, sumLedger } from '../ledger-words.js';
import { follow } from '../live.js';
import { showMoment } from '../moment.js';
import type { Output } from '../output.js';
import { fieldsCell } from '../quantity.js';
import { age } from '../span.js';
import { statusWords } from '../status-words.js';
import { printable } from '../text.js';
import { seen } from './ledger.js';
import { deviceName, namedDevice } from './named-device.js';

interface Options extends CollectorOptions {
  follow?: true;
  json?: true;
}

/** A device with the newest value of each of its sensors. */
interface Report extends DeviceShape {
  newest: Record<string, PointShape | null>;
}

/** ms in which the points of one upload arrive, each series by itself */
const UPLOAD_MS = 200;

/** `thermowell monitor <device>` */
export function monitor(output: Output): Command {
  return new Command('monitor', output)
    .argument('<device>', 'its id, or its description')
    .option('-f, --follow', 'go on with each upload, until Ctrl-C')
    .option('--json', 'as JSON; with --follow one object a line')
    .collectorOptions()
    .examples(['monitor fridge', 'how the device is'], ['monitor fridge -f', 'while you carry it around'])
    .action(async (name: string, options: Options) => {
      const collector = client(options);
      const first = await report(collector, await namedDevice(collector, name));
      if (options.json) await output.write(`${JSON.stringify(first, null, options.follow ? 0 : 2)}\n`);
      else await print(first, output);
      if (options.follow) await watch(collector, first, options.json === true, output);
    });
}

async function report(collector: Client, device: DeviceShape): Promise<Report> {
  const newest: Report['newest'] = {};
  for (const [sensor, id] of Object.entries(device.sensors)) newest[sensor] = await collector.latest(id);
  return { ...device, newest };
}

async function print(device: Report, output: Output): Promise<void> {
  const lines: [name: string, words: string][] = [
    ['seen', `${seen(device)} ago`],
    ['readings', ledgerWords(sumLedger(device.ledger))],
    ...statusWords(device.status),
    ...Object.entries(device.newest).map(([sensor, point]): [string, string] => [printable(sensor), value(point)]),
  ];
  const width = Math.max(...lines.map(([name]) => name.length));
  await output.line(output.style('bold', deviceName(device)));
  for (const [name, words] of lines) await output.line(`  ${name.padEnd(width)}  ${words}`);
}

function value(point: PointShape | null): string {
  if (point === null) return 'no value yet';
  return `${fieldsCell(point.fields)}, ${age(Date.now() - Date.parse(point.timestamp))} old`;
}

/** A line for each upload: what is new, and how the device is. */
async function watch(collector: Client, first: Report, json: boolean, output: Output): Promise<void> {
  const signal = endOnSignal();
  let before = first;
  let waiting = false;
  let reported: Promise<void> = Promise.resolve();
  const upload = async (): Promise<void> => {
    await setTimeout(UPLOAD_MS);
    waiting = false;
    const device = await report(collector, await collector.device(first.device_id));
    await output.line(json ? JSON.stringify(device) : uploadLine(device, before));
    before = device;
  };
  /** of other devices; a series that is in neither list may be a new one of ours */
  const others = new Set((await collector.series()).map(({ id }) => id));
  for (const id of Object.values(before.sensors)) others.delete(id);
  await follow(
    collector,
    null,
    {
      point: ({ series_id }) => {
        if (others.has(series_id) || waiting) return;
        waiting = true;
        reported = upload().catch((error: Error) => output.warn(error.message));
      },
      lost: ({ message }) => output.warn(`${message}; trying again until Ctrl-C`),
    },
    signal,
  );
  await reported;
}

function uploadLine(device: Report, before: Report): string {
  const stored = sumLedger(device.ledger).stored - sumLedger(before.ledger).stored;
  const values = Object.values(device.newest).flatMap((point) => (point === null ? [] : [fieldsCell(point.fields)]));
  const status = statusWords(device.status).map(([name, words]) => `${name} ${words}`);
  return [`${showMoment(device.seen)}  +${stored}`, ...values, ...status].join(', ');
}

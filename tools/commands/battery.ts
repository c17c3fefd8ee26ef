import { ASSUMED, batteryLife, CHIPS, lifeWords, type BatteryLife, type Chip } from '../battery-life.js';
import { Command, integer, oneOf, quantity } from '../command.js';
import type { Output } from '../output.js';
import type { Heading } from '../table.js';

interface Options {
  period: number;
  uploadEvery: number;
  mah: number;
  chip: Chip;
  probes: number;
  radio: number;
  board?: number;
  markdown?: true;
  json?: true;
}

const HEADINGS: Heading[] = [
  { title: 'what' },
  { title: 'mA', align: 'right' },
  { title: 's a period', align: 'right' },
  { title: 'average µA', align: 'right' },
  { title: 'share', align: 'right' },
  { title: 'source', shrinkTo: 20 },
];

const LEGEND = `
A sum of what the datasheets say, typical values; nothing of it was measured. How long the radio is on (--radio) and what
the board takes (--board) decide most of it, and differ from place to place: measure yours.`;

/** How often the table of the README uploads and reads. */
const MARKDOWN = { periods: [60, 300, 900], every: [1, 12, 60] };

/** `thermowell battery` */
export function battery(output: Output): Command {
  return new Command('battery', output)
    .option('--period <seconds>', 'from one reading to the next', integer(1, 86_400), 60)
    .option('--upload-every <n>', 'readings from one upload to the next', integer(1, 100_000), 60)
    .option('--mah <mAh>', 'capacity of the battery', integer(1, 1_000_000), 2500)
    .option('--chip <chip>', CHIPS.join(' or '), oneOf(CHIPS), 'esp32')
    .option('--probes <n>', 'DS18B20 on the bus', integer(0, 64), 1)
    .option(
      '--radio <seconds>',
      'that an upload takes, from the start of the radio on',
      quantity(0.1, 600),
      ASSUMED.radio,
    )
    .option('--board <µA>', 'that the board takes by itself (default: a regulator of 1.6 µA)', quantity(0, 1e6))
    .option('--markdown', 'instead, the table of the README: both chips, several periods')
    .option('--json', 'as JSON')
    .notes(LEGEND)
    .examples(
      ['battery --period 300 --upload-every 12 --mah 2500', 'a reading every five minutes, an upload an hour'],
      ['battery --chip esp8266 --board 5000', 'on a development board with its usual regulator'],
    )
    .action(async (options: Options) => {
      if (options.markdown) return output.write(markdown(options));
      const life = lifeOf(options);
      if (options.json) return output.json({ ...life, assumed: ASSUMED });
      await print(life, options, output);
    });
}

function lifeOf({ mah, ...rest }: Options): BatteryLife {
  return batteryLife({ ...rest, mAh: mah });
}

async function print(life: BatteryLife, { mah, period, uploadEvery }: Options, output: Output): Promise<void> {
  const rows = life.shares.map(({ what, current, seconds, average, source }) => [
    what,
    figure(current),
    figure(seconds),
    figure(average),
    `${((100 * average) / life.average).toFixed(1)} %`,
    source,
  ]);
  const sum = ['together', figure(life.average / 1000), figure(period), figure(life.average), '100.0 %', ''];
  await output.table(HEADINGS, [...rows, sum]);
  const usable = ASSUMED.usable * 100;
  await output.line(
    `\n${life.chip}, a reading every ${period} s, an upload every ${uploadEvery}: ` +
      `${output.style('bold', lifeWords(life.days))} with ${mah} mAh, of which ${usable} % can be used (assumed).`,
  );
  if (life.beyondSleep)
    output.warn('an ESP8266 sleeps 71 minutes at most and wakes in between; that is not in the sum');
}

function markdown(options: Options): string {
  const { periods, every } = MARKDOWN;
  const lines = ['| reading every | upload every | ESP32 | ESP8266 |', '|--:|--:|--:|--:|'];
  for (const period of periods)
    for (const uploadEvery of every) {
      const cells = CHIPS.map((chip) => {
        const { average, days } = lifeOf({ ...options, chip, period, uploadEvery });
        return `${lifeWords(days)} (${figure(average)} µA)`;
      });
      lines.push(`| ${span(period)} | ${span(period * uploadEvery)} | ${cells.join(' | ')} |`);
    }
  return `${lines.join('\n')}\n`;
}

function span(seconds: number): string {
  return seconds < 3600 ? `${seconds / 60} min` : `${seconds / 3600} h`;
}

/** Three digits that count. */
function figure(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString('en', { maximumFractionDigits: 6 });
}

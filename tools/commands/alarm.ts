import type { AlarmShape, SeriesShape } from '../../firmware/protocol/rest.js';
import { unitOf } from '../../firmware/protocol/units.js';
import { client, Command, number, oneOf, seriesId, span, type CollectorOptions } from '../command.js';
import { ToolError } from '../exit.js';
import type { Output } from '../output.js';
import { age } from '../span.js';
import type { Heading } from '../table.js';
import { printable } from '../text.js';

const KINDS = ['above', 'below', 'stale', 'fault'] as const;

const HEADINGS: Heading[] = [
  { title: 'id', align: 'right' },
  { title: 'series', shrinkTo: 8 },
  { title: 'alarm when' },
  { title: 'state' },
  { title: 'since', align: 'right' },
  { title: 'value', align: 'right' },
];

type Json = { json?: true };

/** `thermowell alarm list|add|remove` */
export function alarm(output: Output): Command {
  return new Command('alarm', output)
    .addCommand(list(output))
    .addCommand(add(output))
    .addCommand(remove(output))
    .notes('\nWhere alarms are told: "thermowell serve --help", --alarm-webhook and --alarm-ntfy.');
}

function list(output: Output): Command {
  return new Command('list', output)
    .description('List the alarms and how they stand; ends with 0 whether or not one is active')
    .option('--json', 'as JSON')
    .collectorOptions()
    .examples(['alarm list', 'which there are, and which are on'])
    .action(async (options: CollectorOptions & Json) => {
      const collector = client(options);
      const [alarms, series] = await Promise.all([collector.alarms(), collector.series()]);
      if (options.json) return output.json(alarms);
      if (alarms.length === 0) return output.say('No alarms yet: "thermowell alarm add <series> <kind>" makes one.');
      await output.table(
        HEADINGS,
        alarms.map((one) =>
          row(
            one,
            series.find(({ id }) => id === one.series_id),
          ),
        ),
      );
    });
}

function add(output: Output): Command {
  return new Command('add', output)
    .description('Watch a series')
    .argument('<series>', 'its id', seriesId)
    .argument('<kind>', 'above or below a limit, stale (no value comes), fault (the probe gives none)', oneOf(KINDS))
    .argument('[limit]', 'of above and below', number)
    .option('--hysteresis <n>', 'how far a value has to come back before the alarm ends', number)
    .option('--after <span>', 'how long it has to last: 10m, 2h', span)
    .option('--field <name>', 'default: temp_C for above and below, else any')
    .option('--json', "the new alarm's id as JSON")
    .collectorOptions('of the user whose series it is')
    .examples(
      ['alarm add 1 above -15 --hysteresis 1 --after 10m', 'a freezer'],
      ['alarm add 1 stale --after 3h', 'a sensor that sends every hour'],
    )
    .action(async (series_id: number, kind: AlarmShape['kind'], limit: number | undefined, options: NewAlarm) => {
      const { hysteresis, after, field } = options;
      if (limit === undefined && (kind === 'above' || kind === 'below'))
        throw new ToolError('usage', `${kind} what? A limit is missing, as in: alarm add ${series_id} ${kind} 25`);
      if (limit !== undefined && (kind === 'stale' || kind === 'fault'))
        throw new ToolError('usage', `${kind} takes no limit`);
      const id = await client(options).createAlarm({
        series_id,
        kind,
        ...(limit !== undefined && { limit }),
        ...(hysteresis !== undefined && { hysteresis }),
        ...(after !== undefined && { after_s: after / 1000 }),
        ...(field !== undefined && { field }),
      });
      if (options.json) return output.json(id);
      output.say(`Alarm ${id} watches series ${series_id}.`);
    });
}

interface NewAlarm extends CollectorOptions, Json {
  hysteresis?: number;
  after?: number;
  field?: string;
}

function remove(output: Output): Command {
  return new Command('remove', output)
    .description('Watch no longer')
    .argument('<id>', 'of the alarm', seriesId)
    .collectorOptions('of the user whose series it is')
    .examples(['alarm remove 2', 'by its id, as the list shows it'])
    .action(async (id: number, options: CollectorOptions) => {
      await client(options).deleteAlarm(id);
      output.say(`Alarm ${id} is gone.`);
    });
}

function row({ id, series_id, since, state, value, ...rule }: AlarmShape, series?: SeriesShape): string[] {
  const name = series?.desc ?? '';
  const unit = rule.field === null ? '' : ` ${unitOf(rule.field)}`.trimEnd();
  const limit = rule.limit === null ? '' : ` ${rule.limit}${unit}`;
  const after = rule.after_s === 0 ? '' : ` for ${age(rule.after_s * 1000)}`;
  return [
    String(id),
    printable(name === '' ? String(series_id) : `${series_id} ${name}`),
    `${rule.kind}${limit}${after}`,
    state,
    since === null ? '' : age(Date.now() - since),
    value === null ? '–' : `${value}${unit}`,
  ];
}

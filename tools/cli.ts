/** `thermowell`: the table of its commands. */
import { VERSION } from '../firmware/protocol/version.js';
import { Command, exitCode } from './command.js';
import { EXITS } from './exit.js';
import { Output } from './output.js';

/** A command: its line in the help, and where it comes from once it is named. */
interface Row {
  name: string;
  does: string;
  load: () => Promise<(output: Output, program: () => Promise<Command>) => Command>;
}

const COMMANDS: Record<string, Row[]> = {
  'The collector:': [
    {
      name: 'serve',
      does: 'Run the collector, until Ctrl-C',
      load: async () => (await import('./commands/serve.js')).serve,
    },
    {
      name: 'token',
      does: 'Say who may write: add, list and remove tokens',
      load: async () => (await import('./commands/token.js')).token,
    },
  ],
  'Looking:': [
    {
      name: 'list',
      does: 'List the series with their newest values',
      load: async () => (await import('./commands/list.js')).list,
    },
    {
      name: 'show',
      does: 'Show the points of a series, as a table, a chart, JSON or CSV',
      load: async () => (await import('./commands/show.js')).show,
    },
    {
      name: 'plot',
      does: 'Draw series in the terminal, or into an SVG or PNG file',
      load: async () => (await import('./commands/plot.js')).plot,
    },
    {
      name: 'tail',
      does: 'Show the newest points, and with -f each one as it is stored',
      load: async () => (await import('./commands/tail.js')).tail,
    },
    {
      name: 'devices',
      does: 'Show the ledger: what became of every reading of every device',
      load: async () => (await import('./commands/devices.js')).devices,
    },
    {
      name: 'ledger',
      does: 'Say what became of the readings of one device',
      load: async () => (await import('./commands/ledger.js')).ledger,
    },
    {
      name: 'monitor',
      does: 'Show how a device is: values, battery, signal, resets, readings',
      load: async () => (await import('./commands/monitor.js')).monitor,
    },
  ],
  'Changing:': [
    {
      name: 'quarantine',
      does: 'List, show, replay and drop batches that were refused for good',
      load: async () => (await import('./commands/quarantine.js')).quarantine,
    },
    {
      name: 'rename',
      does: 'Give a series another description',
      load: async () => (await import('./commands/rename.js')).rename,
    },
    {
      name: 'calibrate',
      does: 'Say by how much the values of a series are wrong',
      load: async () => (await import('./commands/calibrate.js')).calibrate,
    },
    {
      name: 'replace',
      does: 'Let a new probe go on with the series of a broken one',
      load: async () => (await import('./commands/replace.js')).replace,
    },
    {
      name: 'alarm',
      does: 'Watch series: list, add and remove alarms',
      load: async () => (await import('./commands/alarm.js')).alarm,
    },
    {
      name: 'delete',
      does: 'Delete series and their points',
      load: async () => (await import('./commands/delete.js')).deleteSeries,
    },
  ],
  'In and out:': [
    {
      name: 'export',
      does: 'Write points to a file: CSV, JSON, Influx line protocol',
      load: async () => (await import('./commands/export.js')).exportPoints,
    },
    {
      name: 'import',
      does: 'Store points from files, or from a timeseries-api database',
      load: async () => (await import('./commands/import.js')).importPoints,
    },
  ],
  'Devices:': [
    {
      name: 'flash',
      does: 'Build the firmware and write it to a chip',
      load: async () => (await import('./commands/flash.js')).flash,
    },
    {
      name: 'battery',
      does: 'Say how long a battery lasts, with the sum and its sources',
      load: async () => (await import('./commands/battery.js')).battery,
    },
    {
      name: 'firmware',
      does: 'Offer devices a newer firmware: add, list and remove images',
      load: async () => (await import('./commands/firmware.js')).firmware,
    },
  ],
  'Keeping it safe:': [
    {
      name: 'backup',
      does: 'Write all of a collector, as it is now, to one file',
      load: async () => (await import('./commands/backup.js')).backup,
    },
    {
      name: 'restore',
      does: 'Make a data folder from a backup',
      load: async () => (await import('./commands/restore.js')).restore,
    },
    {
      name: 'check',
      does: 'Look for damage in a data folder, and mend it',
      load: async () => (await import('./commands/check.js')).check,
    },
  ],
  'Trying and measuring:': [
    {
      name: 'demo',
      does: 'Run a collector with simulated devices; Ctrl-C removes all of it',
      load: async () => (await import('./commands/demo.js')).demo,
    },
    {
      name: 'simulate',
      does: 'Let simulated devices upload, then check every value they measured',
      load: async () => (await import('./commands/simulate.js')).simulate,
    },
    {
      name: 'bench',
      does: 'Measure a collector of its own on this machine',
      load: async () => (await import('./commands/bench.js')).bench,
    },
    {
      name: 'completion',
      does: 'Print a completion script for bash, zsh or fish',
      load: async () => (await import('./commands/completion.js')).completion,
    },
  ],
};

const output = new Output(process.stdout, process.stderr, process.env);
output.open();

try {
  const named = process.argv.slice(2).find((argument) => !argument.startsWith('-'));
  await (await program((name) => name === named)).parseAsync();
} catch (error) {
  process.exitCode = exitCode(error, output);
}

/** The tree of commands. Those that aren't `wanted` are there by name only: to load them all takes a moment each. */
async function program(wanted: (name: string) => boolean): Promise<Command> {
  const thermowell = new Command('thermowell', output)
    .description('Temperature readings that are never lost: the collector, and what to do with it')
    .version(VERSION);
  for (const [group, rows] of Object.entries(COMMANDS))
    for (const { name, does, load } of rows) {
      const command = wanted(name)
        ? (await load())(output, () => program(() => true))
        : new Command(name, output).usage('[options]');
      if (command.description() === '') command.description(does);
      thermowell.addCommand(command.summary(does).helpGroup(group));
    }
  const exits = Object.values(EXITS).map(({ code, means }) => `  ${code}  ${means}`);
  return thermowell.addHelpText('after', () => `\n${output.style('bold', 'Exit codes:')}\n${exits.join('\n')}`);
}

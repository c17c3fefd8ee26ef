import { client, Command, moment, number, seriesId, type CollectorOptions } from '../command.js';
import { ToolError } from '../exit.js';
import { showMoment } from '../moment.js';
import type { Output } from '../output.js';

interface Options extends CollectorOptions {
  from?: number;
  field: string;
  clear?: true;
  json?: true;
}

/** `thermowell calibrate <id> [offset]` */
export function calibrate(output: Output): Command {
  return new Command('calibrate', output)
    .argument('<id>', 'of the series', seriesId)
    .argument('[offset]', 'what is added to its values; what is stored stays', number)
    .option('--from <time>', 'from then on: 2026-11-01, -7d; default: all of it', moment)
    .option('--field <name>', 'of which field', 'temp_C')
    .option('--clear', 'as if it had never been calibrated')
    .option('--json', 'what is in force now, as JSON')
    .collectorOptions('of the user whose series it is')
    .notes('\nAn offset holds until the next one for the same field; without one the list is shown.')
    .examples(
      ['calibrate 1 -0.3', 'it always showed 0.3 °C too much'],
      ['calibrate 1 0.5 --from 2026-11-01', 'since it was moved'],
    )
    .action(async (id: number, offset: number | undefined, options: Options) => {
      if (options.clear && offset !== undefined) throw new ToolError('usage', 'give an offset or --clear, not both');
      const collector = client(options);
      let steps = (await collector.seriesNamed(id)).calibration ?? [];
      if (options.clear) steps = (await collector.patchSeries(id, { calibration: [] })).calibration ?? [];
      if (offset !== undefined) {
        const { field, from = 0 } = options;
        const others = steps.filter((step) => step.field !== field || step.from !== from);
        const calibration = [...others, { from, field, offset }];
        steps = (await collector.patchSeries(id, { calibration })).calibration ?? [];
      }
      if (options.json) return output.json(steps);
      if (steps.length === 0) return output.say(`Series ${id} is not calibrated.`);
      for (const { from, field, offset } of steps)
        await output.line(
          `${field} ${offset < 0 ? '' : '+'}${offset} ${from === 0 ? 'always' : `from ${showMoment(from)}`}`,
        );
    });
}

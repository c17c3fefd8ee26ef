import { client, Command, seriesId, type CollectorOptions } from '../command.js';
import type { Output } from '../output.js';
import { printable } from '../text.js';

/** `thermowell replace <id> <sensor>` */
export function replace(output: Output): Command {
  return new Command('replace', output)
    .argument('<id>', 'of the series that goes on', seriesId)
    .argument('<sensor>', 'the new probe, as "thermowell devices --json" names it: 28-0316a4f1b2ff')
    .option('--json', 'the series as JSON')
    .collectorOptions('of the user whose series it is')
    .notes('\nWhat the new probe has reported already moves along, and the series it had by itself goes.')
    .examples(['replace 1 28-0316a4f1b2ff', 'the probe of series 1 broke, and this one is in its place'])
    .action(async (id: number, sensor: string, options: CollectorOptions & { json?: true }) => {
      const series = await client(options).patchSeries(id, { sensor });
      if (options.json) return output.json(series);
      output.say(`${printable(sensor)} fills series ${id} now, which has ${series.count.toLocaleString('en')} points.`);
    });
}

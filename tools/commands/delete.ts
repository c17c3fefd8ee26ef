import type { SeriesShape } from '../../firmware/protocol/rest.js';
import { client, Command, seriesIds, type CollectorOptions } from '../command.js';
import { ToolError } from '../exit.js';
import type { Output } from '../output.js';
import { confirmed } from '../prompt.js';
import { plural, printable } from '../text.js';

interface Options extends CollectorOptions {
  yes?: true;
  json?: true;
}

/** `thermowell delete <ids...>`: asks before, since nothing brings the points back but a backup. */
export function deleteSeries(output: Output): Command {
  return new Command('delete', output)
    .argument('<ids...>', 'of the series', seriesIds)
    .option('-y, --yes', "don't ask")
    .option('--json', 'what was deleted as JSON')
    .collectorOptions('of the user whose series they are')
    .notes('\nA device that goes on uploading starts a new series; what it had sent before stays deleted.')
    .examples(['delete 4', 'asks first'], ['delete 4 5 --yes', 'for a script'])
    .action(async (ids: number[], options: Options) => {
      const collector = client(options);
      const known = await collector.series();
      const doomed = [...new Set(ids)].map((id) => {
        const series = known.find((one) => one.id === id);
        if (series === undefined) throw new ToolError('missing', `Series ${id} doesn't exist`);
        return series;
      });
      const points = doomed.reduce((sum, { count }) => sum + count, 0);
      for (const series of doomed) output.say(`  ${described(series)}`);
      if (!options.yes && !(await confirmed(`Delete ${plural(points, 'point')} for good?`, 'deleting')))
        throw new ToolError('failure', 'nothing was deleted');
      for (const { id } of doomed) await collector.deleteSeries(id);
      if (options.json) return output.json(doomed);
      output.say(`Deleted ${doomed.length} series, ${plural(points, 'point')}.`);
    });
}

function described({ id, device_id, device_desc, desc, count }: SeriesShape): string {
  const name = [device_desc === '' ? device_id : device_desc, desc ?? ''].filter((part) => part !== '').join(', ');
  return printable(`${id}: ${name}, ${plural(count, 'point')}`);
}

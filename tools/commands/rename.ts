import { client, Command, seriesId, type CollectorOptions } from '../command.js';
import { ToolError } from '../exit.js';
import type { Output } from '../output.js';
import { printable } from '../text.js';

interface Options extends CollectorOptions {
  device?: string;
  json?: true;
}

/** `thermowell rename <id> [desc]` */
export function rename(output: Output): Command {
  return new Command('rename', output)
    .argument('<id>', 'of the series', seriesId)
    .argument('[desc]', 'its new description')
    .option('--device <desc>', "a new description of the device, for this series; its uploads don't overwrite it")
    .option('--json', 'the result as JSON')
    .collectorOptions('of the user whose series it is')
    .examples(['rename 1 "top shelf"', 'what the list shows'], ['rename 1 --device fridge', 'where it is'])
    .action(async (id: number, desc: string | undefined, options: Options) => {
      const to = {
        ...(desc !== undefined && { desc }),
        ...(options.device !== undefined && { device_desc: options.device }),
      };
      if (Object.keys(to).length === 0)
        throw new ToolError('usage', 'nothing to change: give a description, or --device, or both');
      await client(options).patchSeries(id, to);
      if (options.json) return output.json({ id, ...to });
      output.say(
        `Series ${id} is now ${Object.values(to)
          .map((text) => `"${printable(text)}"`)
          .join(' on ')}.`,
      );
    });
}

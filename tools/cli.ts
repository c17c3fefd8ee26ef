/** `thermowell`: the table of its commands. */
import { VERSION } from '../firmware/protocol/version.js';
import { Command, exitCode } from './command.js';
import { bench } from './commands/bench.js';
import { demo } from './commands/demo.js';
import { devices } from './commands/devices.js';
import { list } from './commands/list.js';
import { serve } from './commands/serve.js';
import { show } from './commands/show.js';
import { simulate } from './commands/simulate.js';
import { token } from './commands/token.js';
import { EXITS } from './exit.js';
import { Output } from './output.js';

const output = new Output(process.stdout, process.stderr);
output.open();

const exits = Object.values(EXITS).map(({ code, means }) => `  ${code}  ${means}`);

const thermowell = new Command('thermowell', output)
  .description('Temperature readings that are never lost: the collector, and what to do with it')
  .version(VERSION)
  .addCommand(serve(output))
  .addCommand(token(output))
  .addCommand(list(output))
  .addCommand(show(output))
  .addCommand(devices(output))
  .addCommand(simulate(output))
  .addCommand(demo(output))
  .addCommand(bench(output))
  .addHelpText('after', () => `\n${output.style('bold', 'Exit codes:')}\n${exits.join('\n')}`);

try {
  await thermowell.parseAsync();
} catch (error) {
  process.exitCode = exitCode(error, output);
}

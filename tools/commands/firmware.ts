import { readFile } from 'node:fs/promises';
import { isVersion } from '../../firmware/protocol/offer.js';
import { VERSION } from '../../firmware/protocol/version.js';
import { client, Command, type CollectorOptions } from '../command.js';
import { ToolError } from '../exit.js';
import type { Output } from '../output.js';
import type { Heading } from '../table.js';
import { printable } from '../text.js';

const HEADINGS: Heading[] = [
  { title: 'name' },
  { title: 'platform' },
  { title: 'version' },
  { title: 'bytes', align: 'right' },
  { title: 'user', shrinkTo: 8 },
  { title: 'added' },
];

/** `thermowell firmware add|list|remove`: images that the collector offers to devices which run an older one. */
export function firmware(output: Output): Command {
  return new Command('firmware', output).addCommand(add(output)).addCommand(list(output)).addCommand(remove(output));
}

function add(output: Output): Command {
  return new Command('add', output)
    .description('Offer an image, as mcconfig built it, to your devices with that chip and an older version')
    .argument('<image>', 'the file: xs_esp32.bin')
    .argument('[version]', 'what it is', VERSION)
    .collectorOptions('of the user whose devices it is for')
    .option('--json', 'as JSON')
    .notes('\nAn image may hold what it was built with, the password of the Wi-Fi too: only its user can read it.')
    .examples(['firmware add $MODDABLE/build/bin/esp32/release/thermowell/xs_esp32.bin', 'what was just built'])
    .action(async (file: string, version: string, options: CollectorOptions & { json?: true }) => {
      const known: boolean = isVersion(version);
      if (!known) throw new ToolError('usage', `"${version}" is no version: it must be like 1.2.3`);
      const image = await client(options).addFirmware(version, await readFile(file));
      if (options.json) return output.json(image);
      output.say(`Devices with an ${image.platform} that run less than ${image.version} are offered it from now on:`);
      await output.line(image.name);
    });
}

function list(output: Output): Command {
  return new Command('list', output)
    .description('List the images')
    .collectorOptions()
    .option('--json', 'as JSON')
    .examples(['firmware list', 'what devices are offered'])
    .action(async (options: CollectorOptions & { json?: true }) => {
      const images = await client(options).firmware();
      if (options.json) return output.json(images);
      if (images.length === 0)
        return output.say('No images yet: "thermowell firmware add <image>" offers one to your devices.');
      const rows = images.map(({ name, platform, version, length, user = '', added }) => [
        name,
        platform,
        version,
        length.toLocaleString('en'),
        printable(user),
        new Date(added).toISOString().slice(0, 16).replace('T', ' '),
      ]);
      await output.table(HEADINGS, rows);
    });
}

function remove(output: Output): Command {
  return new Command('remove', output)
    .description('Delete an image; devices that run it go on')
    .argument('<name>', 'as list shows it')
    .collectorOptions('of its user')
    .examples(['firmware remove esp32-1.2.0-3f9a17', 'by its name, as the list shows it'])
    .action(async (name: string, options: CollectorOptions) => {
      const collector = client(options);
      if (!(await collector.firmware()).some((image) => image.name === name))
        throw new ToolError('missing', `Firmware ${name} doesn't exist`);
      await collector.removeFirmware(name);
      output.say(`Deleted ${name}.`);
    });
}

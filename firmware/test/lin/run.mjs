/**
 * `npm run firmware:lin`: the firmware on its own engine, as a Linux program, against a real collector. What is run there
 * stands in HELP, and in the files beside.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { days } from './days.mjs';
import { found } from './found.mjs';
import { inOwnNetwork, noOwnNetwork } from './network.mjs';
import { missing } from './program.mjs';
import { say } from './scene.mjs';
import { tls } from './tls.mjs';
import { updates } from './updates.mjs';

const HELP = `npm run firmware:lin -- [what …] [flags]

what (default: days)
  days      a day in each way of life, over HTTP and MQTT, all at once: half an hour. The firmware is killed
            at random instants, the collector once; then every reading must be there once.
  tls       TLS with right and wrong certificates, servers that break off, before the time is known; on mains over
            HTTP and MQTT, then on batteries
  found     the collector is found by mDNS: moved, beside another household's, with TLS and without
  updates   updates over the air: killed on the way, images that fail, and the way back; over MQTT one that is good,
            on batteries a good one, a torn one and one that no batch gets through from
            (these three want a network of their own: unshare --user --net; updates takes half an hour, the others
            some minutes each)

flags of days
  --hours 24                of the device's time
  --mode mains,battery      --transport http,mqtt      ways of life, and how they upload
  --speed 200               how fast time goes; at most 50 on batteries over MQTT, where each wake connects anew.
                            On a slow or busy machine less: at 200, thirty seconds are 0.15
  --kills 20                of the firmware
  --group 1                 readings that a device on batteries gathers in memory
flags of all
  --keep                    keeps the files (journal, flash); a run that goes wrong keeps them anyway, and says where

exit code: 0, every reading is there once; 1, something is wrong; 2, it can't be run here`;

const SCENES = { tls, found, updates };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    hours: { type: 'string', default: '24' },
    speed: { type: 'string', default: '200' },
    kills: { type: 'string', default: '20' },
    mode: { type: 'string', default: 'mains,battery' },
    transport: { type: 'string', default: 'http,mqtt' },
    group: { type: 'string', default: '1' },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const wanted = positionals.length > 0 ? positionals : ['days'];
process.exitCode = values.help ? help() : (unable() ?? inOwnNetworkFor(wanted) ?? (await run()));

function help() {
  say(HELP);
  return 0;
}

/** @returns {number | null} exit code; null: nothing is in the way */
function unable() {
  const unknown = wanted.find((name) => name !== 'days' && !(name in SCENES));
  const why =
    unknown === undefined
      ? (missing() ?? (needsNetwork(wanted) ? noOwnNetwork() : null))
      : `no "${unknown}"; see --help`;
  if (why !== null) say(`The firmware can't be run here: ${why}`);
  return why === null ? null : 2;
}

/** @param {string[]} names @returns {number | null} */
function inOwnNetworkFor(names) {
  return needsNetwork(names) ? inOwnNetwork() : null;
}

/** @param {string[]} names */
function needsNetwork(names) {
  return names.some((name) => name in SCENES);
}

async function run() {
  const folder = mkdtempSync(join(tmpdir(), 'thermowell-lin-'));
  let wrong = 1;
  try {
    wrong = 0;
    for (const name of wanted) {
      say(`${name}:`);
      wrong += await (name === 'days' ? days(folder, values) : SCENES[/** @type {keyof SCENES} */ (name)](folder));
    }
    say(wrong === 0 ? 'Every reading is there once.' : `${wrong} things are not as they must be.`);
  } catch (error) {
    wrong = 1;
    say(String(/** @type {Error} */ (error).stack));
  }
  // What went wrong once may not do so again: then the journal and the flash are all there is.
  if (values.keep || wrong > 0) say(`The files are in ${folder}`);
  else rmSync(folder, { recursive: true });
  return wrong === 0 ? 0 : 1;
}

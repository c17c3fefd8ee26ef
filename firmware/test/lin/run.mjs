/**
 * `npm run firmware:lin`: the firmware on its own engine, as a Linux program, against a real collector. A day of
 * readings on a clock that goes fast, in each way of life and over each transport: in the middle the collector is killed
 * and stays away for an hour and a half; the program is killed at random instants, wherever it is. Then every reading
 * must be there once.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { audit } from './audit.mjs';
import { Collector, freePort } from './collector.mjs';
import { build, Device, missing } from './program.mjs';

const HOUR = 3_600_000;
const DEVICE = 'lin';
const say = (/** @type {string} */ line) => process.stdout.write(`${line}\n`);

const { values } = parseArgs({
  options: {
    hours: { type: 'string', default: '24' },
    speed: { type: 'string', default: '200' },
    kills: { type: 'string', default: '20' },
    mode: { type: 'string', default: 'mains,battery' },
    transport: { type: 'string', default: 'http,mqtt' },
    group: { type: 'string', default: '1' },
    keep: { type: 'boolean', default: false },
  },
});
const [hours, kills] = [Number(values.hours), Number(values.kills)];

const why = missing();
if (why !== null) {
  say(`The firmware can't be built here: ${why}`);
  process.exit(1);
}
const folder = mkdtempSync(join(tmpdir(), 'thermowell-lin-'));
/** @type {Collector[]} */
const collectors = [];
/** @type {Device[]} */
const devices = [];
try {
  let wrong = 0;
  for (const mode of values.mode.split(','))
    for (const transport of values.transport.split(',')) wrong += await day(mode, transport);
  say(wrong === 0 ? 'Every reading is there once.' : `${wrong} things are not as they must be.`);
  process.exitCode = wrong === 0 ? 0 : 1;
} finally {
  for (const device of devices) await device.cut();
  for (const collector of collectors) await collector.kill();
  // What went wrong once may not do so again: then the journal and the flash are all there is.
  if (values.keep || process.exitCode !== 0) say(folder);
  else rmSync(folder, { recursive: true });
}

/** @param {string} mode @param {string} transport @returns {Promise<number>} how many things are wrong */
async function day(mode, transport) {
  // On batteries each upload connects anew: by MQTT that is five ways there and back, which have to fit into its 30 s.
  const speed = Number(values.speed) / (mode === 'battery' && transport === 'mqtt' ? 4 : 1);
  const home = join(folder, `${mode}-${transport}`);
  mkdirSync(home, { recursive: true });
  const ports = { http: await freePort(), mqtt: await freePort() };
  const command = build(join(folder, 'build'), home, {
    ssid: 'lin',
    collector: `http://127.0.0.1:${ports.http}`,
    token: 'lin',
    device: DEVICE,
    transport,
    mqtt: `mqtt://127.0.0.1:${ports.mqtt}`,
    mode,
    group: values.group,
    battery: 0,
    led: 2,
    // The SDK's sockets on Linux are looked after every 20 ms: that is seconds here.
    radio: 120,
    ntp: '127.0.0.1',
  });
  const collector = new Collector(join(home, 'data'), ports, speed);
  const device = new Device(command, home, speed);
  collectors.push(collector);
  devices.push(device);
  await collector.start();
  device.start();
  const plan = [
    { at: hours / 2, step: () => collector.kill() },
    { at: hours / 2 + Math.min(1.5, hours / 8), step: () => collector.start() },
    ...Array.from({ length: kills }, () => ({
      at: Math.random() * hours,
      step: async () => {
        await device.cut();
        device.start();
      },
    })),
  ].sort((a, b) => a.at - b.at);
  const begun = Date.now();
  const until = (/** @type {number} */ hour) => begun + (hour * HOUR) / speed;
  for (const { at, step } of plan) {
    await wait(until(at) - Date.now());
    mustRun(device);
    await step();
  }
  await wait(until(hours) - Date.now());
  mustRun(device);
  const conversions = readFileSync(join(home, 'count.bin')).readInt32LE();
  const found = await settled(collector, conversions, until(hours + 12));
  mustRun(device);
  await device.cut();
  await collector.kill();
  const torn = device.cuts - 1;
  say(
    `${mode} over ${transport}: ${conversions} conversions, ${found.stored} readings stored, ${found.lost} lost, ` +
      `${found.duplicates} duplicates not stored, ${found.twice.length} there twice; ${torn} kills of the firmware, ` +
      `which tore ${found.absent.length - found.gaps} readings before they were on flash; ` +
      `${found.gaps} in which no probe was done in time; the collector killed once`,
  );
  const wrong =
    found.lost + found.quarantined + found.twice.length + Math.max(0, found.absent.length - found.gaps - torn);
  const { absent, twice, ledger } = found;
  if (wrong > 0) say(`  ${JSON.stringify({ absent, twice, ledger })}\n${device.trace}`);
  return wrong;
}

/** @param {Device} device @throws Error where it has ended: it never does by itself */
function mustRun(device) {
  if (device.ended) throw new Error(`the firmware ended by itself:\n${device.trace}`);
}

/** Waits until the collector has nothing more to get of what was there by the end. @param {Collector} collector @param {number} conversions @param {number} until */
async function settled(collector, conversions, until) {
  for (;;) {
    const found = await audit(collector, DEVICE, conversions);
    if ((found.newest >= conversions && found.absent.length <= kills + found.gaps) || Date.now() > until) return found;
    await wait(500);
  }
}

/** @param {number} ms */
function wait(ms) {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}

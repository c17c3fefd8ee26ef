/**
 * Updates over the air: the updater that the ESP32 runs, against the collector's real `/firmware`, with two images in
 * files (firmware/lin/slots.h) and a bootloader that does as ESP-IDF's (firmware/lin/host.c).
 */
import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Lan } from './network.mjs';
import { root } from './program.mjs';
import { allThere, DEVICE, pause, Scene, until } from './scene.mjs';

/** An image comes in 1536 bytes each 20 ms: that is half a minute, six of the device's, of the fifteen that it may take. */
const SPEED = 12;
const CHIP = 'esp32';
/** The head of an image (Espressif, "App Image Format"): its first byte, 0 for the chip; and its length (slots.h). */
const HEAD_BYTES = 24;
const MAGIC = 0xe9;
const LENGTH_AT = 16;
/** How an image stands: firmware/lin/slots.h. */
const VALID = 2;
const UNDEFINED = 5;
/** An image on trial is given half an hour of the device's time. */
const TRIAL_S = 1800 / SPEED;

/** @param {string} folder @returns {Promise<number>} how many steps went wrong */
export async function updates(folder) {
  new Lan('192.0.2.10').open();
  return (await over('http', folder)) + (await over('mqtt', folder));
}

/** @param {'http' | 'mqtt'} transport @param {string} folder */
async function over(transport, folder) {
  const scene = new Scene(`updates, ${transport}`, folder, SPEED);
  const tree = scene.folder('tree');
  for (const part of ['manifest.json', 'firmware', 'tools/simulator'])
    cpSync(join(root, part), join(tree, part), { recursive: true, filter: (path) => !path.includes('/test/') });
  // Over HTTP it is told where the collector is; over MQTT it has to find it, and the images with it.
  const settings = {
    transport,
    period: 15,
    ...(transport === 'http' && { collector: 'http://127.0.0.1:8080' }),
  };
  const original = {
    version: readFileSync(join(tree, 'firmware/protocol/version.ts'), 'utf8'),
    main: readFileSync(join(tree, 'firmware/main.ts'), 'utf8'),
  };
  let host = '';
  /**
   * The firmware with another number, and maybe something else.
   * @param {string} version @param {object} [others] settings @param {(main: string) => string} [change] of main.ts
   */
  const image = (version, others = {}, change = (main) => main) => {
    const numbered = original.version.replace(/VERSION = '[^']*'/, `VERSION = '${version}'`);
    writeFileSync(join(tree, 'firmware/protocol/version.ts'), numbered);
    writeFileSync(join(tree, 'firmware/main.ts'), change(original.main));
    const [program, library] = scene.build('program', { ...settings, ...others }, tree);
    host = program;
    execFileSync('strip', [library]);
    const bytes = Buffer.concat([Buffer.alloc(HEAD_BYTES), readFileSync(library)]);
    bytes[0] = MAGIC;
    bytes.writeUInt32LE(bytes.length, LENGTH_AT);
    return bytes;
  };

  const collector = scene.collector();
  collector.flags = ['--host', '0.0.0.0'];
  const home = scene.folder('device');
  writeFileSync(join(home, 'slot-0.bin'), image('1.0.0'));
  writeFileSync(join(home, 'otadata'), `0 ${VALID} ${UNDEFINED}\n`);
  await collector.start();
  const device = scene.device([host]);
  device.env = { THERMOWELL_PLATFORM: CHIP };
  device.start();

  /** @param {string} version @param {Buffer} bytes */
  const offer = (version, bytes) => collector.ask('PUT', `/firmware/new?version=${version}`, bytes);
  const runs = async () => (await collector.get(`/devices/${DEVICE}`)).status.version;
  const tried = () => readFileSync(join(home, 'note-tried'), 'utf8');
  const states = () => readFileSync(join(home, 'otadata'), 'utf8').trim();
  /** @param {string} version @param {number} [seconds] */
  const becomes = (version, seconds = 300) =>
    until(
      `it runs ${version}`,
      async () => {
        if (device.ended) throw new Error(`the firmware ended:\n${device.trace}`);
        const [starts, ...state] = states().split(' ').map(Number);
        return state[starts] === VALID && (await runs()) === version;
      },
      seconds,
    ).catch(async (error) => {
      throw new Error(`${error.message}; it runs ${await runs()}, slots ${states()}\n${device.trace}`);
    });
  /** @param {{ sha256: string }} image @param {string} version that it is to come back to @param {number} seconds in which it tries twice */
  const comesBack = async ({ sha256 }, version, seconds) => {
    await until('it was tried twice', () => tried() === `${sha256} 2`, seconds);
    await becomes(version, seconds);
    const before = states();
    await pause(10);
    if (states() !== before || tried() !== `${sha256} 2`) throw new Error('tried again');
    await allThere(collector, device);
  };

  await scene.step('the first firmware runs', async () => {
    await becomes('1.0.0');
    await allThere(collector, device);
  });
  await scene.step('a newer one is offered: it is loaded, started and confirmed; no reading lost', async () => {
    await offer('1.1.0', image('1.1.0'));
    await becomes('1.1.0');
    await allThere(collector, device);
  });
  if (transport === 'mqtt') {
    await scene.close();
    return scene.wrong;
  }
  await scene.step(
    'killed at random while it loads and while it is on trial: one of the two runs; no reading lost',
    async () => {
      await offer('1.2.0', image('1.2.0'));
      for (let kill = 0; kill < 12; kill++) {
        await pause(Math.random() * 12);
        if (device.ended) throw new Error(`the firmware ended:\n${device.trace}`);
        await device.cut();
        device.start();
      }
      await until('one of the two runs', async () => ['1.1.0', '1.2.0'].includes(await runs()));
      await allThere(collector, device);
      // Had it been killed twice on trial, it would not be tried again: the next one is.
      await offer('1.2.1', image('1.2.1'));
      await becomes('1.2.1');
      await allThere(collector, device);
    },
  );
  await scene.step('one that resets as it starts: the one before is back, and after two tries it stays', async () => {
    const bad = await offer(
      '1.3.0',
      image('1.3.0', {}, (main) => `${main}\nchip.restart();\n`),
    );
    await comesBack(bad, '1.2.1', 300);
  });
  await scene.step('one that no batch gets through from: the same, after half an hour each', async () => {
    const bad = await offer('1.4.0', image('1.4.0', { token: 'wrong' }));
    await comesBack(bad, '1.2.1', 3 * TRIAL_S + 120);
  });
  await scene.step('one that was torn before it was offered: it is not started', async () => {
    const before = states();
    device.trace = '';
    await offer('1.5.0', image('1.5.0').subarray(0, 200_000));
    await until('it is refused', () => device.trace.includes('not an image'), 300);
    if (states().split(' ')[0] !== before.split(' ')[0]) throw new Error(`slots ${states()}, before ${before}`);
    await allThere(collector, device);
  });
  await scene.step('a good one after all these: it runs', async () => {
    await offer('1.6.0', image('1.6.0'));
    await becomes('1.6.0');
    await allThere(collector, device);
  });
  await scene.close();
  return scene.wrong;
}

/**
 * Updates over the air: the updater that the ESP32 runs, against the collector's real `/firmware`, with two images in
 * files (firmware/lin/slots.h) and a bootloader that does as ESP-IDF's (firmware/lin/host.c).
 */
import { Lan } from './network.mjs';
import { pause, until } from './scene.mjs';
import { SPEED, Updated } from './updated.mjs';

/** An image on trial is given half an hour of the device's time. */
const TRIAL_S = 1800 / SPEED;
/** What an image does beside that resets. */
const RESET = "import { Chip } from './chip/chip.js';\nnew Chip().restart();";

/** @param {string} folder @returns {Promise<number>} how many steps went wrong */
export async function updates(folder) {
  new Lan('192.0.2.10').open();
  return (await onMains(folder)) + (await overMqtt(folder)) + (await onBatteries(folder));
}

/** Told where the collector is. @param {string} folder */
async function onMains(folder) {
  const device = new Updated('updates, http', folder, { collector: 'http://127.0.0.1:8080' });
  await device.open();
  await device.step(
    'killed at random while it loads and while it is on trial: one of the two runs; no reading lost',
    async () => {
      await device.offer('1.2.0');
      for (let kill = 0; kill < 12; kill++) {
        await pause(Math.random() * 12);
        await device.again();
      }
      await until('one of the two runs', async () => ['1.1.0', '1.2.0'].includes(await device.runs()));
      // Had it been killed twice on trial, it would not be tried again: the next one is.
      await device.offer('1.2.1');
      await device.becomes('1.2.1');
    },
  );
  await device.step('one that resets as it starts: the one before is back, and after two tries it stays', async () => {
    const bad = await device.offer('1.3.0', {}, RESET);
    await device.comesBack(bad, '1.2.1', 300);
  });
  await device.step('one that no batch gets through from: the same, after half an hour each', async () => {
    const bad = await device.offer('1.4.0', { token: 'wrong' });
    await device.comesBack(bad, '1.2.1', 3 * TRIAL_S + 120);
  });
  await device.step('one that was torn before it was offered: it is not started', () => device.refuses('1.5.0'));
  await device.step('a good one after all these: it runs', async () => {
    await device.offer('1.6.0');
    await device.becomes('1.6.0');
  });
  return device.close();
}

/** It finds the collector by mDNS, and the images with it. @param {string} folder */
async function overMqtt(folder) {
  const device = new Updated('updates, mqtt', folder, { transport: 'mqtt' });
  await device.open();
  return device.close();
}

/** It sleeps between readings, and gathers three of them in memory before they are on flash. @param {string} folder */
async function onBatteries(folder) {
  const device = new Updated('updates, on batteries', folder, {
    collector: 'http://127.0.0.1:8080',
    mode: 'battery',
    upload_every: 4,
    group: 3,
    radio: 60,
  });
  await device.open();
  await device.step('it sleeps as before', () => device.sleeps());
  await device.step(
    'one that was torn before it was offered: it is not started, nor loaded at each upload',
    async () => {
      await device.refuses('1.2.0');
      await device.sleeps();
      if (device.failures !== 1) throw new Error(`loaded ${device.failures} times`);
    },
  );
  await device.step(
    'one that no batch gets through from: awake for half an hour, twice, and asleep again',
    async () => {
      const bad = await device.offer('1.3.0', { token: 'wrong' });
      await device.comesBack(bad, '1.1.0', 3 * TRIAL_S + 180);
      await device.sleeps();
    },
  );
  await device.step('a good one after all these: it runs', async () => {
    await device.offer('1.4.0');
    await device.becomes('1.4.0');
  });
  return device.close();
}

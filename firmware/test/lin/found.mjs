/** A collector that nobody named: the SDK's own mDNS, over real multicast, against what the collector announces. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Authority, tlsFlags } from './certificates.mjs';
import { Lan } from './network.mjs';
import { DEVICE, goesOn, pause, readingsTaken, Scene } from './scene.mjs';

const SPEED = 10;
const ADDRESS = '192.0.2.10';
const OTHER_ADDRESS = '192.0.2.77';
/** To whom the LAN listens too. */
const OPEN = ['--host', '0.0.0.0'];

/** @param {string} folder @returns {Promise<number>} how many steps went wrong */
export async function found(folder) {
  const lan = new Lan(ADDRESS);
  lan.open();
  let wrong = 0;
  for (const transport of /** @type {const} */ (['http', 'mqtt'])) wrong += await over(transport, folder, lan);
  return wrong;
}

/** @param {'http' | 'mqtt'} transport @param {string} folder @param {Lan} lan */
async function over(transport, folder, lan) {
  const scene = new Scene(`found, ${transport}`, folder, SPEED);
  const home = await Authority.make();
  const settings = { transport, period: 15 };
  const trusting = scene.build('trusting', { ...settings, certificate: home.base64 });
  const plain = scene.build('plain', settings);
  const collector = scene.collector();
  collector.flags = OPEN;
  const stranger = scene.collector('stranger', { http: 8081, mqtt: 1884 });
  stranger.flags = OPEN;
  writeFileSync(join(scene.folder('stranger'), 'users.json'), JSON.stringify({ other: { name: 'Robin', id: 1 } }));
  const timeServer = await scene.timeServer(collector);
  let device = scene.device(plain);
  device.start();

  const works = async () => {
    await device.again();
    await goesOn(collector, device);
  };
  /** @param {import('./collector.mjs').Collector} from */
  const keeps = async (from) => {
    const before = await countOf(from);
    await device.again();
    await readingsTaken(device, 4);
    if ((await countOf(from)) !== before) throw new Error('it sent something');
  };

  await scene.step('none there: it samples on, and keeps what it has', async () => {
    await readingsTaken(device, 4);
    await pause(1);
  });
  await scene.step('one there: found by its announcement, every reading arrives once', async () => {
    await collector.start();
    await works();
  });
  await scene.step('that one has another address: found again, every reading arrives once', async () => {
    lan.move(lan.address === ADDRESS ? OTHER_ADDRESS : ADDRESS);
    await works();
  });
  await scene.step("another household's beside it, three times: each time it comes to the right one", async () => {
    await stranger.start();
    for (let time = 0; time < 3; time++) await works();
    if ((await stranger.get('/devices')).length > 0) throw new Error('the other one has readings');
  });
  await scene.step("only the other household's: it keeps what it has", async () => {
    await collector.kill();
    await keeps(stranger);
    await stranger.kill();
  });
  await scene.step('one that speaks TLS, and no certificate to trust: it keeps what it has', async () => {
    collector.flags = [...OPEN, ...tlsFlags(scene.folder('tls'), await home.sign('pi.home'))];
    await collector.start();
    await keeps(collector);
  });
  await scene.step('with the certificate of its authority: found by TLS, every reading arrives once', async () => {
    timeServer.answers = true;
    await device.cut();
    const { cuts } = device;
    device = scene.device(trusting);
    device.cuts = cuts;
    device.start();
    await goesOn(collector, device);
  });
  await scene.step('with it, one without TLS gets nothing: whoever announces one would be told the token', async () => {
    await collector.kill();
    collector.flags = OPEN;
    await collector.start();
    await keeps(collector);
  });
  await scene.close();
  return scene.wrong;
}

/** Readings that it has. @param {import('./collector.mjs').Collector} collector */
async function countOf(collector) {
  const device = (await collector.get('/devices')).find((/** @type {any} */ { device_id }) => device_id === DEVICE);
  return (device?.ledger ?? []).reduce((/** @type {number} */ sum, /** @type {any} */ { stored }) => sum + stored, 0);
}

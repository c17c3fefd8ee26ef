/** TLS as the ESP32 has it, its own modules on its own engine, against the real collector and against what goes wrong. */
import { Authority, nullified, tlsFlags } from './certificates.mjs';
import { Front } from './front.mjs';
import { allThere, goesOn, pause, PORTS, readingsTaken, Scene, until } from './scene.mjs';

/** A handshake takes some 200 ms of real time, more on a busy machine, and the uplinks wait 30 s of the device's. */
const SPEED = 10;
const HOST = '127.0.0.1';
/** Of the certificates. */
const KEYS = /** @type {const} */ ({ http: 'rsa', mqtt: 'ec' });
/** The device's way goes by here. */
const FRONTS = { http: 8443, mqtt: 8883 };
/** Alerts: RFC 5246 §7.2. To the second one the SDK's socket answers with the request, in the clear, unless it is kept from it. */
const HANDSHAKE_FAILURE = Buffer.from('15030300020228', 'hex');
const CLOSE_NOTIFY = Buffer.from('15030300020100', 'hex');

/** @param {string} folder @returns {Promise<number>} how many steps went wrong */
export async function tls(folder) {
  let wrong = 0;
  for (const transport of /** @type {const} */ (['http', 'mqtt'])) {
    wrong += await onMains(transport, folder);
    wrong += await onBatteries(transport, folder);
  }
  return wrong;
}

/**
 * A device, the collector that it trusts, and what stands between them.
 * @param {Scene} scene @param {'http' | 'mqtt'} transport @param {Record<string, string | number>} settings
 */
async function household(scene, transport, settings) {
  const keys = KEYS[transport];
  const [home, stranger] = [await Authority.make(keys), await Authority.make(keys)];
  const right = await home.sign(HOST);
  const command = scene.build('program', {
    transport,
    period: 15,
    collector: `https://${HOST}:${FRONTS.http}`,
    mqtt: `mqtts://${HOST}:${FRONTS.mqtt}`,
    certificate: home.base64,
    ...settings,
  });
  const collector = scene.collector();
  const timeServer = await scene.timeServer(collector);
  const front = new Front(FRONTS[transport], PORTS[transport]);
  scene.closing(() => front.close());
  collector.flags = tlsFlags(scene.folder('tls'), right);
  await collector.start();
  await front.become();
  const device = scene.device(command);
  device.start();

  const works = async () => {
    await device.again();
    await goesOn(collector, device);
  };
  /** @param {string} what @param {import('./front.mjs').Manner} manner @param {RegExp} [reason] that it traces */
  const refuses = (what, manner, reason) =>
    scene.step(`${what}: refused, nothing said, nothing lost`, async () => {
      await front.become(manner);
      device.trace = '';
      await device.again();
      await until('it tries', () => front.connections > 0);
      await until('it gives up, and tries again', () => front.connections > 1);
      await readingsTaken(device, 1);
      device.mustRun();
      if (reason !== undefined) await until(`it says ${reason}`, () => reason.test(device.trace), 5);
      if (/PUT|lin/.test(front.heard.toString('latin1'))) throw new Error('it said something in the clear');
      await front.become();
      await works();
    });
  await scene.step('without the time it connects to nobody, and keeps its readings', async () => {
    await readingsTaken(device, 3);
    await pause(3);
    if (front.connections > 0 || (await collector.get('/devices')).length > 0) throw new Error('it connected');
  });
  await scene.step('once a time server says it, they arrive', async () => {
    timeServer.answers = true;
    await allThere(collector, device);
  });
  return { home, stranger, right, collector, timeServer, front, device, works, refuses };
}

/** @param {'http' | 'mqtt'} transport @param {string} folder */
async function onMains(transport, folder) {
  const scene = new Scene(`tls over ${transport}, ${KEYS[transport]} keys`, folder, SPEED);
  const { home, stranger, right, collector, front, device, works, refuses } = await household(scene, transport, {});
  const past = new Date(Date.now() - 86_400_000);
  await refuses("a stranger's certificate", { tls: await stranger.sign(HOST) }, /another authority/);
  await refuses('a certificate for another name', { tls: await home.sign('192.0.2.1') }, /another name/);
  await refuses('a certificate that has expired', { tls: await home.sign(HOST, { until: past }) }, /not of now/);
  if (KEYS[transport] === 'ec')
    await refuses('a certificate with a signature of 1 and 0', { tls: nullified(right) }, /another authority/);
  await refuses('a server that speaks TLS 1.3 alone', { tls: { ...right, minVersion: 'TLSv1.3' } });
  await refuses('an alert in the middle of the handshake', { says: HANDSHAKE_FAILURE }, /alert/);
  await refuses('a farewell in the middle of the handshake', { says: CLOSE_NOTIFY }, /broke off/);
  await refuses('a server that closes in the middle of the handshake', { cutAfter: 700 });
  await refuses('what is no TLS', { says: Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n') });

  for (const [what, manner] of /** @type {[string, import('./front.mjs').Manner][]} */ ([
    ['TLS 1.2 alone', { tls: { ...right, maxVersion: 'TLSv1.2' } }],
    ['the certificate without the one that signed it', { tls: await home.sign(HOST, { leafAlone: true }) }],
    ['in fragments of 512 bytes', { tls: right, fragment: 512 }],
    ['in pieces of 5 bytes', { pieces: 5 }],
    ['in pieces of 1000 bytes', { pieces: 1000 }],
  ]))
    await scene.step(`${what}: every reading arrives once`, async () => {
      await front.become(manner);
      await works();
    });
  await scene.step('a server that closes each connection after a while: the same', async () => {
    await front.become({ cutAfter: 3000 });
    await device.again();
    await pause(15);
    await front.become();
    await works();
  });
  await scene.step('the collector is killed and started again: the same', async () => {
    await collector.kill();
    await pause(3);
    await collector.start();
    await works();
  });
  await scene.close();
  return scene.wrong;
}

/**
 * Each wake is a new start of the program: of the handshake before it knows nothing, of the time what memory has kept.
 * @param {'http' | 'mqtt'} transport @param {string} folder
 */
async function onBatteries(transport, folder) {
  const scene = new Scene(`tls over ${transport} on batteries`, folder, SPEED);
  const { home, stranger, collector, timeServer, front, device, refuses } = await household(scene, transport, {
    mode: 'battery',
    upload_every: 4,
    radio: 60,
  });
  await scene.step('it sleeps, and connects anew for every four readings; every reading arrives once', async () => {
    const before = front.connections;
    await until('it has connected three times', () => front.connections >= before + 3);
    await goesOn(collector, device);
  });
  await scene.step(
    'with the time that it kept over its sleeps, while the time server is silent: the same',
    async () => {
      timeServer.answers = false;
      const before = front.connections;
      await until('it has connected three times', () => front.connections >= before + 3);
      await goesOn(collector, device);
    },
  );
  timeServer.answers = true;
  await refuses("a stranger's certificate", { tls: await stranger.sign(HOST) }, /another authority/);
  await refuses('a certificate for another name', { tls: await home.sign('192.0.2.1') }, /another name/);
  await scene.step('the collector is killed and started again: every reading arrives once', async () => {
    await collector.kill();
    await readingsTaken(device, 4);
    await collector.start();
    await goesOn(collector, device);
  });
  await scene.close();
  return scene.wrong;
}

/** A run in steps: each says what it shows, and is right or wrong. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { audit } from './audit.mjs';
import { Collector } from './collector.mjs';
import { build, Device } from './program.mjs';
import { TimeServer } from './time-server.mjs';

export const say = (/** @type {string} */ line) => process.stdout.write(`${line}\n`);

/** In a network of its own there is nobody who could have them. */
export const PORTS = Object.freeze({ http: 8080, mqtt: 1883 });

/** As the device calls itself. */
export const DEVICE = 'lin';

/** What every build of the firmware is told. */
export const SETTINGS = Object.freeze({
  ssid: 'lin',
  token: 'lin',
  device: DEVICE,
  battery: 0,
  led: 2,
  ntp: '127.0.0.1',
});

export class Scene {
  /** steps that went wrong */
  wrong = 0;
  #title;
  #workshop;
  #home;
  #speed;
  #running = /** @type {{ close: () => unknown }[]} */ ([]);

  /** @param {string} title @param {string} folder for its files @param {number} speed how fast time goes */
  constructor(title, folder, speed) {
    this.#title = title;
    this.#workshop = join(folder, 'build');
    this.#home = join(folder, title.replaceAll(/\W+/g, '-'));
    this.#speed = speed;
    mkdirSync(this.#home, { recursive: true });
  }

  /** A folder that is there. @param {string} name */
  folder(name) {
    const folder = join(this.#home, name);
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  /**
   * The firmware, built with these settings.
   * @param {string} name @param {Record<string, string | number>} settings @param {string} [from] the folder with the manifest
   */
  build(name, settings, from) {
    return build(this.#workshop, this.folder(name), { ...SETTINGS, ...settings }, from);
  }

  /** @param {string} [name] @param {{ http: number, mqtt: number }} [ports] */
  collector(name = 'data', ports = PORTS) {
    const collector = new Collector(this.folder(name), ports, this.#speed);
    this.closing(() => collector.kill());
    return collector;
  }

  /** It doesn't answer as yet. @param {Collector} collector whose time it tells */
  async timeServer(collector) {
    const server = new TimeServer(() => collector.now);
    await server.open();
    this.closing(() => server.close());
    return server;
  }

  /** @param {string[]} command */
  device(command) {
    const device = new Device(command, this.folder('device'), this.#speed);
    this.closing(() => device.cut());
    return device;
  }

  /** @param {() => unknown} close */
  closing(close) {
    this.#running.push({ close });
  }

  /** @param {string} what @param {() => Promise<unknown>} step throws where it goes wrong */
  async step(what, step) {
    try {
      await step();
      say(`  ok     ${this.#title}: ${what}`);
    } catch (error) {
      this.wrong++;
      say(`  WRONG  ${this.#title}: ${what}\n         ${String(/** @type {Error} */ (error).stack)}`);
    }
  }

  async close() {
    for (const { close } of this.#running.toReversed()) await close();
  }
}

/**
 * Until it holds.
 * @param {string} what @param {() => unknown} holds throws or answers what isn't true as long as it doesn't
 * @param {number} [seconds]
 */
export async function until(what, holds, seconds = 40) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const found = await Promise.resolve()
      .then(holds)
      .catch(() => false);
    if (found) return;
    if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s`);
    await pause(0.2);
  }
}

/** @param {number} seconds */
export function pause(seconds) {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, seconds * 1000)));
}

/**
 * Until another reading is taken, and all are there.
 * @param {Collector} collector @param {Device} device
 */
export async function goesOn(collector, device) {
  await readingsTaken(device, 1);
  await allThere(collector, device);
}

/** Until so many more are taken. @param {Device} device @param {number} count */
export async function readingsTaken(device, count) {
  const enough = device.conversions + count;
  await until(`${count} readings are taken`, () => device.conversions >= enough);
}

/**
 * Until the collector has every reading that the device had taken when it was asked, each once.
 * @param {Collector} collector @param {Device} device
 */
export async function allThere(collector, device) {
  const { conversions } = device;
  const found = () => audit(collector, DEVICE, conversions);
  await until(`${conversions} readings arrive`, async () => {
    device.mustRun();
    const { absent, gaps } = await found();
    return absent.length <= device.cuts + gaps;
  }).catch(async (error) => {
    const what = await found().then(JSON.stringify, String);
    throw new Error(`${error.message}; ${what}\n${device.trace}`);
  });
  const { lost, quarantined, twice, ledger } = await found();
  if (lost + quarantined + twice.length > 0) throw new Error(JSON.stringify({ twice, ledger }));
}

/**
 * A day of readings on a clock that goes fast, in each way of life and over each transport: in the middle the collector is
 * killed and stays away for an hour and a half; the program is killed at random instants, wherever it is. Then every
 * reading must be there once.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { audit } from './audit.mjs';
import { Collector, freePort } from './collector.mjs';
import { build, Device } from './program.mjs';
import { DEVICE, pause, say, SETTINGS } from './scene.mjs';

const HOUR = 3_600_000;

/**
 * @param {string} folder
 * @param {{ hours: string, speed: string, kills: string, mode: string, transport: string, group: string }} flags
 * @returns {Promise<number>} how many things are wrong
 */
export async function days(folder, flags) {
  const ways = flags.mode
    .split(',')
    .flatMap((mode) => flags.transport.split(',').map((transport) => new Day(folder, flags, mode, transport)));
  try {
    for (const day of ways) await day.prepare();
    const wrong = await Promise.all(ways.map((day) => day.run()));
    return wrong.reduce((sum, one) => sum + one, 0);
  } finally {
    for (const day of ways) await day.close();
  }
}

class Day {
  #folder;
  #flags;
  #mode;
  #transport;
  #hours;
  #kills;
  #speed;
  #running = /** @type {{ collector: Collector, device: Device, home: string } | null} */ (null);

  /** @param {string} folder @param {Parameters<typeof days>[1]} flags @param {string} mode @param {string} transport */
  constructor(folder, flags, mode, transport) {
    this.#folder = folder;
    this.#flags = flags;
    this.#mode = mode;
    this.#transport = transport;
    this.#hours = Number(flags.hours);
    this.#kills = Number(flags.kills);
    // On batteries each upload connects anew: by MQTT that is five ways there and back, which have to fit into its 30 s.
    const most = mode === 'battery' && transport === 'mqtt' ? 50 : Infinity;
    this.#speed = Math.min(Number(flags.speed), most);
  }

  async prepare() {
    const home = join(this.#folder, `${this.#mode}-${this.#transport}`);
    mkdirSync(home, { recursive: true });
    const ports = { http: await freePort(), mqtt: await freePort() };
    const command = build(join(this.#folder, 'build'), home, {
      ...SETTINGS,
      collector: `http://127.0.0.1:${ports.http}`,
      mqtt: `mqtt://127.0.0.1:${ports.mqtt}`,
      transport: this.#transport,
      mode: this.#mode,
      group: this.#flags.group,
      // The SDK's sockets on Linux are looked after every 20 ms: that is seconds here.
      radio: 120,
    });
    const collector = new Collector(join(home, 'data'), ports, this.#speed);
    this.#running = { collector, device: new Device(command, home, this.#speed), home };
  }

  /** @returns {Promise<number>} how many things are wrong */
  async run() {
    const { collector, device } = /** @type {NonNullable<typeof this.#running>} */ (this.#running);
    const hours = this.#hours;
    await collector.start();
    device.start();
    const plan = [
      { at: hours / 2, step: () => collector.kill() },
      { at: hours / 2 + Math.min(1.5, hours / 8), step: () => collector.start() },
      ...Array.from({ length: this.#kills }, () => ({
        at: Math.random() * hours,
        step: () => device.again(),
      })),
    ].sort((a, b) => a.at - b.at);
    const begun = Date.now();
    const until = (/** @type {number} */ hour) => begun + (hour * HOUR) / this.#speed;
    for (const { at, step } of plan) {
      await pause((until(at) - Date.now()) / 1000);
      device.mustRun();
      await step();
    }
    await pause((until(hours) - Date.now()) / 1000);
    device.mustRun();
    const { conversions } = device;
    const result = await this.#settled(collector, conversions, until(hours + 12));
    device.mustRun();
    await device.cut();
    await collector.kill();
    return this.#judge(result, conversions, device);
  }

  async close() {
    await this.#running?.device.cut();
    await this.#running?.collector.kill();
  }

  /**
   * Waits until the collector has what was there by the end: a log is sent in its order, so with the last it has them all.
   * @param {Collector} collector @param {number} conversions @param {number} until
   */
  async #settled(collector, conversions, until) {
    for (;;) {
      const found = await audit(collector, DEVICE, conversions);
      if (found.newest >= conversions || Date.now() > until) return found;
      await pause(0.5);
    }
  }

  /** @param {Awaited<ReturnType<typeof audit>>} found @param {number} conversions @param {Device} device */
  #judge({ stored, lost, quarantined, duplicates, absent, gaps, twice, ledger }, conversions, device) {
    const torn = device.cuts - 1;
    const gone = Math.max(0, absent.length - gaps);
    const unexplained = Math.max(0, gone - torn);
    say(
      `  ${this.#mode} over ${this.#transport}: ${conversions} conversions, ${stored} readings stored, ${lost} lost, ` +
        `${twice.length} there twice; ${duplicates} sent again and not stored; ${torn} kills of the firmware, which tore ` +
        `${gone - unexplained} readings before they were on flash; the collector killed once` +
        (gaps > 0 ? `; in ${gaps} readings no probe was done in time: the machine was too busy` : '') +
        (unexplained > 0
          ? `; ${unexplained} conversions came to no reading: so it was too, or the firmware is wrong`
          : ''),
    );
    const wrong = lost + quarantined + twice.length + unexplained;
    if (wrong > 0) say(`  WRONG  ${JSON.stringify({ absent, twice, ledger })}\n${device.trace}`);
    return wrong;
  }
}

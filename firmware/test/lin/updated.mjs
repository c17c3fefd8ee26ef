/** A device that takes updates, and the collector that offers them. After each step that is right, every reading is there once. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Images } from './images.mjs';
import { allThere, DEVICE, pause, Scene, until } from './scene.mjs';

/** An image comes in 1536 bytes each 20 ms: that is half a minute, six of the device's, of the fifteen that it may take. */
export const SPEED = 12;
const CHIP = 'esp32';
/** How an image stands: firmware/lin/slots.h. */
const VALID = 2;
const UNDEFINED = 5;

export class Updated {
  #scene;
  #images;
  #collector;
  #home;
  /** once it is open */
  #device = /** @type {any} */ (null);

  /** @param {string} title @param {string} folder @param {Record<string, string | number>} settings */
  constructor(title, folder, settings) {
    this.#scene = new Scene(title, folder, SPEED);
    this.#images = new Images(this.#scene, { period: 15, ...settings });
    this.#collector = this.#scene.collector();
    this.#home = this.#scene.folder('device');
  }

  async open() {
    this.#collector.flags = ['--host', '0.0.0.0'];
    writeFileSync(join(this.#home, 'slot-0.bin'), this.#images.make('1.0.0'));
    writeFileSync(join(this.#home, 'otadata'), `0 ${VALID} ${UNDEFINED}\n`);
    await this.#collector.start();
    this.#device = this.#scene.device([this.#images.host]);
    this.#device.env = { THERMOWELL_PLATFORM: CHIP };
    this.#device.start();
    await this.step('the first firmware runs', () => this.becomes('1.0.0'));
    await this.step('a newer one is offered: it is loaded, started and confirmed; no reading lost', async () => {
      await this.offer('1.1.0');
      await this.becomes('1.1.0');
    });
  }

  /** @returns {Promise<number>} how many steps went wrong */
  async close() {
    await this.#scene.close();
    return this.#scene.wrong;
  }

  /** @param {string} what @param {() => Promise<unknown>} step */
  step(what, step) {
    return this.#scene.step(what, async () => {
      await step();
      await allThere(this.#collector, this.#device);
    });
  }

  /** @param {string} version @param {object} [settings] @param {string} [more] of main.ts */
  offer(version, settings, more) {
    return this.#put(version, this.#images.make(version, settings, more));
  }

  /** One that is offered torn. @param {string} version */
  async refuses(version) {
    const before = this.#states;
    this.#device.trace = '';
    await this.#put(version, this.#images.make(version).subarray(0, 200_000));
    await until('it is refused', () => this.#device.trace.includes('not an image'), 300);
    if (this.#states[0] !== before[0]) throw new Error(`slots ${String(this.#states)}, before ${String(before)}`);
  }

  /** What the collector was told. */
  async runs() {
    return (await this.#collector.get(`/devices/${DEVICE}`)).status.version;
  }

  /** @param {string} version @param {number} [seconds] */
  becomes(version, seconds = 300) {
    return until(
      `it runs ${version}`,
      async () => {
        this.#device.mustRun();
        const [starts = 0, ...state] = this.#states;
        return state[starts] === VALID && (await this.runs()) === version;
      },
      seconds,
    ).catch(async (error) => {
      const { trace } = this.#device;
      throw new Error(`${error.message}; it runs ${await this.runs()}, slots ${String(this.#states)}\n${trace}`);
    });
  }

  /**
   * From an image that was tried twice, to stay.
   * @param {{ sha256: string }} image @param {string} version @param {number} seconds in which it is tried so often
   */
  async comesBack({ sha256 }, version, seconds) {
    const tried = () => this.#note('tried') === `${sha256} 2`;
    await until('it was tried twice', tried, seconds);
    await this.becomes(version, seconds);
    const before = String(this.#states);
    await pause(10);
    if (String(this.#states) !== before || !tried()) throw new Error('tried again');
  }

  /** Until it has slept and woken a few times: each writes its memory anew. */
  async sleeps() {
    const { conversions } = this.#device;
    const memory = () => readFileSync(join(this.#home, 'memory.bin')).toString('hex');
    const seen = new Set();
    await until('it sleeps between readings', () => {
      if (this.#device.conversions > conversions) seen.add(memory());
      return seen.size > 4;
    });
  }

  /** How often the newest image that could not be loaded was tried. */
  get failures() {
    return Number(this.#note('failed').split(' ')[1]);
  }

  async again() {
    this.#device.mustRun();
    await this.#device.again();
  }

  /** The slot that starts, and how the two stand. */
  get #states() {
    return readFileSync(join(this.#home, 'otadata'), 'utf8').trim().split(' ').map(Number);
  }

  /** @param {string} name */
  #note(name) {
    const file = join(this.#home, `note-${name}`);
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  }

  /** @param {string} version @param {Buffer} bytes */
  #put(version, bytes) {
    return this.#collector.ask('PUT', `/firmware/new?version=${version}`, bytes);
  }
}

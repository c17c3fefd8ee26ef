/** Images of the firmware as an ESP32 takes them: what mcconfig builds, each with a version of its own. */
import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './program.mjs';

/** The head of an image (Espressif, "App Image Format"): its first byte, 0 for the chip; and its length (slots.h). */
const HEAD_BYTES = 24;
const MAGIC = 0xe9;
const LENGTH_AT = 16;
const VERSION = 'firmware/protocol/version.ts';
const MAIN = 'firmware/main.ts';

export class Images {
  /** what starts them; '' before the first is made */
  host = '';
  #scene;
  #settings;
  #tree;
  #original;

  /** @param {import('./scene.mjs').Scene} scene @param {Record<string, string | number>} settings */
  constructor(scene, settings) {
    this.#scene = scene;
    this.#settings = settings;
    this.#tree = scene.folder('tree');
    for (const part of ['manifest.json', 'firmware', 'tools/simulator'])
      cpSync(join(root, part), join(this.#tree, part), { recursive: true, filter: (path) => !path.includes('/test/') });
    this.#original = { version: this.#read(VERSION), main: this.#read(MAIN) };
  }

  /**
   * The firmware with another number, and maybe something else.
   * @param {string} version @param {object} [others] settings @param {string} [more] at the end of main.ts
   */
  make(version, others = {}, more = '') {
    const numbered = this.#original.version.replace(/VERSION = '[^']*'/, `VERSION = '${version}'`);
    writeFileSync(join(this.#tree, VERSION), numbered);
    writeFileSync(join(this.#tree, MAIN), `${this.#original.main}\n${more}`);
    const [host, library] = this.#scene.build('program', { ...this.#settings, ...others }, this.#tree);
    this.host = host;
    execFileSync('strip', [library]);
    const bytes = Buffer.concat([Buffer.alloc(HEAD_BYTES), readFileSync(library)]);
    bytes[0] = MAGIC;
    bytes.writeUInt32LE(bytes.length, LENGTH_AT);
    return bytes;
  }

  /** @param {string} file */
  #read(file) {
    return readFileSync(join(this.#tree, file), 'utf8');
  }
}

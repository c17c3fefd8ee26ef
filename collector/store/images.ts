/**
 * Firmware images, two files each: `firmware/<name>.bin`, the image as it came, and `firmware/<name>.json`, written after
 * it, in the envelope of durable-file.ts:
 *
 *   {"version":"1.2.0","platform":"esp32","length":…,"sha256":"…","user":1,"added":…}
 *
 * An image is there once its JSON is. The name holds the beginning of the hash: one name, one image.
 */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { Low } from 'lowdb';
import { damage, errno, list, makeFolder, syncFolder, writeAll, writeError, type Disk } from './disk.js';
import { DurableFile, TEMPORARY } from './durable-file.js';
import type { UserId } from './store.js';
import { Turns } from './turns.js';

export const IMAGES = 'firmware';

export interface ImageFacts {
  version: string;
  /** the chip it runs on: `esp32`, `esp32c3` */
  platform: string;
  /** bytes */
  length: number;
  /** in hex */
  sha256: string;
  /** whose devices it is for */
  user: UserId;
  /** when it came, ms */
  added: number;
}

export type Image = ImageFacts & { name: string };

export class Images {
  readonly #disk: Disk;
  readonly #data: string;
  readonly #images = new Map<string, Image>();
  readonly #turns = new Turns<typeof IMAGES>();

  /** `data`: the data folder */
  constructor(disk: Disk, data: string) {
    this.#disk = disk;
    this.#data = data;
  }

  /** @throws StoreError `damaged`, `failed` */
  async open(): Promise<void> {
    this.#images.clear();
    const files = await list(this.#disk, path.join(this.#data, IMAGES));
    for (const file of files.filter((name) => name.endsWith('.json'))) {
      const name = file.slice(0, -'.json'.length);
      const facts = await this.#facts(name).read();
      if (facts !== null) this.#images.set(name, { name, ...facts });
    }
    for (const file of files) if (this.#isLeftover(file)) await this.#disk.rm(this.#path(file), { force: true });
  }

  /** In the order they came. */
  list(): Image[] {
    return [...this.#images.values()].sort((a, b) => a.added - b.added);
  }

  get(name: string): Image | undefined {
    return this.#images.get(name);
  }

  /** Has the image on disk; the same one again is the one that is there. @throws StoreError `full`, `failed` */
  async add(name: string, facts: ImageFacts, bytes: Uint8Array): Promise<Image> {
    return this.#turns.take(IMAGES, async () => {
      const there = this.#images.get(name);
      if (there !== undefined) return there;
      try {
        await makeFolder(this.#disk, path.join(this.#data, IMAGES));
        await this.#writeBytes(`${name}.bin`, bytes);
        await new Low(this.#facts(name), facts).write();
      } catch (error) {
        throw writeError(error, `${IMAGES}/${name}`);
      }
      const image = { name, ...facts };
      this.#images.set(name, image);
      return image;
    });
  }

  /** The image itself. @throws StoreError `damaged` where it isn't what was added */
  async bytes({ name, sha256 }: Image): Promise<Buffer> {
    const bytes = await this.#disk.readFile(this.#path(`${name}.bin`)).catch((error: unknown) => {
      throw errno(error) === 'ENOENT' ? damage(`${IMAGES}/${name}.bin`, 0, 'it is gone', error) : error;
    });
    if (createHash('sha256').update(bytes).digest('hex') !== sha256)
      throw damage(`${IMAGES}/${name}.bin`, 0, 'it does not match its SHA-256');
    return bytes;
  }

  /** @throws StoreError `failed` */
  async remove(name: string): Promise<void> {
    await this.#turns.take(IMAGES, async () => {
      if (!this.#images.has(name)) return;
      try {
        await this.#disk.rm(this.#path(`${name}.json`), { force: true });
        await syncFolder(this.#disk, path.join(this.#data, IMAGES));
        await this.#disk.rm(this.#path(`${name}.bin`), { force: true });
      } catch (error) {
        throw writeError(error, `${IMAGES}/${name}`);
      }
      this.#images.delete(name);
    });
  }

  async #writeBytes(file: string, bytes: Uint8Array): Promise<void> {
    const temporary = this.#path(file + TEMPORARY);
    const handle = await this.#disk.open(temporary, 'w');
    try {
      await writeAll(handle, bytes, 0);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await this.#disk.rename(temporary, this.#path(file));
    await syncFolder(this.#disk, path.join(this.#data, IMAGES));
  }

  /** Of an image that was being added or removed when the power went. */
  #isLeftover(file: string): boolean {
    return file.endsWith(TEMPORARY) || (file.endsWith('.bin') && !this.#images.has(file.slice(0, -'.bin'.length)));
  }

  #facts(name: string): DurableFile<ImageFacts> {
    return new DurableFile<ImageFacts>(this.#disk, this.#data, `${IMAGES}/${name}.json`);
  }

  #path(file: string): string {
    return path.join(this.#data, IMAGES, file);
  }
}

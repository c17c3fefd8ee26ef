/**
 * Firmware for devices that update themselves: who may bring which image, and which device is offered which. An image is
 * for the devices of the user who brought it, and for nobody else to read: it may hold the password of a Wi-Fi.
 */
import { createHash } from 'node:crypto';
import type { Status } from '../firmware/protocol/batch.js';
import { ProtocolError } from '../firmware/protocol/error.js';
import { isNewer, isVersion, type Offer } from '../firmware/protocol/offer.js';
import { Refusal } from './error.js';
import type { Image, Images } from './store/images.js';
import type { UserId } from './store/store.js';
import type { User } from './users.js';

/** Longest image, bytes: the whole flash of most boards. */
export const IMAGE_MAX = 4 * 1024 * 1024;

/** The first byte of an image that the chip's ROM takes. Espressif, "App Image Format". */
const MAGIC = 0xe9;
/** Where an image names its chip, a u16, and the names that the devices give themselves. */
const CHIP_AT = 12;
const CHIPS: Readonly<Record<number, string>> = {
  0: 'esp32',
  2: 'esp32s2',
  5: 'esp32c3',
  9: 'esp32s3',
  13: 'esp32c6',
  16: 'esp32h2',
};
const HEAD_BYTES = 24;

export interface NewImage {
  /** as they came; without a platform it is the one that the image names */
  version: unknown;
  platform?: unknown;
  bytes: Uint8Array;
}

export class Firmware {
  readonly #images: Images;
  readonly #now: () => number;

  constructor(images: Images, now: () => number) {
    this.#images = images;
    this.#now = now;
  }

  list(): Image[] {
    return this.#images.list();
  }

  /** @throws Refusal `invalid`, ProtocolError, StoreError */
  async add(user: User, { version, platform: wanted, bytes }: NewImage): Promise<Image> {
    mayUpdate(user);
    if (!isVersion(version)) throw new ProtocolError('/version', 'version must be like 1.2.3 or 1.2.3-rc.1');
    const platform = chipOf(bytes);
    if (wanted !== undefined && wanted !== platform)
      throw new ProtocolError('/platform', `the image is for ${platform}, not for what platform says`);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const name = `${platform}-${version}-${createHash('sha256').update(`${user.id} ${sha256}`).digest('hex').slice(0, 8)}`;
    const facts = { version, platform, length: bytes.length, sha256, user: user.id, added: this.#now() };
    return this.#images.add(name, facts, bytes);
  }

  /** An image, for its user. @throws Refusal `not-found`, `denied`; StoreError `damaged` */
  async read(user: User, name: string): Promise<Buffer> {
    return this.#images.bytes(this.#own(user, name));
  }

  /** @throws Refusal `denied`; StoreError */
  async remove(user: User, name: string): Promise<void> {
    mayUpdate(user);
    if (this.#images.get(name) !== undefined) await this.#images.remove(this.#own(user, name).name);
  }

  /** The newest image for a device of this user that is newer than what its status says it runs. */
  offer(user: UserId, status: Status | undefined): Offer | undefined {
    const { version: running, platform } = status ?? {};
    if (typeof running !== 'string' || typeof platform !== 'string') return undefined;
    let best: Image | undefined;
    for (const image of this.#images.list())
      if (image.user === user && image.platform === platform && isNewer(image.version, best?.version ?? running))
        best = image;
    return best && { name: best.name, version: best.version, length: best.length, sha256: best.sha256 };
  }

  #own(user: User, name: string): Image {
    const image = this.#images.get(name);
    if (image === undefined) throw new Refusal('not-found', `Firmware ${name} doesn't exist`);
    if (image.user !== user.id) throw new Refusal('denied', 'Permission denied');
    return image;
  }
}

/** A token that is bound to devices lies on those devices: it may not reprogram the others. */
function mayUpdate(user: User): void {
  if (user.devices !== null) throw new Refusal('denied', 'A token that is bound to devices may not change firmware');
}

/** The platform that an image names. @throws Refusal where it is none */
function chipOf(bytes: Uint8Array): string {
  if (bytes.length < HEAD_BYTES || bytes[0] !== MAGIC)
    throw new Refusal('invalid', 'The body is not an image of an ESP32: its first byte must be e9');
  const number = new DataView(bytes.buffer, bytes.byteOffset).getUint16(CHIP_AT, true);
  const chip = CHIPS[number];
  if (chip === undefined) throw new Refusal('invalid', `The image is for chip ${number}, which is not known here`);
  return chip;
}

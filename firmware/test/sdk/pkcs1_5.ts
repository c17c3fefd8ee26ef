import type { KeyObject } from 'node:crypto';
import { hasSigned } from './crypt.js';

export default class PKCS1_5 {
  readonly #key: { object: KeyObject };

  constructor(key: { object: KeyObject }) {
    this.#key = key;
  }

  verify(digest: ArrayBuffer, signature: Uint8Array): boolean {
    return hasSigned(this.#key.object, digest, signature);
  }
}

import type { KeyObject } from 'node:crypto';
import { hasSigned } from './crypt.js';

export default class ECDSA {
  readonly #point: KeyObject;

  constructor(point: KeyObject) {
    this.#point = point;
  }

  verify(digest: ArrayBuffer, signature: Uint8Array): boolean {
    return hasSigned(this.#point, digest, signature);
  }
}

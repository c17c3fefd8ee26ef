/** The SDK's digests and signatures, by Node's crypto. There a signature is of a digest, here of what was digested. */
import { createHash, verify, type KeyObject } from 'node:crypto';

const digested = new WeakMap<ArrayBuffer, { kind: string; bytes: Buffer }>();

export class Digest {
  readonly #kind: string;
  #bytes = Buffer.alloc(0);

  constructor(kind: string) {
    this.#kind = kind;
  }

  write(bytes: ArrayBuffer): void {
    this.#bytes = Buffer.concat([this.#bytes, new Uint8Array(bytes)]);
  }

  close(): ArrayBuffer {
    const digest = new Uint8Array(createHash(this.#kind).update(this.#bytes).digest()).buffer;
    digested.set(digest, { kind: this.#kind, bytes: this.#bytes });
    return digest;
  }
}

/** Whether the key has signed what the digest is of. */
export function hasSigned(key: KeyObject, digest: ArrayBuffer, signature: Uint8Array): boolean {
  const { kind, bytes } = digested.get(digest)!;
  return verify(kind, bytes, key, signature);
}

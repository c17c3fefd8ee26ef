/**
 * The SDK's signatures by elliptic curves, mended: it doesn't ask whether the two numbers of a signature can be any at
 * all, and with a second one of 0 it never comes back. Whoever can answer in the collector's stead would hang the device
 * until its watchdog bites, again and again.
 */
// @ts-ignore It has no typings.
import ecdsa from 'ecdsa';

interface Verifier {
  /** `m` is the order of the curve's base point */
  n: { m: bigint };
  /** `asn1`: two numbers as a certificate has them */
  verify(digest: ArrayBuffer, signature: Uint8Array, asn1?: true): boolean;
  _verify: (this: Verifier, digest: ArrayBuffer, r: bigint, s: bigint) => boolean;
}

export const ECDSA = ecdsa as unknown as {
  new (point: object | undefined, curve: object): Verifier;
  prototype: Verifier;
};

/* oxlint-disable no-underscore-dangle -- the SDK's name for it */
const { prototype } = ECDSA;
const unguarded = prototype._verify;

/** FIPS 186-5 §6.4.2, step 1. */
prototype._verify = function (digest, r, s) {
  const { m } = this.n;
  return 0n < r && r < m && 0n < s && s < m && unguarded.call(this, digest, r, s);
};
